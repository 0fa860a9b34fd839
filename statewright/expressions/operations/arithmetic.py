"""What ``+ - * / %`` do to values. Overflow is an error.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import Duration, Timestamp, duration_from_nanoseconds
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    SIZE_LIMIT,
    UINT_MAX,
    Uint,
    bounded,
    kind,
    no_overload,
)

_DURATION_MIN: Final = duration_from_nanoseconds(INT_MIN)
_DURATION_MAX: Final = duration_from_nanoseconds(INT_MAX)


def checked_int(value: int) -> int:
    """An int, if it fits in 64 bits.

    Raises:
        EvaluationError: it does not.
    """
    if INT_MIN <= value <= INT_MAX:
        return value
    raise EvaluationError("integer overflow")


def checked_uint(value: int) -> Uint:
    """A uint, if it fits in 64 bits.

    Raises:
        EvaluationError: it does not, or is negative.
    """
    if 0 <= value <= UINT_MAX:
        return Uint(value)
    raise EvaluationError("unsigned integer overflow")


def checked_duration(value: Duration) -> Duration:
    """A duration, if its nanoseconds fit in 64 bits.

    Raises:
        EvaluationError: they do not.
    """
    if _DURATION_MIN <= value <= _DURATION_MAX:
        return value
    raise EvaluationError("duration out of range")


# Arithmetic


def add(left: Any, right: Any) -> Any:
    """``left + right``."""
    own = type(left)
    if own is type(right):
        if own is int:
            return checked_int(left + right)
        if own is float:
            return left + right
        if own is str and len(left) + len(right) <= SIZE_LIMIT:
            return left + right
    return _apply("+", _ADD, left, right)


def subtract(left: Any, right: Any) -> Any:
    """``left - right``."""
    if type(left) is int is type(right):
        return checked_int(left - right)
    return _apply("-", _SUBTRACT, left, right)


def multiply(left: Any, right: Any) -> Any:
    """``left * right``."""
    if type(left) is int is type(right):
        return checked_int(left * right)
    return _apply("*", _MULTIPLY, left, right)


def divide(left: Any, right: Any) -> Any:
    """``left / right``; integers are rounded towards zero."""
    return _apply("/", _DIVIDE, left, right)


def remainder(left: Any, right: Any) -> Any:
    """``left % right``; has the sign of ``left``."""
    return _apply("%", _REMAINDER, left, right)


def negate(value: Any) -> Any:
    """``-value``."""
    own = kind(value)
    if own is int:
        return checked_int(-value)
    if own is float:
        return -value
    raise no_overload("-", value)


_Overloads = Mapping[tuple[type, type], Callable[[Any, Any], Any]]


def _apply(symbol: str, overloads: _Overloads, left: Any, right: Any) -> Any:
    overload = overloads.get((kind(left), kind(right)))
    if overload is None:
        raise no_overload(symbol, left, right)
    return overload(left, right)


def _concatenated(left: Any, right: Any) -> Any:
    bounded(len(left) + len(right))
    return left + right


def _joined(left: Any, right: Any) -> list[Any]:
    bounded(len(left) + len(right))
    return [*left, *right]


def _shifted(moment: Timestamp, by: Duration) -> Any:
    try:
        return moment + by
    except OverflowError:
        raise EvaluationError("timestamp out of range") from None


def _span(operation: Callable[[Any, Any], Duration]) -> Callable[[Any, Any], Duration]:
    """An operation that gives a duration, if that fits."""

    def checked(left: Any, right: Any) -> Duration:
        try:
            return checked_duration(operation(left, right))
        except OverflowError:
            raise EvaluationError("duration out of range") from None
        except TypeError:  # only one of the two has a time zone
            raise EvaluationError("a timestamp has no time zone") from None

    return checked


def _negative(span: Duration) -> Duration:
    return -checked_duration(span)


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) is (right < 0) else -quotient


def _float_divided(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _rest(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("modulus by zero")
    return left - _quotient(left, right) * right


def _rest_of_ints(left: int, right: int) -> int:
    if left == INT_MIN and right == -1:  # as in the engines of Google, since the quotient overflows
        raise EvaluationError("integer overflow")
    return _rest(left, right)


_Operation = Callable[[int, int], int]


def _of_ints(operation: _Operation) -> Callable[[int, int], int]:
    return lambda left, right: checked_int(operation(int(left), int(right)))


def _of_uints(operation: _Operation) -> Callable[[Uint, Uint], Uint]:
    return lambda left, right: checked_uint(operation(int(left), int(right)))


_ADD: Final[_Overloads] = {
    (int, int): _of_ints(operator.add),
    (Uint, Uint): _of_uints(operator.add),
    (float, float): operator.add,
    (str, str): _concatenated,
    (bytes, bytes): _concatenated,
    (list, list): _joined,
    (timedelta, timedelta): _span(operator.add),
    (datetime, timedelta): _shifted,
    (timedelta, datetime): lambda left, right: _shifted(right, left),
}
_SUBTRACT: Final[_Overloads] = {
    (int, int): _of_ints(operator.sub),
    (Uint, Uint): _of_uints(operator.sub),
    (float, float): operator.sub,
    (timedelta, timedelta): _span(operator.sub),
    (datetime, timedelta): lambda left, right: _shifted(left, _negative(right)),
    (datetime, datetime): _span(operator.sub),
}
_MULTIPLY: Final[_Overloads] = {
    (int, int): _of_ints(operator.mul),
    (Uint, Uint): _of_uints(operator.mul),
    (float, float): operator.mul,
}
_DIVIDE: Final[_Overloads] = {
    (int, int): _of_ints(_quotient),
    (Uint, Uint): _of_uints(_quotient),
    (float, float): _float_divided,
}
_REMAINDER: Final[_Overloads] = {
    (int, int): _of_ints(_rest_of_ints),
    (Uint, Uint): _of_uints(_rest),
}

OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": remainder,
}
"""Each infix operator of arithmetic."""
