"""The laws of the checker, for one expression in one world with one set of data."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import BUDGET, Checked, check, evaluate, parse
from statewright.expressions.failures import FailureKind
from statewright.expressions.syntax import Comparison
from tests.expressions.typed_expressions import Writer
from tests.expressions.typed_worlds import World, is_of_type

KINDS: tuple[tuple[str, frozenset[FailureKind]], ...] = (
    ("^`.*` has no value$", frozenset((FailureKind.ABSENT,))),
    ("no such key", frozenset((FailureKind.KEY,))),
    ("is outside a list", frozenset((FailureKind.INDEX,))),
    ("by zero", frozenset((FailureKind.DIVISION,))),
    (
        "integer overflow",
        frozenset((FailureKind.OVERFLOW, FailureKind.NEGATIVE, FailureKind.CONVERSION)),
    ),
    ("out of range", frozenset((FailureKind.OVERFLOW, FailureKind.CONVERSION))),
    ("cannot convert", frozenset((FailureKind.CONVERSION,))),
    (
        "no such overload|which has no fields|key type",
        frozenset((FailureKind.TYPE, FailureKind.NULL)),
    ),
    ("is there twice", frozenset((FailureKind.DUPLICATE,))),
    ("is empty|empty list", frozenset((FailureKind.EMPTY,))),
    ("is no part of|outside a text|behind the end", frozenset((FailureKind.INDEX,))),
    ("budget", frozenset((FailureKind.BUDGET,))),
)
"""What the message of an error says, and the kinds of failures that foretell it."""


SMALL_BUDGET = 20_000
"""What no expression spends that is not foretold to be expensive, however large the data."""


def broken_law(checked: Checked, data: dict[str, Any], budget: int = BUDGET) -> str:
    """The law that an expression breaks on some data, or an empty string."""
    if checked.problems:
        return _broken_claim(checked, data)
    kinds = {failure.kind for failure in checked.failures}
    try:
        value = evaluate(checked.expression, data, budget=budget)
    except EvaluationError as error:
        if not kinds:
            return f"it cannot fail, and is an error: {error.reason}"
        for pattern, foretold in KINDS:
            if re.search(pattern, error.reason) and not kinds & foretold:
                return f"nothing foretells the error: {error.reason}; only {sorted(kinds)}"
        return ""
    if not is_of_type(value, checked.type):
        return f"its type is {checked.type}, and its value {value!r}"
    return ""


def _broken_claim(checked: Checked, data: dict[str, Any]) -> str:
    """Whether a comparison is true of which the checker says that it never is, or the like."""
    root, problem = checked.expression.root, checked.problems[0]
    claimed = re.search("is (never|always) true", problem.reason)
    if len(checked.problems) > 1 or not claimed or not isinstance(root, Comparison):
        return ""
    about = {(one.start, one.end) for one in (root, root.left, root.right)}
    if (problem.start, problem.end) not in about:
        return ""
    try:
        value = evaluate(checked.expression, data)
    except EvaluationError:
        return ""
    return "" if value is (claimed[1] == "always") else f"{problem.reason}, but it is {value}"


def attempt(random: Random, world: World) -> Checked | None:
    """A random expression, checked; None if it is no expression."""
    try:
        return check(parse(Writer(random, world).expression()), world.environment)
    except ExpressionError:
        return None
