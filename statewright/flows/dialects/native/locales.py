"""The languages of a flow in the native format: its own, and the catalogues of the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from statewright.expressions.operations.languages import is_language
from statewright.flows.dialects.native.shapes import Shape
from statewright.flows.dialects.native.validation import checked
from statewright.flows.documents import document_from
from statewright.flows.model import LOCALE, Variable
from statewright.flows.outline import shown
from statewright.flows.parts import Page, Part

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language tag (BCP 47), as far as its form goes: ``en``, ``pt-BR``, ``zh-Hant-HK``."""

TEXTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"$ref": "#/$defs/Texts"}},
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/Texts"}},
        ],
        "description": "A text, or the texts below a key of the flow, by the same keys.",
    }
)
"""The JSON Schema of what a catalogue says, under the name ``Texts``."""

Texts = Annotated[Any, WithJsonSchema({"$ref": "#/$defs/Texts"})]
"""What a catalogue says: it is looked up by whoever reads the text that it translates."""


class CatalogueShape(Shape):
    """The texts of the flow in one language, by the keys that they have in the flow."""

    nodes: dict[str, Texts] = Field(
        {},
        description="Node → its texts: `hello: {text: Hola}`; a list may be a map by values.",
    )
    settings: dict[str, Texts] = Field({}, description="The texts of the settings, likewise.")


Locales = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{LANGUAGE.pattern}$"},
            "additionalProperties": {
                "anyOf": [{"type": "string"}, {"$ref": "#/$defs/CatalogueShape"}],
                "description": "The texts in this language, or the file that holds them.",
            },
            "description": "Other languages: tag → texts, or the name of a file beside this one.",
        }
    ),
]
"""Other languages of a flow: each is read by itself."""


def is_catalogue(value: Mapping[str, Any]) -> bool:
    """Whether a document holds nothing but the texts of a flow in some language.

    Args:
        value: the document. What has a node with a `type` is rather a flow.
    """
    texts = list(value.values())
    if not value.keys() <= CatalogueShape.model_fields.keys() or not any(texts):
        return False
    nodes = value.get("nodes", {})
    return all(isinstance(each, dict) for each in texts) and all(
        isinstance(node, dict) and "type" not in node for node in nodes.values()
    )


def read_locales(own: str, page: Page) -> tuple[str, ...]:
    """Read the catalogues of a flow into its page; the languages that there are texts for.

    Args:
        own: the language of the flow itself.
        page: the flow.
    """
    part = page.root["locales"]
    if own:
        _is_tag(own, page.root["locale"])
    for name, member in part.members():
        if not _is_tag(name, member, at_key=True):
            continue
        if name == own:
            member.report("R004", f"`{name}` is the language of the flow itself", at_key=True)
            continue
        catalogue = _catalogue(member)
        if catalogue is not None:
            page.catalogues[name] = catalogue
    if part.present and not own:
        part.report("R005", "`locale` is missing", "name the language of the flow", at_key=True)
    return tuple(page.catalogues)


def _is_tag(name: str, part: Part, *, at_key: bool = False) -> bool:
    if not LANGUAGE.fullmatch(name):
        help_ = "write for example `en` or `pt-BR`"
        part.report("R004", f"{shown(name)} is no language", help_, at_key=at_key)
        return False
    if not is_language(name):
        what = f"nothing is known of how numbers and dates are written in {shown(name)}"
        help_ = "write for example `en` or `pt-BR`"
        part.report("R004", what, help_, severity="warning", at_key=at_key)
    return True


def _catalogue(part: Part) -> Part | None:
    """The texts that stand there, or in the file that is named."""
    if not isinstance(part.value, str):
        return _checked(part)
    name = part.value
    if name not in part.page.beside:
        help_ = "put it beside the flow, or write the texts here"
        part.report("R004", f"the file {shown(name)} is not there", help_)
        return None
    file = str(PurePath(part.page.document.file).parent / name)
    document = document_from(part.page.beside[name], file)
    inner = Page(document, part.page.problems)
    inner.problems.extend((*document.problems(), *document.duplicates("/nodes")))
    return None if document.outline.broken else _checked(inner.root)


def _checked(part: Part) -> Part | None:
    if not isinstance(part.value, dict):
        part.wrong("a map with `nodes`")
        return None
    return part if checked(CatalogueShape, part) is not None else None


def variable_of_locale(own: str, declared: tuple[Variable, ...], part: Part) -> Iterator[Variable]:
    """The variable with the language of a session, unless it is declared."""
    for variable in declared:
        if variable.name == LOCALE:
            if variable.type != "string":
                help_ = "remove it, or let it be a `string`"
                what = f"`{LOCALE}` holds the language of the conversation"
                part[LOCALE].report("R004", what, help_, at_key=True)
            return
    yield Variable(LOCALE, "string", own, has_default=True, input=True, location=part.location)
