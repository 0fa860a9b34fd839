"""Types as people write them: ``int``, ``map(string, list(int))``, ``{name: string, ?age: int}``.

The text of a type is itself an expression, of calls, maps and names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Final

from statewright.errors import ExpressionError
from statewright.expressions.parsing.parser import parse
from statewright.expressions.printing.spelling import text_literal
from statewright.expressions.printing.unparser import WORD
from statewright.expressions.syntax import Call, Literal, MapLiteral, Name, Node
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    UINT,
    CelType,
    list_of,
    map_of,
    named_types,
    nullable_of,
    object_of,
    optional_of,
    type_from_name,
    type_of,
)
from statewright.expressions.values import Maybe, TypeValue, Uint, kind

_NESTING: Final = 50
"""How deep data are looked into for their types."""

_MAKERS: Final[Mapping[tuple[str, int], Callable[..., CelType]]] = {
    ("list", 1): list_of,
    ("map", 2): map_of,
    ("optional_type", 1): optional_of,
    ("optional", 1): optional_of,
    ("nullable", 1): nullable_of,
    ("type", 1): type_of,
}
_SAME: Final[Mapping[type, CelType]] = {
    NoneType: NULL,
    bool: BOOL,
    int: INT,
    Uint: UINT,
    float: DOUBLE,
    str: STRING,
    bytes: BYTES,
    datetime: TIMESTAMP,
    timedelta: DURATION,
    TypeValue: type_of(DYN),
}


def type_from_text(text: str) -> CelType:
    """The type that a text says.

    >>> str(type_from_text("map(string, list(int))"))
    'map(string, list(int))'

    Raises:
        ExpressionError: it says none; with the place in ``text``.
    """
    return _type(text, parse(text).root)


def _type(text: str, node: Node) -> CelType:
    if isinstance(node, Name) and node.name in named_types():
        return type_from_name(node.name)
    if isinstance(node, Name) and node.name == "null_type":
        return NULL
    if isinstance(node, Call) and node.target is None:
        make = _MAKERS.get((node.function, len(node.arguments)))
        if make is not None:
            return make(*(_type(text, one) for one in node.arguments))
    if isinstance(node, MapLiteral):
        fields = {_field(text, key): _type(text, value) for key, value in node.entries}
        return object_of(fields, (list(fields)[place] for place in node.optional))
    raise _no_type(text, node)


def _field(text: str, key: Node) -> str:
    if isinstance(key, Name):
        return key.name
    if isinstance(key, Literal) and isinstance(key.value, str):
        return key.value
    raise _no_type(text, key)


def _no_type(text: str, node: Node) -> ExpressionError:
    hint = f"types are {', '.join(named_types())}, list(T), map(K, V), nullable(T), {{name: T}}"
    return ExpressionError(text, node.start, node.end, "this is no type", hint)


def text_from_type(one: CelType) -> str:
    """The text of a type; of an object with its fields.

    >>> text_from_type(object_of({"name": STRING, "age": INT}, ["age"]))
    '{name: string, ?age: int}'
    """
    if one.fields:
        fields = (
            f"{'?' if name in one.optional else ''}{_field_name(name)}: {text_from_type(inner)}"
            for name, inner in one.fields
        )
        return f"{{{', '.join(fields)}}}"
    inner = ", ".join(map(text_from_type, one.parameters))
    return f"{one.name}({inner})" if inner else one.name


def _field_name(name: str) -> str:
    return name if WORD.fullmatch(name) else text_literal(name)


def type_from_value(value: Any, levels: int = _NESTING) -> CelType:
    """The type that a value shows: of a map that of its fields, of a list that of its elements.

    >>> text_from_type(type_from_value({"tags": ["a"], "last": None, "mixed": [1, "a"]}))
    '{tags: list(string), last: dyn, mixed: list(dyn)}'
    """
    own = kind(value)
    if levels == 0 or value is None:
        return DYN
    if own is list:
        types = {type_from_value(element, levels - 1) for element in value}
        return list_of(types.pop() if len(types) == 1 else DYN)
    if own is dict:
        return _type_of_map(value, levels)
    if own is Maybe:
        return optional_of(type_from_value(value.value, levels - 1))
    return _SAME.get(own, DYN)


def _type_of_map(value: Mapping[Any, Any], levels: int) -> CelType:
    if not value or not all(isinstance(key, str) for key in value):
        return map_of(STRING if not value else DYN, DYN)
    return object_of({key: type_from_value(value[key], levels - 1) for key in value})
