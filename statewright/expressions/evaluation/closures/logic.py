"""``&&``, ``||``, ``!`` and ``? :``.

An error in one operand is absorbed where another one decides the result alone: ``false && error``
and ``error && false`` are both false.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import Closure, Frame
from statewright.expressions.values import no_overload


def junction(operands: Sequence[Closure], positions: Sequence[int], *, stop: bool) -> Closure:
    """``&&`` (``stop`` is false: one false operand decides) or ``||`` (``stop`` is true)."""
    if len(operands) == 2:
        return _pair(operands[0], operands[1], positions[0], positions[1], stop=stop)
    symbol, go = _symbol(stop=stop), not stop
    parts = tuple(zip(operands, positions, strict=True))

    def run(frame: Frame) -> Any:
        failure: EvaluationError | None = None
        for operand, position in parts:
            try:
                value = operand(frame)
            except EvaluationError as error:
                failure = failure or error
                continue
            if value is stop:
                return stop
            if value is not go and failure is None:
                failure = _not_bool(symbol, value, position)
        if failure is not None:
            raise failure
        return go

    return run


def _pair(
    left: Closure, right: Closure, left_position: int, right_position: int, *, stop: bool
) -> Closure:
    symbol, go = _symbol(stop=stop), not stop

    def run(frame: Frame) -> Any:
        try:
            value = left(frame)
        except EvaluationError as error:
            failure = error
        else:
            if value is go:
                value = right(frame)
                if value is go or value is stop:
                    return value
                raise _not_bool(symbol, value, right_position)
            if value is stop:
                return stop
            failure = _not_bool(symbol, value, left_position)
        if _value_or_none(right, frame) is stop:
            return stop
        raise failure

    return run


def _value_or_none(operand: Closure, frame: Frame) -> Any:
    try:
        return operand(frame)
    except EvaluationError:
        return None


def _symbol(*, stop: bool) -> str:
    return "||" if stop else "&&"


def _not_bool(symbol: str, value: object, position: int) -> EvaluationError:
    error = no_overload(symbol, value)
    error.position = position
    return error


def negation(operand: Closure, position: int) -> Closure:
    """``!operand``."""

    def run(frame: Frame) -> bool:
        value = operand(frame)
        if value is True:
            return False
        if value is False:
            return True
        raise _not_bool("!", value, position)

    return run


def conditional(condition: Closure, then: Closure, otherwise: Closure, position: int) -> Closure:
    """``condition ? then : otherwise``; only one of the two is evaluated."""

    def run(frame: Frame) -> Any:
        value = condition(frame)
        if value is True:
            return then(frame)
        if value is False:
            return otherwise(frame)
        raise _not_bool("?:", value, position)

    return run
