"""The operators as functions, for the checker: their names are those of the specification.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from statewright.expressions.operations.arithmetic import (
    add,
    divide,
    multiply,
    negate,
    remainder,
    subtract,
)
from statewright.expressions.operations.comparison import ORDERS, ordered
from statewright.expressions.overloads import Implementation, Overload, function
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    UINT,
    A,
    CelType,
    list_of,
)

_NUMBERS: Final = (INT, UINT, DOUBLE)


def _same(
    symbol: str, implementation: Implementation, types: tuple[CelType, ...]
) -> Iterator[Overload]:
    """An operator whose operands and result are of one type."""
    for one in types:
        yield function(f"_{symbol}_", (one, one), one, implementation)


def _orders() -> Iterator[Overload]:
    for symbol in ORDERS:
        compare = partial(ordered, symbol)
        for one in (BOOL, STRING, BYTES, TIMESTAMP, DURATION):
            yield function(f"_{symbol}_", (one, one), BOOL, compare)
        for one in _NUMBERS:
            for other in _NUMBERS:
                yield function(f"_{symbol}_", (one, other), BOOL, compare)


OPERATORS: Final[tuple[Overload, ...]] = (
    *_same("+", add, (*_NUMBERS, STRING, BYTES, list_of(A), DURATION)),
    function("_+_", (TIMESTAMP, DURATION), TIMESTAMP, add),
    function("_+_", (DURATION, TIMESTAMP), TIMESTAMP, add),
    *_same("-", subtract, (*_NUMBERS, DURATION)),
    function("_-_", (TIMESTAMP, DURATION), TIMESTAMP, subtract),
    function("_-_", (TIMESTAMP, TIMESTAMP), DURATION, subtract),
    *_same("*", multiply, _NUMBERS),
    *_same("/", divide, _NUMBERS),
    *_same("%", remainder, (INT, UINT)),
    *(function("-_", (one,), one, negate) for one in (INT, DOUBLE)),
    *_orders(),
)
"""Arithmetic and order. Equality and membership are defined on values of any type."""
