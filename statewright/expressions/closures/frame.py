"""The frame: what one evaluation works on, and how its budget is spent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from statewright.errors import EvaluationError

Frame = list[Any]
"""The names, the host's functions or None, what is left of the budget, then the macro variables."""

Closure = Callable[[Frame], Any]

NAMES: Final = 0
HOST: Final = 1
BUDGET: Final = 2
FIRST_SLOT: Final = 3


class OutOfBudget(Exception):
    """The budget is spent. No ``&&`` or ``||`` absorbs it: it ends the evaluation."""


def charge(frame: Frame, work: int) -> None:
    """Take so many steps from the budget.

    Raises:
        OutOfBudget: there are not so many left.
    """
    frame[BUDGET] -= work
    if frame[BUDGET] < 0:
        raise OutOfBudget


def locate(error: EvaluationError, position: int) -> None:
    """Say where an error happened, unless that was said already."""
    if error.position is None:
        error.position = position


def failing(reason: str, position: int) -> Closure:
    """A closure that always fails."""

    def run(_: Frame) -> Any:
        raise EvaluationError(reason, position)

    return run


def constant(value: Any) -> Closure:
    """A closure that always has this value."""
    return lambda _: value
