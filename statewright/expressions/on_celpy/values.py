"""Values of ours as values of celpy's, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import NoneType
from typing import Any, Final

from celpy import celtypes

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import FineDuration, FineTimestamp
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    TYPE_VALUES,
    UINT_MAX,
    TypeValue,
    Uint,
    kind,
    sorted_keys,
    type_name,
)

NESTING_LIMIT: Final = 100
"""How deep lists and maps may be nested."""


def celpy_from_value(value: Any, levels: int = NESTING_LIMIT) -> Any:
    """The value that celpy computes with; the keys of maps in order.

    Raises:
        EvaluationError: celpy has none: it is an optional, finer than a microsecond, out of
            range, nested too deeply, or a map whose keys are not all texts.
    """
    if levels == 0:
        raise EvaluationError("the value is nested too deeply for celpy")
    own = kind(value)
    if own is list:
        return celtypes.ListType([celpy_from_value(one, levels - 1) for one in value])
    if own is dict:
        return _map(value, levels)
    convert = _TO_CELPY.get(own)
    if convert is None or isinstance(value, FineTimestamp | FineDuration):
        raise EvaluationError(f"celpy has no value for this {type_name(value)}")
    return convert(value)


def _map(value: Mapping[Any, Any], levels: int) -> Any:
    if not all(isinstance(key, str) for key in value):
        raise EvaluationError("celpy tells keys of a map apart only where all are texts")
    entries = celtypes.MapType()
    for key in sorted_keys(value):
        entries[celtypes.StringType(key)] = celpy_from_value(value[key], levels - 1)
    return entries


def _int(value: int) -> Any:
    if not INT_MIN <= value <= INT_MAX:
        raise EvaluationError("the number does not fit in a 64-bit int")
    return celtypes.IntType(value)


def _uint(value: int) -> Any:
    if not 0 <= value <= UINT_MAX:
        raise EvaluationError("the number does not fit in a 64-bit uint")
    return celtypes.UintType(value)


def _type(value: TypeValue) -> Any:
    found = _TYPES.get(value.name)
    if found is None:
        raise EvaluationError(f"celpy has no type {value.name}")
    return found


def value_from_celpy(value: Any) -> Any:
    """The value of ours that a value of celpy's is.

    Raises:
        EvaluationError: it is none; celpy let something through that is no value of CEL's.
    """
    if isinstance(value, type):
        name = _TYPE_NAMES.get(value)
        if name is None:
            raise EvaluationError(f"celpy gave {value.__name__!r}, which is no type of CEL")
        return TYPE_VALUES[name]
    convert = _FROM_CELPY.get(type(value))
    if convert is None:
        raise EvaluationError(f"celpy gave a {type(value).__name__}, which is no value of CEL")
    return convert(value)


def _list_from_celpy(value: list[Any]) -> list[Any]:
    return [value_from_celpy(one) for one in value]


def _map_from_celpy(value: dict[Any, Any]) -> dict[Any, Any]:
    return {value_from_celpy(key): value_from_celpy(one) for key, one in value.items()}


def _datetime(value: datetime) -> datetime:
    """The same moment, in no class of celpy's."""
    utc = value.astimezone(UTC)
    parts = (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond)
    return datetime(*parts, tzinfo=UTC)


_TO_CELPY: Final[Mapping[type, Callable[[Any], Any]]] = {
    NoneType: lambda _: None,
    bool: celtypes.BoolType,
    int: _int,
    Uint: _uint,
    float: celtypes.DoubleType,
    str: celtypes.StringType,
    bytes: celtypes.BytesType,
    datetime: lambda moment: celtypes.TimestampType(_datetime(moment)),
    timedelta: celtypes.DurationType,
    TypeValue: _type,
}
_TYPES: Final[Mapping[str, type]] = {
    "bool": celtypes.BoolType,
    "int": celtypes.IntType,
    "uint": celtypes.UintType,
    "double": celtypes.DoubleType,
    "string": celtypes.StringType,
    "bytes": celtypes.BytesType,
    "null_type": NoneType,
    "list": celtypes.ListType,
    "map": celtypes.MapType,
    "google.protobuf.Timestamp": celtypes.TimestampType,
    "google.protobuf.Duration": celtypes.DurationType,
    "type": celtypes.TypeType,
}
_TYPE_NAMES: Final[Mapping[type, str]] = {one: name for name, one in _TYPES.items()} | {
    type: "type"
}
_FROM_CELPY: Final[Mapping[type, Callable[[Any], Any]]] = {
    NoneType: lambda _: None,
    bool: bool,
    celtypes.BoolType: bool,
    celtypes.IntType: int,
    celtypes.UintType: Uint,
    celtypes.DoubleType: float,
    celtypes.StringType: str,
    celtypes.BytesType: bytes,
    celtypes.ListType: _list_from_celpy,
    celtypes.MapType: _map_from_celpy,
    celtypes.TimestampType: _datetime,
    celtypes.DurationType: lambda span: timedelta(span.days, span.seconds, span.microseconds),
}
