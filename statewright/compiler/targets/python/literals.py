"""Values as Python writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Final

from statewright.compiler.targets.python.layout import Code, bracketed, called, tuple_of, word
from statewright.expressions import Maybe, Uint
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND

QUOTE: Final = '"'


def text(value: str, quote: str = "") -> Code:
    r"""A text in quotes; what cannot be seen is escaped.

    >>> print(text("it's \u200b").flat, text('"no"').flat)
    "it's \u200b" '"no"'
    """
    if not quote:
        quote = "'" if '"' in value and "'" not in value else QUOTE
    inner = "".join(
        one if one.isprintable() and one not in ("\\", quote) else _escape(one) for one in value
    )
    return word(f"{quote}{inner}{quote}")


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(symbol: str) -> str:
    code = ord(symbol)
    if symbol in _ESCAPES:
        return _ESCAPES[symbol]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _bytes(value: bytes) -> Code:
    inner = "".join(
        chr(one) if 0x20 <= one < 0x7F and one not in b'"\\' else f"\\x{one:02x}" for one in value
    )
    return word(f'b"{inner}"')


def _double(value: float) -> Code:
    if value - value == 0:
        return word(repr(value))
    return called("float", text(str(value)))


def _list(value: list[Any]) -> Code:
    return bracketed("", map(literal, value), "[]")


def _map(value: Mapping[Any, Any]) -> Code:
    return bracketed(
        "", (literal(part).behind(f"{literal(key).flat}: ") for key, part in value.items()), "{}"
    )


def _maybe(value: Maybe) -> Code:
    return called("Maybe", word("True"), literal(value.value)) if value.present else word("NOTHING")


def _timestamp(value: datetime) -> Code:
    return word(f"EPOCH + {(value - EPOCH) // MICROSECOND} * MICROSECOND")


_LITERALS: Final[Mapping[type, Callable[[Any], Code]]] = {
    NoneType: lambda _: word("None"),
    bool: lambda value: word(str(value)),
    int: lambda value: word(str(value)),
    Uint: lambda value: called("Uint", word(str(int(value)))),
    float: _double,
    str: text,
    bytes: _bytes,
    datetime: _timestamp,
    timedelta: lambda value: word(f"{value // MICROSECOND} * MICROSECOND"),
    list: _list,
    tuple: lambda value: tuple_of(map(literal, value)),
    dict: _map,
    Maybe: _maybe,
}


def literal(value: Any) -> Code:
    """A value of a conversation."""
    return _LITERALS[type(value)](value)
