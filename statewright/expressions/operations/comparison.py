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
from statewright.expressions.meter import Meter, spend, spend_on
from statewright.expressions.values import (
    TYPE_NAMES,
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


def equal(left: Any, right: Any, meter: Meter) -> bool:
    """``left == right``; looking into lists and maps is paid for by the meter.

    Raises:
        OutOfBudget: the values are too large to be compared.
    """
    own, other = type(left), type(right)
    if own is other and own in PLAIN:
        return bool(left == right)
    own, other = kind(left), kind(right)
    if own in NUMBERS and other in NUMBERS:
        return _on_one_line(operator.eq, left, right)
    if own is not other:
        return False
    compare = _CONTAINERS.get(own)
    return bool(left == right) if compare is None else compare(left, right, meter)


def _equal_lists(left: list[Any], right: list[Any], meter: Meter) -> bool:
    if len(left) != len(right):
        return False
    spend(meter, 1 + len(left))
    return all(equal(one, other, meter) for one, other in zip(left, right, strict=True))


def _equal_maps(left: Mapping[Any, Any], right: Mapping[Any, Any], meter: Meter) -> bool:
    if len(left) != len(right):
        return False
    spend(meter, 1 + len(left))
    return all(key in right and equal(value, right[key], meter) for key, value in left.items())


def _equal_optionals(left: Maybe, right: Maybe, meter: Meter) -> bool:
    spend(meter, 1)
    return left.present is right.present and equal(left.value, right.value, meter)


_CONTAINERS: Final[Mapping[type, Callable[[Any, Any, Meter], bool]]] = {
    list: _equal_lists,
    dict: _equal_maps,
    Maybe: _equal_optionals,
}


def unequal(left: Any, right: Any, meter: Meter) -> bool:
    """``left != right``, as ``equal``."""
    return not equal(left, right, meter)


def contains(value: Any, container: Any, meter: Meter) -> bool:
    """``value in container``: among the elements of a list, or the keys of a map.

    Raises:
        EvaluationError: the container is no list or map.
        OutOfBudget: the list is too large.
    """
    own = kind(container)
    if own is list:
        spend_on(meter, container)
        if type(value) is str:
            return value in container
        return any(equal(value, element, meter) for element in container)
    if own is dict:
        return key_from_value(value) in container
    raise no_overload("in", value, container)


def ordered(symbol: str, left: Any, right: Any) -> bool:
    """``left < right`` and the like; ``symbol`` says which.

    Raises:
        EvaluationError: the two have no order.
    """
    own, other = kind(left), kind(right)
    if own in NUMBERS and other in NUMBERS:
        return _on_one_line(ORDERS[symbol], left, right)
    if own is other and own in ORDERED:
        try:
            return ORDERS[symbol](left, right)
        except TypeError:
            raise EvaluationError("a timestamp has no time zone") from None
    raise no_overload(symbol, left, right)


def _on_one_line(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if (type(left) is float) is (type(right) is float):
        return compare(left, right)
    try:
        return compare(float(left), float(right))
    except OverflowError:  # an int that is none of CEL's
        return compare(left, right)


ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""What Python calls the order of two values of one class."""

EQUALITIES: Final[Mapping[str, Callable[[Any, Any, Meter], bool]]] = {
    "==": equal,
    "!=": unequal,
    "in": contains,
}
"""The comparisons that look into values."""


def fingerprint(value: Any) -> Any:
    """Something hashable that two values share when they are equal.

    So that the elements of a list need not be compared each with each. (An int of more than 53
    bits and a double that ``==`` takes for equal have different ones.)

    Raises:
        EvaluationError: it is no value of CEL.
    """
    own = kind(value)
    if own in NUMBERS:
        return value if value == value else object()  # noqa: PLR0124 - NaN equals nothing
    if own is list:
        return (list, *map(fingerprint, value))
    if own is dict:
        return (dict, frozenset((key, fingerprint(part)) for key, part in value.items()))
    if own is Maybe:
        return (Maybe, value.present, fingerprint(value.value))
    if own not in PLAIN and own not in TYPE_NAMES:
        raise EvaluationError(f"a {own.__name__} is no value of CEL")
    return (own, value)
