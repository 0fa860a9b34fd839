"""Values written in CEL: as literals, and what has no literal as the call that makes it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from types import NoneType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.times import text_from_duration, text_from_timestamp
from statewright.expressions.syntax import (
    DEPTH_LIMIT,
    Call,
    ListLiteral,
    Literal,
    MapLiteral,
    Name,
    Node,
    Select,
)
from statewright.expressions.values import (
    SIZE_LIMIT,
    Maybe,
    TypeValue,
    Uint,
    kind,
    sorted_keys,
    type_name,
    value_from_key,
)

_SHORT: Final[Mapping[str, str]] = dict(
    zip("\a\b\f\n\r\t\v\\", (r"\a", r"\b", r"\f", r"\n", r"\r", r"\t", r"\v", r"\\"), strict=True)
)
_JOINERS: Final = frozenset("\u200c\u200d")
"""Invisible, but parts of words and of emoji."""
_HIDDEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories of characters that are invisible, or drive whatever shows them."""
_BYTE: Final = re.compile(rb"[^\x20-\x7e]|[\\'\"]")
_EXPONENT: Final = re.compile(r"e([+-]?)0*(?=[0-9])")


def text_literal(text: str) -> str:
    r"""A text as a CEL literal, on one line, all that is invisible in it escaped.

    A text with backslashes, such as a pattern, is written raw where that is possible.

    >>> print(text_literal("it's"), text_literal("a\n"), text_literal(r"\d+"))
    "it's" 'a\n' r'\d+'
    """
    quote = _quote(text)
    plain = text.isascii() and text.isprintable()
    if not plain:
        plain = not any(map(_is_hidden, text))
    if plain and quote not in text and "\\" not in text:
        return f"{quote}{text}{quote}"
    # Google's own engine takes a backslash in front of the last quote for an escape, also here.
    if plain and quote not in text and not text.endswith("\\"):
        return f"r{quote}{text}{quote}"
    return quote + "".join(_spelled(character, quote) for character in text) + quote


def bytes_literal(data: bytes) -> str:
    r"""Bytes as a CEL literal.

    >>> print(bytes_literal(b"ab\xff"))
    b'ab\xff'
    """
    quote = _quote(data.decode("latin-1"))
    body = _BYTE.sub(lambda match: _spelled_byte(match[0], quote), data)
    return f"b{quote}{body.decode('ascii')}{quote}"


def double_literal(value: float) -> str:
    """A finite double as a CEL literal: the shortest digits that read back.

    >>> double_literal(2.0), double_literal(1e21), double_literal(-5e-324)
    ('2.0', '1e21', '-5e-324')
    """
    return _EXPONENT.sub(lambda match: f"e{'-' if match[1] == '-' else ''}", repr(float(value)))


def _quote(text: str) -> str:
    return '"' if "'" in text and '"' not in text else "'"


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN and character not in _JOINERS


def _spelled(character: str, quote: str) -> str:
    short = _SHORT.get(character)
    if short is not None:
        return short
    if character == quote:
        return f"\\{quote}"
    if not _is_hidden(character):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _spelled_byte(byte: bytes, quote: str) -> bytes:
    character = byte.decode("latin-1")
    if character in "'\"":
        return f"\\{quote}".encode() if character == quote else byte
    return _SHORT.get(character, f"\\x{byte[0]:02x}").encode()


# Whole values


def tree_from_value(value: Any) -> Node:
    """The tree of an expression that is this value, the keys of maps in order.

    A type of which CEL has no name stands there by the name that ``type()`` gives it.

    Raises:
        EvaluationError: it is no value of CEL's, it is nested too deeply, or it is too large.
    """
    return _tree(value, DEPTH_LIMIT - 2, [SIZE_LIMIT])


def _tree(value: Any, levels: int, budget: list[int]) -> Node:
    budget[0] -= 1
    if budget[0] < 0:
        raise EvaluationError("the value is too large to be written as CEL")
    if levels <= 0:
        raise EvaluationError("the value is nested too deeply to be written as CEL")
    own = kind(value)
    if own is list:
        return ListLiteral(tuple(_tree(item, levels - 1, budget) for item in value), 0, 0)
    if own is dict:
        entries = (
            (Literal(value_from_key(key), 0, 0), _tree(value[key], levels - 1, budget))
            for key in sorted_keys(value)
        )
        return MapLiteral(tuple(entries), 0, 0)
    if own is Maybe:
        content = (_tree(value.value, levels - 1, budget),) if value.present else ()
        return _call("of" if value.present else "none", *content, target=Name("optional", 0, 0))
    make = _SCALARS.get(own)
    if make is None:
        raise EvaluationError(f"a {type_name(value)} cannot be written as CEL")
    return make(value)


def _call(function: str, *arguments: Node, target: Node | None = None) -> Call:
    return Call(function, target, arguments, 0, 0, 0)


def _double(value: float) -> Node:
    if math.isfinite(value):
        return Literal(float(value), 0, 0)
    return _call("double", Literal(str(float(value)), 0, 0))


def _made_by(function: str, text: Callable[[Any], str] = str) -> Callable[[Any], Node]:
    """How a value is written that a function makes of its text."""
    return lambda value: _call(function, Literal(text(value), 0, 0))


def _type(value: TypeValue) -> Node:
    root, *fields = value.name.split(".")
    node: Node = Name(root, 0, 0)
    for field in fields:
        node = Select(node, field, 0, 0)
    return node


_SCALARS: Final[Mapping[type, Callable[[Any], Node]]] = {
    NoneType: lambda _: Literal(None, 0, 0),
    bool: lambda value: Literal(value, 0, 0),
    int: lambda value: Literal(int(value), 0, 0),
    Uint: lambda value: Literal(value, 0, 0),
    float: _double,
    str: lambda value: Literal(str(value), 0, 0),
    bytes: lambda value: Literal(bytes(value), 0, 0),
    datetime: _made_by("timestamp", text_from_timestamp),
    timedelta: _made_by("duration", text_from_duration),
    **dict.fromkeys((IPv4Address, IPv6Address), _made_by("ip")),
    **dict.fromkeys((IPv4Interface, IPv6Interface), _made_by("cidr")),
    TypeValue: _type,
}
