"""``lot(key, n)``: a number that a text decides, so that it is the same every time."""

from __future__ import annotations

from typing import Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.lots import drawn
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import INT, STRING


def _lot(key: str, n: int) -> int:
    if n < 1:
        raise EvaluationError(f"`lot(key, n)` takes an int from 1, not {n}")
    return drawn(n, (key,))


LOTS: Final[tuple[Overload, ...]] = (function("lot", (STRING, INT), INT, _lot),)
"""``lot``: a number from 0 to below n."""
