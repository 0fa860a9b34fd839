"""Values that become those of another type where they are kept.

What is tried of a text stands for all texts as far as these are tested, and not for all numbers
that they are written for. So nothing is known of a number that was a text, or the contrary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.verification.uses import Site
from statewright.compiler.verification.variables import Key
from statewright.expressions.syntax import Call, Name, walk
from statewright.statechart.structure.nodes import Variable

_NUMBERS: Final = frozenset(("int", "uint", "double"))

_READ_AS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("number", "numberIn"), "double"),
        **dict.fromkeys(("integer", "integerIn"), "int"),
        **dict.fromkeys(("text", "email", "phone", "url", "date", "dateIn"), "string"),
        **dict.fromkeys(("time", "timeIn"), "string"),
        **dict.fromkeys(("boolean",), "bool"),
    }
)
"""Function that reads answers → of which type it gives values."""


def is_converted(site: Site, declared: Mapping[Key, Variable]) -> bool:
    """Whether a variable gets a value of a type that is known, and not its own.

    Numbers are as they are, whatever their type.

    Args:
        site: by which it gets the value.
        declared: every variable.
    """
    wanted = None if site.target is None else declared.get(site.target)
    if wanted is None or wanted.type == "dyn" or site.place:
        return False
    own = "number" if wanted.type in _NUMBERS else wanted.type
    return any(("number" if one in _NUMBERS else one) != own for one in _types_in(site, declared))


def may_not_convert(site: Site, declared: Mapping[Key, Variable]) -> bool:
    """Whether there are values that a variable cannot get, since they are none of its type."""
    wanted = None if site.target is None else declared.get(site.target)
    return wanted is not None and wanted.type != "string" and is_converted(site, declared)


def _types_in(site: Site, declared: Mapping[Key, Variable]) -> Iterator[str]:
    """The types of what is given as it is, as far as they are known."""
    readers = [
        _READ_AS[call.function]
        for call in walk(site.expression.root)
        if isinstance(call, Call)
        and isinstance(call.target, Name)
        and call.target.name == "answer"
        and call.function in _READ_AS
    ]
    yield from readers
    for read in () if readers else site.reads:
        variable = None if read.key is None else declared.get(read.key)
        if variable is not None and variable.type != "dyn" and not read.path:
            yield variable.type
