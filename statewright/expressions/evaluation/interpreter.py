"""The exact semantics of CEL: an expression is linked once, and then run on many frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import Closure
from statewright.expressions.evaluation.linking import link
from statewright.expressions.meter import OutOfBudget
from statewright.expressions.syntax import Expression

BUDGET: Final = 1_000_000
"""The steps that one evaluation may take, unless the caller says; see ``meter``."""


class HostFunction(Protocol):
    """What a host offers under a name: called with the call site and the arguments.

    The call site is the offset of the call in the text of the expression, plus its ``origin``: it
    tells two calls of ``draw`` apart. A host function raises ``EvaluationError`` where it has no
    value.
    """

    def __call__(self, call_site: int, /, *arguments: Any) -> Any:
        """The value for these arguments."""
        ...


def evaluate(
    expression: Expression,
    names: Mapping[str, Any],
    host: Mapping[str, HostFunction] | None = None,
    *,
    budget: int = BUDGET,
    origin: int = 0,
) -> Any:
    """The value of an expression.

    Args:
        expression: what ``parse`` made.
        names: the variables; only looked up by name, and only those that are needed.
        host: functions that the table does not have.
        budget: the steps that it may take; see ``meter``.
        origin: where the text of the expression begins in a larger one; added to call sites.

    Raises:
        EvaluationError: it has no value: CEL's error.
    """
    try:
        # Linking goes as deep as the expression does.
        program = expression.program or _linked(expression)
        return program([budget, names, host, origin, *expression.slots])
    except OutOfBudget:
        raise EvaluationError(f"the budget of {budget} steps is spent") from None
    except RecursionError:
        reason = "the values are nested too deeply, or there is too little stack left"
        raise EvaluationError(reason) from None


def expression_in(expression: Expression, container: str, qualified: frozenset[str]) -> Expression:
    """The same expression in a namespace, where names are resolved as ``link`` says."""
    copy = Expression(expression.text, expression.root)
    _linked(copy, container, qualified)
    return copy


def _linked(
    expression: Expression, container: str = "", qualified: frozenset[str] = frozenset()
) -> Closure:
    """Link an expression and keep the program with it. Doing so twice at a time does no harm."""
    program, slots = link(expression.root, container, qualified)
    object.__setattr__(expression, "slots", (None,) * slots)
    object.__setattr__(expression, "program", program)
    return program
