"""The actions that every server knows, and what each is given.

A host may know more of them, and may know these in another way; then only it can say what they are
given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ParameterForm(StrEnum):
    """How the text of a parameter is written."""

    VALUE = "value"
    """Any value; its texts may be templates."""
    HTML = "html"
    """Markup, in which what is printed is text."""
    URL = "url"
    """A URL, in which what is printed stays in its place."""
    FILES = "files"
    """Values of which each ``url`` is one."""
    FIXED = "fixed"
    """A text as it stands, and no template."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an action is given.

    Attributes:
        form: how it is written.
        wanted: whether the action is nothing without it.
    """

    form: ParameterForm = ParameterForm.VALUE
    wanted: bool = False


_ANY: Final = Parameter()

ACTIONS: Final[Mapping[str, Mapping[str, Parameter]]] = MappingProxyType(
    {
        "email": {
            "to": Parameter(wanted=True),
            "cc": _ANY,
            "bcc": _ANY,
            "reply_to": _ANY,
            "from": _ANY,
            "subject": _ANY,
            "text": _ANY,
            "html": Parameter(ParameterForm.HTML),
            "attachments": Parameter(ParameterForm.FILES),
        },
        "sql": {
            "database": Parameter(ParameterForm.FIXED, wanted=True),
            "query": Parameter(ParameterForm.FIXED, wanted=True),
            "parameters": _ANY,
        },
        "webhook": {
            "to": _ANY,
            "url": Parameter(ParameterForm.URL),
            "secret": _ANY,
            "event": Parameter(wanted=True),
            "data": _ANY,
        },
    }
)
"""Name of an action → its parameters by name."""

WAYS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {"email": (("text",), ("html",)), "webhook": (("to",), ("url", "secret"))}
)
"""Name of an action → parameters that go together; it is nothing without those of one way."""


def form_of(action: str, parameter: str) -> ParameterForm:
    """How a parameter of an action is written; any value where the action is not known.

    >>> form_of("email", "html"), form_of("crm", "html")
    (<ParameterForm.HTML: 'html'>, <ParameterForm.VALUE: 'value'>)
    """
    return ACTIONS.get(action, {}).get(parameter, _ANY).form
