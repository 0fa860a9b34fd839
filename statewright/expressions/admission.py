"""What comes in from a host: which values it may give, and what becomes of its exceptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.meter import OutOfBudget
from statewright.expressions.types import DYN, CelType
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    TYPE_NAMES,
    UINT_MAX,
    Maybe,
    Uint,
    key_from_value,
    kind,
    type_name,
    value_from_key,
)


def guarded(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function of a host gives; whatever it raises becomes an ``EvaluationError``."""
    try:
        return function(*arguments)
    except (EvaluationError, OutOfBudget, RecursionError):
        raise
    except Exception as error:
        reason = f"`{name}` of the host failed: {type(error).__name__}: {str(error)[:200]}"
        raise EvaluationError(reason) from error


class Misfit(Exception):
    """A value is not of the type that it has to be; the message says what it is."""


def admitted(value: Any, wanted: CelType = DYN) -> Any:
    """A value of a host as a CEL value of a type; a tuple becomes a list.

    Args:
        value: anything.
        wanted: the type, however deep inside; a type parameter stands for any.

    Raises:
        Misfit: it is no value of CEL, or not of this type.
    """
    if wanted.parameter or wanted.name == "dyn":
        return _admit(value, _NAMES.get(kind(value), ""), DYN)
    if wanted.name == "nullable":
        return None if value is None else admitted(value, wanted.parameters[0])
    made = _admit(value, wanted.name, wanted)
    least, most = wanted.bounds
    if wanted.values and made not in wanted.values:
        raise Misfit(f"{str(made)[:60]!r}, which is not among the values of its type")
    if (least is not None and made < least) or (most is not None and made > most):
        raise Misfit(f"{made}, which is out of the bounds of its type")
    return made


def _admit(value: Any, name: str, wanted: CelType) -> Any:
    """The value, if it is of the type of this name, with what is inside as ``wanted`` says."""
    own = kind(value)
    if own not in _NAMES or (_NAMES[own] != name and (_NAMES[own], name) != ("map", "object")):
        raise Misfit(f"a value of type {type_name(value)}")
    admit = _INSIDE.get(own)
    return value if admit is None else admit(value, wanted)


def converted(value: Any, wanted: CelType) -> Any:
    """A value with ints in it as the doubles or uints that are wanted, where that loses nothing."""
    convert = _CONVERSIONS.get((kind(value), wanted.name))
    if wanted.name == "nullable":
        return converted(value, wanted.parameters[0])
    return value if convert is None else convert(value, wanted)


def _double_from_int(value: int, _: CelType) -> int | float:
    double = float(value) if abs(value) <= INT_MAX else math.nan
    return double if double == value else value


def _uint_from_int(value: int, _: CelType) -> int:
    return Uint(value) if 0 <= value <= UINT_MAX else value


def _converted_list(value: Iterable[Any], wanted: CelType) -> list[Any]:
    return [converted(part, wanted.parameters[0]) for part in value]


def _converted_map(value: Mapping[Any, Any], wanted: CelType) -> dict[Any, Any]:
    return {key: converted(part, wanted.parameters[1]) for key, part in value.items()}


def _converted_object(value: Mapping[Any, Any], wanted: CelType) -> dict[Any, Any]:
    fields = dict(wanted.fields)
    return {key: converted(part, fields.get(key, DYN)) for key, part in value.items()}


def _converted_optional(value: Maybe, wanted: CelType) -> Maybe:
    return Maybe(value.present, converted(value.value, wanted.parameters[0]))


_CONVERSIONS: Final[Mapping[tuple[type, str], Callable[[Any, CelType], Any]]] = {
    (int, "double"): _double_from_int,
    (int, "uint"): _uint_from_int,
    (list, "list"): _converted_list,
    (dict, "map"): _converted_map,
    (dict, "object"): _converted_object,
    (Maybe, "optional_type"): _converted_optional,
}


def _int(value: int, _: CelType) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    raise Misfit("an int of more than 64 bits")


def _uint(value: Uint, _: CelType) -> Uint:
    if 0 <= value <= UINT_MAX:
        return value
    raise Misfit("a uint of more than 64 bits")


def _timestamp(value: Any, _: CelType) -> Any:
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise Misfit("a timestamp without a time zone")
    return value


def _list(value: Any, wanted: CelType) -> list[Any]:
    element = wanted.parameters[0] if wanted.parameters else DYN
    return [admitted(part, element) for part in value]


def _map(value: Mapping[Any, Any], wanted: CelType) -> dict[Any, Any]:
    if wanted.name == "object":
        return _object(value, wanted)
    key, element = wanted.parameters or (DYN, DYN)
    return {_key(name, key): admitted(part, element) for name, part in value.items()}


def _key(key: Any, wanted: CelType) -> Any:
    value = value_from_key(key)
    if kind(value) not in (bool, str, int, Uint):
        raise Misfit(f"a map with a {type_name(value)} as a key")
    return key_from_value(admitted(value, wanted))


def _object(value: Mapping[Any, Any], wanted: CelType) -> dict[Any, Any]:
    fields = dict(wanted.fields)
    for name in fields:
        if name not in value and name not in wanted.optional:
            raise Misfit(f"a map without `{name}`")
    return {name: admitted(part, fields.get(name, DYN)) for name, part in value.items()}


def _optional(value: Maybe, wanted: CelType) -> Maybe:
    if not value.present:
        return value
    return Maybe(True, admitted(value.value, wanted.parameters[0] if wanted.parameters else DYN))


_NAMES: Final[Mapping[type, str]] = {
    own: name.rpartition("google.protobuf.")[2].lower() if "protobuf" in name else name
    for own, name in TYPE_NAMES.items()
}
"""The name of the static type of each class of values."""

_INSIDE: Final[Mapping[type, Callable[[Any, CelType], Any]]] = {
    int: _int,
    Uint: _uint,
    datetime: _timestamp,
    list: _list,
    dict: _map,
    Maybe: _optional,
}
"""What is looked at in values whose class alone does not say that they are right."""
