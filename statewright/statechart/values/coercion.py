"""What a variable may hold: values that can be kept, coerced to the declared type on write.

Times are kept to the microsecond; what is finer is cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import NoneType
from typing import Any, Final, NoReturn

from statewright.errors import EvaluationError
from statewright.expressions.functions.becoming import converted
from statewright.expressions.nanoseconds import (
    FineDuration,
    FineTimestamp,
    coarse_duration,
    coarse_timestamp,
)
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    UINT_MAX,
    Maybe,
    Uint,
    has_lone_surrogate,
    type_name,
)
from statewright.statechart.definition import Limits
from statewright.statechart.values.fitting import fitted

DEPTH_LIMIT: Final = 100
"""How many lists and maps of a value may lie inside each other."""

WEIGHT_LIMIT: Final = 2_000_000
"""How many characters, and parts of lists and maps, a value may have together."""

_AS_IT_IS: Final = frozenset({NoneType, bool, float, timedelta})


def held(value: Any, declared: str, limits: Limits | None, spent: list[int] | None = None) -> Any:
    """The value as a variable of this type holds it, if it may.

    Args:
        value: a CEL value.
        declared: as in ``Datum.type``.
        limits: as in ``Datum.limits``.
        spent: as for ``kept``.

    Raises:
        EvaluationError: it cannot become a value of the type, or lies outside the limits.
    """
    own = kept(value, spent)
    return converted(own, declared) if limits is None else fitted(own, declared, limits)


def coerced(value: Any, declared: str) -> Any:
    """A value as a variable of the declared type keeps it.

    >>> coerced("42", "int"), coerced(3, "double"), coerced(2.0, "int")
    (42, 3.0, 2)

    Args:
        value: a CEL value.
        declared: as in ``Datum.type``.

    Raises:
        EvaluationError: it cannot be kept, or not without losing something.
    """
    return held(value, declared, None)


def kept(value: Any, spent: list[int] | None = None) -> Any:
    """A value as it can be kept: plain CEL values, maps with texts as keys, a copy of what changes.

    Args:
        value: a CEL value.
        spent: one number, to which the weight of the value is added.

    Raises:
        EvaluationError: it holds something that cannot be kept, or is too large or too deep.
    """
    own = type(value)
    if own in _AS_IT_IS or (own is int and INT_MIN <= value <= INT_MAX):
        return value
    if own is str and value.isascii() and len(value) <= WEIGHT_LIMIT:
        return value
    meter = [WEIGHT_LIMIT]
    made = _KEEP.get(own, _kept)(value, DEPTH_LIMIT, meter)
    if spent is not None:
        spent[0] += WEIGHT_LIMIT - meter[0]
    return made


def _kept(value: Any, depth: int, meter: list[int]) -> Any:
    """``depth`` is how many lists and maps may still lie inside, ``meter`` what weight is left.

    The weight is counted part by part, since a list that holds one list twice is twice as large
    when it is written down.
    """
    own = type(value)
    if own in _AS_IT_IS or (own is int and INT_MIN <= value <= INT_MAX):
        return value
    keep = _KEEP.get(own)
    if keep is not None:
        return keep(value, depth, meter)
    if isinstance(value, Mapping):
        return _kept_map(value, depth, meter)
    raise EvaluationError(f"a value of type {type_name(value)} cannot be kept")


def _kept_text(value: str, _depth: int, meter: list[int]) -> str:
    if not value.isascii() and has_lone_surrogate(value):
        raise EvaluationError("the text holds half a character")
    _weigh(len(value), meter)
    return value


def _kept_bytes(value: bytes, _depth: int, meter: list[int]) -> bytes:
    _weigh(len(value), meter)
    return value


def _kept_int(value: int, _depth: int, _meter: list[int]) -> int:
    if not INT_MIN <= value <= INT_MAX:
        raise EvaluationError("the int has more than 64 bits")
    return value


def _kept_uint(value: Uint, _depth: int, _meter: list[int]) -> Uint:
    if not 0 <= value <= UINT_MAX:
        raise EvaluationError("the uint has more than 64 bits")
    return value


def _kept_timestamp(value: datetime, _depth: int, _meter: list[int]) -> datetime:
    if value.tzinfo is UTC:
        return value
    try:
        if value.utcoffset() is not None:
            return value.astimezone(UTC)
    except OverflowError:
        pass
    raise EvaluationError("the timestamp has no time zone, or is out of range")


def _kept_list(value: list[Any] | tuple[Any, ...], depth: int, meter: list[int]) -> list[Any]:
    _weigh_container(len(value), depth, meter)
    return [_kept(item, depth - 1, meter) for item in value]


def _kept_map(value: Mapping[Any, Any], depth: int, meter: list[int]) -> dict[str, Any]:
    meter[0] -= len(value)
    if depth <= 0 or meter[0] < 0:
        _refuse(depth)
    made: dict[str, Any] = {}
    weight = 0
    for key, item in value.items():
        if type(key) is not str:
            raise EvaluationError(f"the keys of a map that is kept are texts, not {type_name(key)}")
        if not key.isascii():
            _kept_text(key, 0, meter)
        own = type(item)
        if own is str and item.isascii():
            weight += len(item)
            made[key] = item
        else:
            made[key] = item if own in _AS_IT_IS else _kept(item, depth - 1, meter)
    meter[0] -= weight
    if meter[0] < 0:
        _refuse(depth)
    return made


def _kept_optional(value: Maybe, depth: int, meter: list[int]) -> Maybe:
    _weigh_container(1, depth, meter)
    return Maybe(True, _kept(value.value, depth - 1, meter)) if value.present else value


def _weigh_container(size: int, depth: int, meter: list[int]) -> None:
    meter[0] -= size
    if depth <= 0 or meter[0] < 0:
        _refuse(depth)


def _weigh(size: int, meter: list[int]) -> None:
    meter[0] -= size
    if meter[0] < 0:
        _refuse(DEPTH_LIMIT)


def _refuse(depth: int) -> NoReturn:
    if depth <= 0:
        raise EvaluationError(f"more than {DEPTH_LIMIT} lists and maps lie inside each other")
    raise EvaluationError(
        f"the value is too large to be kept: more than {WEIGHT_LIMIT} characters and parts"
    )


_KEEP: Final[Mapping[type, Callable[[Any, int, list[int]], Any]]] = {
    str: _kept_text,
    bytes: _kept_bytes,
    int: _kept_int,
    Uint: _kept_uint,
    datetime: _kept_timestamp,
    FineTimestamp: lambda value, _, __: coarse_timestamp(value),
    FineDuration: lambda value, _, __: coarse_duration(value),
    list: _kept_list,
    tuple: _kept_list,
    dict: _kept_map,
    Maybe: _kept_optional,
}


def with_part(whole: object, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of a map in which the part at a path has a value; maps on the way are made.

    >>> with_part({"a": {"b": 1}}, ("a", "c"), 2)
    {'a': {'b': 1, 'c': 2}}

    Args:
        whole: the map; None for one that does not exist yet.
        path: keys from the map down to the part, at least one.
        value: what to put there; an empty ``Maybe`` takes the part away.

    Raises:
        EvaluationError: something on the way is no map.
    """
    top = here = _opened(whole, path[0])
    for key, inner in pairwise(path):
        made = _opened(here.get(key), inner)
        here[key] = made
        here = made
    if isinstance(value, Maybe) and not value.present:
        here.pop(path[-1], None)
    else:
        here[path[-1]] = value
    return top


def part_of(whole: object, path: tuple[str, ...]) -> Any:
    """What stands at a path; None where nothing does."""
    for key in path:
        whole = whole.get(key) if type(whole) is dict else None
    return whole


def _opened(value: object, key: str) -> dict[str, Any]:
    if value is None:
        return {}
    if type(value) is not dict:
        raise EvaluationError(f"a {type_name(value)} has no part `{key}`")
    return dict(value)


def is_absent(whole: object, path: tuple[str, ...]) -> bool:
    """Whether there is nothing at a path that could be taken away."""
    for key in path:
        if type(whole) is not dict or key not in whole:
            return True
        whole = whole[key]
    return False
