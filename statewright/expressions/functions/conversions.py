"""Conversions between types, and ``type`` itself.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#type-conversions
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import EPOCH, Timestamp, nanoseconds_since_epoch
from statewright.expressions.operations.arithmetic import checked_int, checked_uint
from statewright.expressions.operations.times import (
    duration_from_text,
    text_from_duration,
    text_from_timestamp,
    timestamp_from_text,
)
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    UINT,
    A,
    type_of,
)
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    TYPE_VALUES,
    UINT_MAX,
    TypeValue,
    Uint,
    has_lone_surrogate,
    type_name,
)

_INT: Final = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)
_UINT: Final = re.compile(r"[0-9]{1,30}", re.ASCII)
_DOUBLE: Final = re.compile(
    r"[+-]?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:e[+-]?[0-9]++)?|(inf(?:inity)?|nan))",
    re.IGNORECASE | re.ASCII,
)
_BOOLS: Final = {
    **dict.fromkeys(("1", "t", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "false", "FALSE", "False"), False),
}
_SECOND: Final = 1_000_000_000


def text_from_double(value: float) -> str:
    """A double for people to read: the shortest digits that read back, ``.0`` left out.

    >>> text_from_double(1234567.0), text_from_double(1e300)
    ('1234567', '1e+300')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value).removesuffix(".0")


def string_from_double(value: float) -> str:
    """What ``string`` makes of a double: as ``text_from_double``, but an exponent from 1e6 on.

    That is Go's ``%g``, which the engines of Google share.

    >>> string_from_double(123456.5), string_from_double(1234567.0)
    ('123456.5', '1.234567e+06')
    """
    text = text_from_double(value)
    if not 1e6 <= abs(value) < 1e16:
        return text
    sign, digits = text[: text.startswith("-")], text.removeprefix("-")
    whole, _, fraction = digits.partition(".")
    rest = (whole[1:] + fraction).rstrip("0")
    return f"{sign}{whole[0]}{'.' if rest else ''}{rest}e+{len(whole) - 1:02}"


def text_from_bytes(value: bytes) -> str:
    """Bytes as the text that they are the UTF-8 of.

    Raises:
        EvaluationError: they are not.
    """
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise EvaluationError("the bytes are not UTF-8") from None


def bytes_from_text(text: str) -> bytes:
    """The UTF-8 of a text.

    Raises:
        EvaluationError: the text holds half a character.
    """
    if has_lone_surrogate(text):
        raise EvaluationError("the text holds half a character")
    return text.encode()


def _cannot(value: object, target: str) -> EvaluationError:
    return EvaluationError(f"cannot convert {str(value)[:60]!r} to {target}")


def _int_from_double(value: float) -> int:
    if not INT_MIN < value < INT_MAX:
        raise _cannot(value, "int")
    return int(value)


def _int_from_text(text: str) -> int:
    if not _INT.fullmatch(text):
        raise _cannot(text, "int")
    return checked_int(int(text))


def _int_from_timestamp(moment: Timestamp) -> int:
    return nanoseconds_since_epoch(moment) // _SECOND


def _uint_from_double(value: float) -> Uint:
    if not 0 <= value < UINT_MAX:
        raise _cannot(value, "uint")
    return checked_uint(int(value))


def _uint_from_text(text: str) -> Uint:
    if not _UINT.fullmatch(text):
        raise _cannot(text, "uint")
    return checked_uint(int(text))


def _double_from_text(text: str) -> float:
    match = _DOUBLE.fullmatch(text)
    if match is None or (math.isinf(value := float(text)) and not match[1]):
        raise _cannot(text, "double")
    return value


def _bool_from_text(text: str) -> bool:
    try:
        return _BOOLS[text]
    except KeyError:
        raise _cannot(text, "bool") from None


def _timestamp_from_int(seconds: int) -> datetime:
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise EvaluationError("timestamp out of range") from None


def _type(value: object) -> TypeValue:
    found = TYPE_VALUES.get(type_name(value))
    if found is None:
        raise EvaluationError(f"a {type_name(value)} is no value of CEL")
    return found


def _same(value: Any) -> Any:
    return value


CONVERSIONS: Final[tuple[Overload, ...]] = (
    function("int", (INT,), INT, _same),
    function("int", (UINT,), INT, lambda value: checked_int(int(value))),
    function("int", (DOUBLE,), INT, _int_from_double),
    function("int", (STRING,), INT, _int_from_text),
    function("int", (TIMESTAMP,), INT, _int_from_timestamp),
    function("uint", (UINT,), UINT, _same),
    function("uint", (INT,), UINT, checked_uint),
    function("uint", (DOUBLE,), UINT, _uint_from_double),
    function("uint", (STRING,), UINT, _uint_from_text),
    function("double", (DOUBLE,), DOUBLE, _same),
    function("double", (INT,), DOUBLE, float),
    function("double", (UINT,), DOUBLE, float),
    function("double", (STRING,), DOUBLE, _double_from_text),
    function("string", (STRING,), STRING, _same),
    function("string", (BOOL,), STRING, lambda value: "true" if value else "false"),
    function("string", (INT,), STRING, str),
    function("string", (UINT,), STRING, lambda value: str(int(value))),
    function("string", (DOUBLE,), STRING, string_from_double),
    function("string", (BYTES,), STRING, text_from_bytes),
    function("string", (TIMESTAMP,), STRING, text_from_timestamp),
    function("string", (DURATION,), STRING, text_from_duration),
    function("bytes", (BYTES,), BYTES, _same),
    function("bytes", (STRING,), BYTES, bytes_from_text),
    function("bool", (BOOL,), BOOL, _same),
    function("bool", (STRING,), BOOL, _bool_from_text),
    function("timestamp", (TIMESTAMP,), TIMESTAMP, _same),
    function("timestamp", (STRING,), TIMESTAMP, timestamp_from_text),
    function("timestamp", (INT,), TIMESTAMP, _timestamp_from_int),
    function("duration", (DURATION,), DURATION, _same),
    function("duration", (STRING,), DURATION, duration_from_text),
    function("dyn", (A,), DYN, _same, light=True),
    function("type", (A,), type_of(A), _type, light=True),
)
"""``int uint double string bytes bool timestamp duration dyn type``."""
