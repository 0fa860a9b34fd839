"""Comparisons; those with a literal on the right, which most guards are, take a shorter way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import Closure, Frame, locate
from statewright.expressions.operations.comparison import (
    EQUALITIES,
    NUMBERS,
    ORDERED,
    ORDERS,
    PLAIN,
    equal,
    ordered,
)


def comparison(symbol: str, left: Closure, right: Closure, position: int) -> Closure:
    """``left symbol right``."""
    if symbol in ORDERS:
        return _ordered(symbol, left, right, position)
    compare = EQUALITIES[symbol]

    def run(frame: Frame) -> bool:
        one = left(frame)
        other = right(frame)
        try:
            return compare(one, other, frame)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def _ordered(symbol: str, left: Closure, right: Closure, position: int) -> Closure:
    order: Callable[[Any, Any], bool] = ORDERS[symbol]

    def run(frame: Frame) -> bool:
        one = left(frame)
        other = right(frame)
        if type(one) is type(other) is int:
            return order(one, other)
        try:
            return ordered(symbol, one, other)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def comparison_with(symbol: str, left: Closure, literal: Any, position: int) -> Closure:
    """``left symbol literal``."""
    own = type(literal)
    if symbol == "==" and own in PLAIN:
        return _equal_to(left, literal)
    if symbol == "!=" and own in PLAIN:
        return _unequal_to(left, literal)
    if symbol in ORDERS and (own in ORDERED or own in NUMBERS):
        return _ordered_with(symbol, left, literal, position)
    return comparison(symbol, left, lambda _: literal, position)


def _equal_to(left: Closure, literal: Any) -> Closure:
    own = type(literal)

    def run(frame: Frame) -> bool:
        value = left(frame)
        return bool(value == literal) if type(value) is own else equal(value, literal, frame)

    return run


def _unequal_to(left: Closure, literal: Any) -> Closure:
    own = type(literal)

    def run(frame: Frame) -> bool:
        value = left(frame)
        return bool(value != literal) if type(value) is own else not equal(value, literal, frame)

    return run


def _ordered_with(symbol: str, left: Closure, literal: Any, position: int) -> Closure:
    own = type(literal)
    order: Callable[[Any, Any], bool] = ORDERS[symbol]

    def run(frame: Frame) -> bool:
        value = left(frame)
        if type(value) is own:
            return order(value, literal)
        try:
            return ordered(symbol, value, literal)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def membership(left: Closure, texts: frozenset[str]) -> Closure:
    """``left in [texts]``, for a list of literal texts."""

    def run(frame: Frame) -> bool:
        value = left(frame)
        return isinstance(value, str) and value in texts

    return run
