"""Values as text and as JSON, the way people and other programs read them."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from types import NoneType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.functions.conversions import text_from_double
from statewright.expressions.operations.times import text_from_duration, text_from_timestamp
from statewright.expressions.values import (
    SIZE_LIMIT,
    Maybe,
    TypeValue,
    Uint,
    kind,
    type_name,
    value_from_key,
)


def text_from_value(value: Any) -> str:
    """A value as it is shown to people: null and an empty optional as nothing, lists as JSON.

    >>> text_from_value(17.0), text_from_value(None), text_from_value([1, "a"])
    ('17', '', '[1,"a"]')

    Raises:
        EvaluationError: it cannot be shown.
    """
    show = _TEXTS.get(kind(value))
    if show is None:
        raise EvaluationError(f"a {type_name(value)} cannot be printed")
    try:
        return show(value)
    except ValueError:
        raise EvaluationError("the number is too large to be printed") from None


def json_from_value(value: Any) -> str:
    """A value as compact JSON, the keys of maps in order.

    Times are texts in it, bytes are base64, an optional is its value or null.

    Raises:
        EvaluationError: JSON has no such value: a number that is not finite.
    """
    plain = plain_from_value(value)
    try:
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except ValueError:
        raise EvaluationError("a number is too large to be printed") from None


def plain_from_value(value: Any) -> Any:
    """A value as what JSON has: None, bool, int, float, str, list, and dict with texts as keys.

    Raises:
        EvaluationError: JSON has no such value, or it would be too large.
    """
    try:
        return _plain(value, [SIZE_LIMIT])
    except RecursionError:
        raise EvaluationError("the value is nested too deeply") from None


def _plain(value: Any, budget: list[int]) -> Any:
    budget[0] -= 1
    if budget[0] < 0:
        raise EvaluationError("the value is too large to be printed")
    own = kind(value)
    if own is list:
        return [_plain(element, budget) for element in value]
    if own is dict:
        return {
            text_from_value(value_from_key(key)): _plain(element, budget)
            for key, element in value.items()
        }
    if own is Maybe:
        return _plain(value.value, budget) if value.present else None
    convert = _SCALARS.get(own)
    if convert is None:
        raise EvaluationError(f"a {type_name(value)} cannot be printed")
    return convert(value)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise EvaluationError(f"{text_from_double(value)} cannot be written as JSON")
    return value


def _text_from_maybe(value: Maybe) -> str:
    return text_from_value(value.value) if value.present else ""


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


_SCALARS: Final[Mapping[type, Callable[[Any], Any]]] = {
    NoneType: lambda _: None,
    bool: bool,
    int: int,
    Uint: int,
    float: _finite,
    str: str,
    bytes: _base64,
    datetime: text_from_timestamp,
    timedelta: text_from_duration,
    TypeValue: lambda value: value.name,
    **dict.fromkeys((IPv4Address, IPv6Address, IPv4Interface, IPv6Interface), str),
}
_TEXTS: Final[Mapping[type, Callable[[Any], str]]] = {
    NoneType: lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: lambda value: str(int(value)),
    Uint: lambda value: str(int(value)),
    float: text_from_double,
    str: str,
    bytes: _base64,
    datetime: text_from_timestamp,
    timedelta: text_from_duration,
    TypeValue: lambda value: value.name,
    **dict.fromkeys((IPv4Address, IPv6Address, IPv4Interface, IPv6Interface), str),
    list: json_from_value,
    dict: json_from_value,
    Maybe: _text_from_maybe,
}
