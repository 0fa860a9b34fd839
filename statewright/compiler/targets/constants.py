"""What an expression is worth wherever it stands, because nothing in it can change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Computed, Content, Expression, Literal, evaluate
from statewright.expressions.nanoseconds import MICROSECOND
from statewright.expressions.syntax import Call, Macro, Name, walk
from statewright.statechart.values.coercion import coerced

_CHANGING: Final = frozenset({"draw", "In"})


def is_constant(expression: Expression) -> bool:
    """Whether an expression names nothing, and asks the running chart for nothing."""
    return not any(
        isinstance(node, (Name, Macro))
        or (isinstance(node, Call) and node.target is None and node.function in _CHANGING)
        for node in walk(expression.root)
    )


def constant_value(expression: Expression) -> Any:
    """The value of a constant expression.

    Raises:
        EvaluationError: it is not constant, or has no value.
    """
    if not is_constant(expression):
        raise EvaluationError("the expression is not constant")
    return evaluate(expression, {})


def constant_delay(content: Content | None) -> int | None:
    """The microseconds of a delay that is always the same; None for any other, or for none.

    >>> from statewright.expressions import parse
    >>> constant_delay(Computed(parse("duration('2s')"))), constant_delay(Literal("1.5s"))
    (2000000, 1500000)
    """
    try:
        if isinstance(content, Computed):
            return _micros(constant_value(content.expression))
        return _micros(content.value) if isinstance(content, Literal) else None
    except EvaluationError:
        return None


def _micros(value: Any) -> int:
    if isinstance(value, str) and not value.strip().isdigit():
        value = coerced(value.strip(), "duration")
    micros: int = coerced(value // MICROSECOND if isinstance(value, timedelta) else value, "int")
    return micros
