"""Which expressions draw lots."""

from __future__ import annotations

from statewright.expressions import Expression
from statewright.expressions.syntax import Call, walk


def draws(expression: Expression) -> bool:
    """Whether an expression calls ``draw``."""
    return any(
        isinstance(part, Call) and part.function == "draw" and part.target is None
        for part in walk(expression.root)
    )
