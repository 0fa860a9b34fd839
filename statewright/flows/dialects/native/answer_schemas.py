"""JSON Schemas that authors write for the answers of language models: whether they are some.

Only what the specification says of its own keywords is looked at
(https://json-schema.org/draft/2020-12/json-schema-validation); unknown keywords mean nothing, and
are no mistake. Documents bound how deep schemas are nested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import searcher
from statewright.flows.parts import Part

_TYPES: Final = ("string", "number", "integer", "boolean", "object", "array", "null")


def check_schema(part: Part) -> None:
    """Report what is wrong with a schema; nothing where there is none, or where it is no map."""
    if isinstance(part.value, dict):
        _schema(part)


def _schema(part: Part) -> None:
    if isinstance(part.value, bool):
        return
    for key, member in part.members():
        look = _KEYWORDS.get(key)
        if look is not None:
            look(member)


def _schemas(part: Part) -> None:
    """A list of schemas, at least one."""
    if part.value == []:
        part.report("R005", f"{part.title} is empty", "list what the answer may be")
    for item in part.items():
        _schema(item)
    _present(part, "a list of schemas")


def _schema_or_none(part: Part) -> None:
    """A schema, or whether there may be anything at all."""
    _schema(part)
    _present(part, "a schema")


def _named_schemas(part: Part) -> None:
    for _, member in part.members():
        _schema(member)
        _present(member, "a schema")
    _present(part, "a map of schemas")


def _type(part: Part) -> None:
    for one in part.items() if isinstance(part.value, list) else (part,):
        one.one_of(_TYPES, "")
        _present(one, "the name of a type")


def _names(part: Part) -> None:
    """A list of texts."""
    for item in part.items():
        item.text()
        _present(item, "a text")
    _present(part, "a list of names")


def _values(part: Part) -> None:
    if part.value == []:
        part.report("R005", f"{part.title} is empty: no answer would do", "list the values")
    if not isinstance(part.value, list):
        part.wrong("a list of values")


def _number(part: Part) -> None:
    part.number()
    _present(part, "a number")


def _count(part: Part) -> None:
    part.whole(0)
    _present(part, "a whole number")


def _text(part: Part) -> None:
    part.text()
    _present(part, "a text")


def _pattern(part: Part) -> None:
    try:
        searcher(part.text())
    except EvaluationError as error:
        part.report("R004", error.reason, "patterns are RE2: without look-ahead and look-behind")
    _present(part, "a text")


def _reference(part: Part) -> None:
    """A place in the schema itself: nothing else is looked up."""
    if part.text().startswith("#") or not isinstance(part.value, str):
        return
    help_ = "write the schema under `$defs`, and `$ref: '#/$defs/name'`"
    part.report("R004", "a schema of somewhere else is not looked up", help_)


def _unsafe(part: Part) -> None:
    message = f"{part.title} is not looked at: no answer would do"
    part.report("R004", message, "name the properties under `properties`", at_key=True)


def _present(part: Part, expected: str) -> None:
    if part.value is None:
        part.wrong(expected)


_Look = Callable[[Part], None]

_KEYWORDS: Final[Mapping[str, _Look]] = MappingProxyType(
    {
        "type": _type,
        **dict.fromkeys(("properties", "$defs", "definitions"), _named_schemas),
        "dependentSchemas": _named_schemas,
        **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), _schemas),
        **dict.fromkeys(
            (
                "items",
                "additionalProperties",
                "not",
                "if",
                "then",
                "else",
                "contains",
                "propertyNames",
            ),
            _schema_or_none,
        ),
        "required": _names,
        "enum": _values,
        **dict.fromkeys(
            ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _number
        ),
        **dict.fromkeys(
            ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
            _count,
        ),
        **dict.fromkeys(("title", "description", "format"), _text),
        "pattern": _pattern,
        "patternProperties": _unsafe,
        "$ref": _reference,
    }
)
"""Keyword → what is asked of its value."""
