"""The frame: what one evaluation works on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.meter import Meter

Frame = Meter
"""What is left of the budget, the names, the host's functions or None, the origin of call sites,
then the macro variables.
"""

Closure = Callable[[Frame], Any]

NAMES: Final = 1
HOST: Final = 2
ORIGIN: Final = 3
FIRST_SLOT: Final = 4


def locate(error: EvaluationError, position: int) -> None:
    """Say where an error happened, unless that was said already."""
    if error.position is None:
        error.position = position


def constant(value: Any) -> Closure:
    """A closure that always has this value."""
    return lambda _: value
