"""The math extension.

Source: https://github.com/google/cel-go/blob/master/ext/math.go
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.arithmetic import checked_int
from statewright.expressions.operations.comparison import NUMBERS, ordered
from statewright.expressions.overloads import Implementation, Overload, function
from statewright.expressions.types import BOOL, DOUBLE, DYN, INT, UINT, list_of
from statewright.expressions.values import UINT_MAX, Uint, kind, no_overload

_ARGUMENTS_LIMIT: Final = 8
"""``greatest`` and ``least`` of more numbers take a list."""


def _extreme(symbol: str, name: str) -> Implementation:
    def choose(*numbers: Any) -> Any:
        if not numbers:
            raise EvaluationError(f"`{name}` of an empty list")
        for number in numbers:
            if kind(number) not in NUMBERS:
                raise no_overload(name, *numbers[:_ARGUMENTS_LIMIT])
        best = numbers[0]
        for number in numbers[1:]:
            if ordered(symbol, number, best):
                best = number
        return best

    return choose


def _extremes(symbol: str, name: str) -> Iterator[Overload]:
    choose = _extreme(symbol, name)
    for one in (INT, UINT, DOUBLE):
        yield function(name, (list_of(one),), one, lambda numbers: choose(*numbers))
        for count in range(1, _ARGUMENTS_LIMIT + 1):
            yield function(name, (one,) * count, one, choose)
    for count in range(2, _ARGUMENTS_LIMIT + 1):
        yield function(name, (DYN,) * count, DYN, choose)


def _whole(rounded: Callable[[float], float]) -> Implementation:
    # Rounding through Python's ints would lose the sign of a zero.
    return lambda value: math.copysign(rounded(value), value) if math.isfinite(value) else value


def _round(value: float) -> float:
    """Half away from zero."""
    whole = math.trunc(value)
    if abs(value - whole) >= 0.5:
        whole += 1 if value > 0 else -1
    return whole


def _sign(value: Any) -> Any:
    if value != value:  # noqa: PLR0124 - NaN is the number that is not itself
        return value
    return type(value)((value > 0) - (value < 0))


def _bitwise(operation: Callable[[int, int], int], of: type[int]) -> Implementation:
    return lambda left, right: of(operation(int(left), int(right)))


def _signed(bits: int) -> int:
    bits &= UINT_MAX
    return bits - 2**64 if bits >> 63 else bits


def _places(count: int) -> int:
    if count < 0:
        raise EvaluationError(f"a shift by {count} places")
    return min(count, 64)


def _bits() -> Iterator[Overload]:
    for name, operation in (
        ("math.bitAnd", operator.and_),
        ("math.bitOr", operator.or_),
        ("math.bitXor", operator.xor),
    ):
        yield function(name, (INT, INT), INT, _bitwise(operation, int))
        yield function(name, (UINT, UINT), UINT, _bitwise(operation, Uint))
    yield function("math.bitNot", (INT,), INT, lambda bits: ~bits)
    yield function("math.bitNot", (UINT,), UINT, lambda bits: Uint(~int(bits) & UINT_MAX))
    left, right = "math.bitShiftLeft", "math.bitShiftRight"
    yield function(left, (INT, INT), INT, lambda bits, by: _signed(bits << _places(by)))
    yield function(
        left, (UINT, INT), UINT, lambda bits, by: Uint((int(bits) << _places(by)) & UINT_MAX)
    )
    yield function(
        right, (INT, INT), INT, lambda bits, by: _signed((bits & UINT_MAX) >> _places(by))
    )
    yield function(right, (UINT, INT), UINT, lambda bits, by: Uint(int(bits) >> _places(by)))


def _roots() -> Iterator[Overload]:
    for one in (INT, UINT, DOUBLE):
        yield function("math.sqrt", (one,), DOUBLE, _square_root)


def _square_root(value: float) -> float:
    return math.sqrt(value) if value >= 0 else math.nan


MATHS: Final[tuple[Overload, ...]] = (
    *_extremes(">", "math.greatest"),
    *_extremes("<", "math.least"),
    function("math.ceil", (DOUBLE,), DOUBLE, _whole(math.ceil)),
    function("math.floor", (DOUBLE,), DOUBLE, _whole(math.floor)),
    function("math.round", (DOUBLE,), DOUBLE, _whole(_round)),
    function("math.trunc", (DOUBLE,), DOUBLE, _whole(math.trunc)),
    function("math.abs", (INT,), INT, lambda value: checked_int(abs(value))),
    function("math.abs", (UINT,), UINT, lambda value: value),
    function("math.abs", (DOUBLE,), DOUBLE, abs),
    *(function("math.sign", (one,), one, _sign) for one in (INT, UINT, DOUBLE)),
    function("math.isNaN", (DOUBLE,), BOOL, math.isnan),
    function("math.isInf", (DOUBLE,), BOOL, math.isinf),
    function("math.isFinite", (DOUBLE,), BOOL, math.isfinite),
    *_bits(),
    *_roots(),
)
"""``math.greatest``, ``math.least``, rounding, bits."""
