"""Equality, order and membership of values.

Values of different types are unequal, and have no order; but all numbers are on one line, where
an int beside a double counts as a double.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#equality and cel-go's
``compareDoubleInt``, on which the conformance tests of large numbers are built.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.values import (
    SIZE_LIMIT,
    Maybe,
    TypeValue,
    Uint,
    key_from_value,
    kind,
    no_overload,
)

PLAIN: Final = frozenset(
    (str, int, bool, float, bytes, NoneType, datetime, timedelta, Uint, TypeValue)
)
"""Classes of which two values are equal exactly when Python says so."""

NUMBERS: Final = frozenset((int, Uint, float))
ORDERED: Final = frozenset((bool, str, bytes, datetime, timedelta))


def equal(left: Any, right: Any) -> bool:
    """``left == right``.

    Raises:
        EvaluationError: the values are too large to be compared.
    """
    own, other = type(left), type(right)
    if own is other and own in PLAIN:
        return bool(left == right)
    return _equal(left, right, [SIZE_LIMIT])


def _equal(left: Any, right: Any, budget: list[int]) -> bool:
    """Equality that counts its steps: a list may hold the same list many times over."""
    budget[0] -= 1
    if budget[0] < 0:
        raise EvaluationError("the values are too large to be compared")
    own, other = kind(left), kind(right)
    if own in NUMBERS and other in NUMBERS:
        return _on_one_line(operator.eq, left, right)
    if own is not other:
        return False
    if own is list:
        return len(left) == len(right) and all(
            _equal(one, another, budget) for one, another in zip(left, right, strict=True)
        )
    if own is dict:
        return len(left) == len(right) and all(
            key in right and _equal(value, right[key], budget) for key, value in left.items()
        )
    if own is Maybe:
        return left.present is right.present and _equal(left.value, right.value, budget)
    return bool(left == right)


def _on_one_line(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if (type(left) is float) is not (type(right) is float):
        return compare(float(left), float(right))
    return compare(left, right)


def ordered(symbol: str, left: Any, right: Any) -> bool:
    """``left < right`` and the like; ``symbol`` says which.

    Raises:
        EvaluationError: the two have no order.
    """
    own, other = kind(left), kind(right)
    if own in NUMBERS and other in NUMBERS:
        return _on_one_line(ORDERS[symbol], left, right)
    if own is other and own in ORDERED:
        return ORDERS[symbol](left, right)
    raise no_overload(symbol, left, right)


def contains(value: Any, container: Any) -> bool:
    """``value in container``: among the elements of a list, or the keys of a map."""
    own = kind(container)
    if own is list:
        return any(equal(value, element) for element in container)
    if own is dict:
        return key_from_value(value) in container
    raise no_overload("in", value, container)


def _order(symbol: str) -> Callable[[Any, Any], bool]:
    return lambda left, right: ordered(symbol, left, right)


ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""What Python calls the order of two values of one class."""

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "in": contains,
    **{symbol: _order(symbol) for symbol in ORDERS},
}
"""Each operator that compares two values."""
