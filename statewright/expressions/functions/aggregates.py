"""What conversations compute of what they collected: sums, means, extremes, merged maps.

====================================  ======================================================
``sum(list)``                         of numbers of one type, or of durations
``avg(list)``                         the mean of numbers: a double
``min(list)``, ``max(list)``          of values that have an order
``count(list)``                       how many there are; also of a map
``flatten(list)``                     one list of what the lists in it hold
``top_keys(map, n)``                  the keys of the n largest numbers, the largest first
``merge_sum(list)``                   one map of a list of maps; the values of a key are added
``merge_max(list)``, ``merge_min``    the largest or smallest value of a key is kept
``merge_last(list)``                  the value of the last map that has the key is kept
====================================  ======================================================

``sum avg min max`` of an empty list are errors, for nothing says of which type they would be; with
a second argument they are that: ``sum(prices, 0.0)``. Numbers of several types count as doubles.
Only the result of a sum has to fit into its type. Doubles are added exactly and rounded once, so
their order does not matter. NaN has no order. Keys of equal numbers are in the order of keys.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.functions.lists import expect_order, flattened
from statewright.expressions.nanoseconds import duration_from_nanoseconds, nanoseconds_of
from statewright.expressions.operations.arithmetic import (
    checked_duration,
    checked_int,
    checked_uint,
)
from statewright.expressions.operations.comparison import NUMBERS
from statewright.expressions.overloads import Implementation, Overload, function
from statewright.expressions.types import (
    DOUBLE,
    DURATION,
    DYN,
    INT,
    UINT,
    A,
    B,
    CelType,
    list_of,
    map_of,
)
from statewright.expressions.values import Uint, kind, no_overload, sorted_keys, value_from_key


def _sum(values: Sequence[Any]) -> Any:
    kinds = {kind(value) for value in values}
    add = _SUMS.get(kinds.pop()) if len(kinds) == 1 else None
    if add is None:
        _expect_numbers("sum", values)
        add = _sum_of_doubles
    return add(values)


def _sum_of_doubles(values: Iterable[Any]) -> float:
    doubles = [float(value) for value in values]
    try:
        return math.fsum(doubles)
    except (OverflowError, ValueError):  # on the way, or of infinities of both signs
        total = 0.0
        for double in doubles:
            total += double
        return total


def _sum_of_durations(values: Iterable[Any]) -> Any:
    try:
        return checked_duration(duration_from_nanoseconds(sum(map(nanoseconds_of, values))))
    except OverflowError:
        raise EvaluationError("duration out of range") from None


_SUMS: Final[Mapping[type, Callable[[Iterable[Any]], Any]]] = {
    int: lambda values: checked_int(sum(values)),
    Uint: lambda values: checked_uint(sum(map(int, values))),
    float: _sum_of_doubles,
    timedelta: _sum_of_durations,
}
"""How values of one class are added."""


def _mean(values: Sequence[Any]) -> float:
    _expect_numbers("avg", values)
    if all(kind(value) is not float for value in values):
        return sum(map(int, values)) / len(values)
    total = _sum_of_doubles(values)
    if math.isfinite(total) or not all(map(math.isfinite, values)):
        return total / len(values)
    return float(sum(map(Fraction, values)) / len(values))  # the sum has no double, the mean has


def _expect_numbers(name: str, values: Iterable[Any]) -> None:
    for value in values:
        if kind(value) not in NUMBERS:
            raise no_overload(name, value)


def _extreme(name: str, choose: Callable[..., Any]) -> Callable[[Sequence[Any]], Any]:
    def extreme(values: Sequence[Any]) -> Any:
        expect_order(name, values)
        return choose(values)

    return extreme


def _of_some(name: str, aggregate: Callable[[Sequence[Any]], Any]) -> Implementation:
    """An aggregate of a list that may be empty: an error then, or what is said instead."""

    def of_list(values: Sequence[Any], *otherwise: Any) -> Any:
        if values:
            return aggregate(values)
        if otherwise:
            return otherwise[0]
        hint = f"say what it is then: `{name}(list, value)`"
        raise EvaluationError(f"`{name}` of an empty list; {hint}")

    return of_list


def _top_keys(numbers: Mapping[Any, Any], count: int) -> list[Any]:
    if count < 0:
        raise EvaluationError(f"`top_keys` of {count} keys")
    keys = sorted_keys(numbers)
    values = [numbers[key] for key in keys]
    _expect_numbers("top_keys", values)
    expect_order("top_keys", values)
    keys.sort(key=numbers.__getitem__, reverse=True)
    return [value_from_key(key) for key in keys[:count]]


def _merged(name: str, join: Callable[[Sequence[Any]], Any]) -> Implementation:
    """One map, in which the values of a key are joined."""

    def merge(maps: Sequence[Any]) -> dict[Any, Any]:
        values: dict[Any, list[Any]] = {}
        for one in maps:
            if kind(one) is not dict:
                raise no_overload(name, one)
            for key, value in one.items():
                values.setdefault(key, []).append(value)
        return {key: join(ones) for key, ones in values.items()}

    return merge


def _sum_of_numbers(values: Sequence[Any]) -> Any:
    _expect_numbers("merge_sum", values)
    return _sum(values)


def _overloads() -> Iterator[Overload]:
    total, mean = _of_some("sum", _sum), _of_some("avg", _mean)
    for one in (INT, UINT, DOUBLE, DURATION):
        yield function("sum", (list_of(one),), one, total)
        yield function("sum", (list_of(one), one), one, total)
    yield function("sum", (list_of(DYN), DYN), DYN, total)
    for one in (INT, UINT, DOUBLE):
        yield function("avg", (list_of(one),), DOUBLE, mean)
        yield function("avg", (list_of(one), DOUBLE), DOUBLE, mean)
    for name, choose in (("min", min), ("max", max)):
        extreme = _of_some(name, _extreme(name, choose))
        yield function(name, (list_of(A),), A, extreme)
        yield function(name, (list_of(A), A), A, extreme)
    for one in (INT, UINT, DOUBLE):
        yield function("top_keys", (map_of(A, one), INT), list_of(A), _top_keys, deep=True)


def _mergers() -> Iterator[Overload]:
    for one in (INT, UINT, DOUBLE):
        yield _merger("merge_sum", map_of(A, one), _sum_of_numbers)
    maps = map_of(A, B)
    yield _merger("merge_max", maps, _extreme("merge_max", max))
    yield _merger("merge_min", maps, _extreme("merge_min", min))
    yield _merger("merge_last", maps, lambda ones: ones[-1])


def _merger(name: str, maps: CelType, join: Callable[[Sequence[Any]], Any]) -> Overload:
    return function(name, (list_of(maps),), maps, _merged(name, join), deep=True)


AGGREGATES: Final[tuple[Overload, ...]] = (
    *_overloads(),
    function("count", (list_of(A),), INT, len, light=True),
    function("count", (map_of(A, B),), INT, len, light=True),
    function("flatten", (list_of(list_of(A)),), list_of(A), flattened),
    *_mergers(),
)
"""``sum avg min max count flatten top_keys merge_sum merge_max merge_min merge_last``."""
