"""Arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import Closure, Frame, locate
from statewright.expressions.meter import spend_on
from statewright.expressions.operations.arithmetic import OPERATIONS, add, negate

_GROWING: Final = frozenset((str, bytes, list))


def calculation(
    operands: Sequence[Closure], symbols: Sequence[str], positions: Sequence[int]
) -> Closure:
    """Operands with symbols between them, worked off from left to right."""
    first, *others = operands
    operations = [OPERATIONS[symbol] for symbol in symbols]
    if len(others) > 1:
        return _chain(first, list(zip(operations, others, positions, strict=True)))
    if symbols[0] == "+":
        return _sum(first, others[0], positions[0])
    return _pair(first, others[0], positions[0], operations[0])


def _pair(
    left: Closure, right: Closure, position: int, operation: Callable[[Any, Any], Any]
) -> Closure:
    def run(frame: Frame) -> Any:
        one = left(frame)
        other = right(frame)
        try:
            return operation(one, other)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def _sum(left: Closure, right: Closure, position: int) -> Closure:
    """``left + right``, which for texts and lists is paid for."""

    def run(frame: Frame) -> Any:
        one = left(frame)
        other = right(frame)
        try:
            result = add(one, other)
        except EvaluationError as error:
            locate(error, position)
            raise
        if type(result) in _GROWING:
            spend_on(frame, result)
        return result

    return run


def _chain(
    first: Closure, steps: Sequence[tuple[Callable[[Any, Any], Any], Closure, int]]
) -> Closure:
    def run(frame: Frame) -> Any:
        result = first(frame)
        for operation, operand, position in steps:
            value = operand(frame)
            try:
                result = operation(result, value)
            except EvaluationError as error:
                locate(error, position)
                raise
            if type(result) in _GROWING:
                spend_on(frame, result)
        return result

    return run


def negation(operand: Closure, position: int) -> Closure:
    """``-operand``."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        try:
            return negate(value)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run
