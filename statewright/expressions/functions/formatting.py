"""``format``: ``"%s is %.2f".format([name, price])``.

Source: https://github.com/google/cel-go/blob/master/ext/formatting_v2.go
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.functions.conversions import bytes_from_text
from statewright.expressions.operations.times import text_from_duration, text_from_timestamp
from statewright.expressions.values import (
    SIZE_LIMIT,
    TypeValue,
    Uint,
    bounded,
    kind,
    type_name,
    value_from_key,
)

_CLAUSE: Final = re.compile(r"%(?:(?P<percent>%)|(?:\.(?P<precision>[0-9]+))?(?P<verb>[a-zA-Z])?)")
_PRECISION_LIMIT: Final = 1000


def formatted(template: str, arguments: list[Any]) -> str:
    """The template with its clauses replaced by the arguments, in order.

    Raises:
        EvaluationError: a clause is unknown, lacks its argument, or cannot show it.
    """
    pieces: list[str] = []
    position = used = 0
    for match in _CLAUSE.finditer(template):
        pieces.append(template[position : match.start()])
        position = match.end()
        if match["percent"]:
            pieces.append("%")
            continue
        if used >= len(arguments):
            raise EvaluationError(f"`format` lacks argument {used}")
        pieces.append(_shown(match, arguments[used]))
        used += 1
    pieces.append(template[position:])
    text = "".join(pieces)
    bounded(len(text))
    return text


def _shown(match: re.Match[str], value: Any) -> str:
    verb = match["verb"]
    show = _VERBS.get(verb or "")
    if show is None:
        raise EvaluationError(f"`{match[0]}` is no clause of `format`")
    precision = int(match["precision"][:9]) if match["precision"] else 6
    if precision > _PRECISION_LIMIT:
        raise EvaluationError(f"`format` shows at most {_PRECISION_LIMIT} digits")
    text = show(value, precision)
    if text is None:
        raise EvaluationError(f"`{match[0]}` cannot show a {type_name(value)}")
    return text


def _text(value: Any, _: int) -> str | None:
    return _any(value, [SIZE_LIMIT])


def _any(value: Any, budget: list[int]) -> str | None:
    budget[0] -= 1
    if budget[0] < 0:
        raise EvaluationError("the value is too large for `format`")
    own = kind(value)
    if own is list:
        return _list(value, budget)
    if own is dict:
        return _map(value, budget)
    show = _PLAIN.get(own)
    return show(value) if show else None


def _list(value: Iterable[Any], budget: list[int]) -> str | None:
    parts: list[str] = []
    for element in value:
        shown = _any(element, budget)
        if shown is None:
            return None
        parts.append(shown)
    return f"[{', '.join(parts)}]"


def _map(value: Mapping[Any, Any], budget: list[int]) -> str | None:
    entries: list[tuple[str, str]] = []
    for key, element in value.items():
        shown_key, shown = _any(value_from_key(key), budget), _any(element, budget)
        if shown_key is None or shown is None:
            return None
        entries.append((shown_key, shown))
    return "{" + ", ".join(f"{key}: {shown}" for key, shown in sorted(entries)) + "}"


def _double(value: float) -> str:
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else f"{Decimal(repr(value)):f}".removesuffix(".0")


_PLAIN: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    Uint: lambda value: str(int(value)),
    float: _double,
    str: str,
    bytes: lambda value: value.decode(errors="replace"),
    datetime: text_from_timestamp,
    timedelta: text_from_duration,
    TypeValue: lambda value: value.name,
}


def _decimal(value: Any, _: int) -> str | None:
    if kind(value) is float:
        return _double(value)
    return str(int(value)) if kind(value) in (int, Uint) else None


def _fixed(value: Any, precision: int) -> str | None:
    return _number(value, f".{precision}f")


def _scientific(value: Any, precision: int) -> str | None:
    return _number(value, f".{precision}e")


def _number(value: Any, layout: str) -> str | None:
    if kind(value) not in (int, Uint, float):
        return None
    number = float(value)
    return format(number, layout) if math.isfinite(number) else _double(number)


def _binary(value: Any, _: int) -> str | None:
    return format(int(value), "b") if kind(value) in (int, Uint, bool) else None


def _octal(value: Any, _: int) -> str | None:
    return format(int(value), "o") if kind(value) in (int, Uint) else None


def _hexadecimal(value: Any, _: int) -> str | None:
    own = kind(value)
    if own in (int, Uint):
        return format(int(value), "x")
    if own is bytes:
        return bytes(value).hex()
    return bytes_from_text(value).hex() if own is str else None


def _upper_hexadecimal(value: Any, precision: int) -> str | None:
    text = _hexadecimal(value, precision)
    return text.upper() if text is not None else None


_VERBS: Final[Mapping[str, Callable[[Any, int], str | None]]] = {
    "s": _text,
    "d": _decimal,
    "f": _fixed,
    "e": _scientific,
    "b": _binary,
    "o": _octal,
    "x": _hexadecimal,
    "X": _upper_hexadecimal,
}
