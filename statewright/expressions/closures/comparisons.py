"""Comparisons; those with a literal on the right, which most guards are, take a shorter way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions.closures.frame import Closure, Frame, locate
from statewright.expressions.closures.paths import binary
from statewright.expressions.comparison import COMPARISONS, ORDERED, ORDERS, PLAIN, equal
from statewright.expressions.values import Uint


def comparison(symbol: str, left: Closure, right: Closure, position: int) -> Closure:
    """``left symbol right``."""
    return binary(left, right, position, COMPARISONS[symbol])


def comparison_with(symbol: str, left: Closure, literal: Any, position: int) -> Closure:
    """``left symbol literal``."""
    own = type(literal)
    if symbol == "==" and own in PLAIN:
        return _equal_to(left, literal)
    if symbol == "!=" and own in PLAIN:
        return _unequal_to(left, literal)
    if symbol in ORDERS and (own in ORDERED or own in (int, float, Uint)):
        return _ordered_with(symbol, left, literal, position)
    return binary(left, lambda _: literal, position, COMPARISONS[symbol])


def _equal_to(left: Closure, literal: Any) -> Closure:
    own = type(literal)

    def run(frame: Frame) -> bool:
        value = left(frame)
        return bool(value == literal) if type(value) is own else equal(value, literal)

    return run


def _unequal_to(left: Closure, literal: Any) -> Closure:
    own = type(literal)

    def run(frame: Frame) -> bool:
        value = left(frame)
        return bool(value != literal) if type(value) is own else not equal(value, literal)

    return run


def _ordered_with(symbol: str, left: Closure, literal: Any, position: int) -> Closure:
    own = type(literal)
    order: Callable[[Any, Any], bool] = ORDERS[symbol]
    compare = COMPARISONS[symbol]

    def run(frame: Frame) -> bool:
        value = left(frame)
        if type(value) is own:
            return order(value, literal)
        try:
            return compare(value, literal)
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
