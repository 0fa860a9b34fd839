"""Chance without a generator: a draw is a hash of what it depends on.

Nothing is kept between two draws, so evaluating an expression twice gives the same value, and so do
other machines and other versions of Python.
"""

from __future__ import annotations

from typing import Any

from statewright.expressions.evaluation.interpreter import HostFunction
from statewright.expressions.operations.lots import drawn
from statewright.expressions.syntax import Call, Expression, walk


def draw_from(seed: str | int) -> HostFunction:
    """The function ``draw(n)`` for a seed: a number from 0 to below ``n``.

    Every call in a text draws for itself; evaluating it again, with the same seed, draws the same.
    A running chart has a ``draw`` of its own, which also depends on the state and the visit.

    >>> from statewright.expressions import evaluate, parse
    >>> dice = parse("[draw(6) + 1, draw(6) + 1]")
    >>> evaluate(dice, {}, {"draw": draw_from("monday")})
    [3, 6]
    >>> evaluate(dice, {}, {"draw": draw_from("tuesday")})
    [4, 1]
    """

    def draw(call_site: int, *arguments: Any) -> int:
        return drawn(arguments[0] if len(arguments) == 1 else None, (seed, call_site))

    return draw


def draws_lots(expression: Expression) -> bool:
    """Whether an expression calls ``draw``."""
    # Nearly all say by their text that they do not; a tree that was made up has none.
    if expression.text and "draw" not in expression.text:
        return False
    return any(
        isinstance(part, Call) and part.function == "draw" and part.target is None
        for part in walk(expression.root)
    )
