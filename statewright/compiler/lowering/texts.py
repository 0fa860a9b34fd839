"""What authors write → what charts hold: expressions, templates, values, paths.

A text that cannot be parsed becomes an expression that always fails, with the reason: the check
G301 reports it, and a draft goes on as far as it can.
"""

from __future__ import annotations

from collections.abc import Container
from json.encoder import encode_basestring
from typing import Any

from statewright.compiler.lowering.languages import translated
from statewright.compiler.paths import path_from
from statewright.compiler.places import PlaceAt, values
from statewright.errors import ExpressionError
from statewright.expressions import (
    Computed,
    Content,
    Expression,
    Literal,
    Place,
    Record,
    Sequence,
    Text,
    parse,
    parse_template,
)
from statewright.flows.nodes import Source, Value
from statewright.flows.outline import child

SHOWN = 80
"""How many characters of a text that cannot be parsed an incident shows."""


def quoted(text: str) -> str:
    """A text as a CEL string literal.

    >>> print(quoted("it's"))
    "it's"
    """
    return encode_basestring(text).replace("\x7f", "\\u007f")


def cel(value: Any) -> str:
    """A JSON value as a CEL literal; whole numbers are ints.

    >>> cel({"a": [1, 2.5, None]})
    '{"a": [1, 2.5, null]}'
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case dict():
            return "{" + ", ".join(f"{quoted(k)}: {cel(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(cel(item) for item in value) + "]"
        case _:
            return repr(value)


def failing(reason: str) -> Expression:
    """An expression that always fails, with this reason."""
    return parse(f"fail({quoted(reason)})")


def expression_from(source: Source) -> Expression:
    """The CEL expression of a source."""
    try:
        return parse(source.text)
    except ExpressionError as error:
        written = source.original or source.text
        return failing(f"{error.reason} in `{written[:SHOWN]}`")


guard_from = expression_from


def template_from(source: Source, place: Place = Place.TEXT) -> Content:
    """The template of a source, in all languages that it has."""
    others = {locale: _content(one.text, place) for locale, one in source.translations.items()}
    return translated(_content(source.text, place), others)


def content_from(value: Value, place_at: PlaceAt = values) -> Content:
    """A JSON value whose texts may be templates; a lone ``{{ x }}`` keeps its type.

    Args:
        value: as it is written.
        place_at: where its texts go.
    """
    return _tree(value.json, "", place_at)


def _tree(value: Any, pointer: str, place_at: PlaceAt) -> Content:
    match value:
        case str():
            place = place_at(pointer)
            return Literal(value) if place is None else _content(value, place)
        case dict():
            items = value.items()
            return record({key: _tree(one, child(pointer, key), place_at) for key, one in items})
        case list() | tuple():
            places = enumerate(value)
            return sequence(
                tuple(_tree(one, child(pointer, index), place_at) for index, one in places)
            )
        case _:
            return Literal(value)


def record(fields: dict[str, Content]) -> Content:
    """A map; a literal where all its values are."""
    known = {key: item.value for key, item in fields.items() if isinstance(item, Literal)}
    return Literal(known) if len(known) == len(fields) else Record(tuple(fields.items()))


def sequence(items: tuple[Content, ...]) -> Content:
    """A list; a literal where all its items are."""
    known = [item.value for item in items if isinstance(item, Literal)]
    return Literal(known) if len(known) == len(items) else Sequence(items)


def _content(text: str, place: Place) -> Content:
    if "{{" not in text:
        return Literal(text)
    try:
        return Text(parse_template(text, place))
    except ExpressionError as error:
        return Computed(failing(error.reason))


def location_from(source: Source, declared: Container[str]) -> tuple[str, ...]:
    """The location that an assignment writes; where the text is no path, one that is not there."""
    try:
        return path_from(source, declared)
    except ExpressionError:
        return (f"~{source.text}",)
