"""The search for what can go wrong: what is done for each sort of node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.expressions.checking.facts import Places
from statewright.expressions.checking.hazards import calls, macros, operators, values
from statewright.expressions.checking.hazards.survey import Rule, Survey
from statewright.expressions.checking.problems import TOO_DEEP
from statewright.expressions.checking.unification import Resolution
from statewright.expressions.environment import Environment, Meaning
from statewright.expressions.failures import Failure, FailureKind
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Select,
    Unary,
)
from statewright.expressions.types import CelType


def failures_of(
    expression: Expression,
    environment: Environment,
    types: Mapping[int, CelType],
    operations: Mapping[int, tuple[Resolution, ...]],
    names: Mapping[int, Meaning],
) -> tuple[Failure, ...]:
    """Why a checked expression may have no value, in the order of the text.

    Args:
        expression: what was checked.
        environment: what it may use.
        types: see ``Checked``.
        operations: ``Checked.calls``.
        names: see ``Checked``.
    """
    places = Places(names, environment.mirror, environment.mirrored)
    survey = Survey(environment, expression.text, types, operations, RULES, places)
    try:
        survey.look(expression.root)
    except RecursionError:
        survey.absorbing = 0
        survey.report(FailureKind.BUDGET, TOO_DEEP, expression.root)
    return tuple(sorted(survey.found.values(), key=lambda one: (one.start, one.end)))


RULES: Final[Mapping[type, Rule]] = {
    Literal: values.literal,
    Name: values.name,
    Select: values.select,
    Has: values.has,
    Index: values.index,
    Call: calls.call,
    Unary: operators.unary,
    Logic: operators.logic,
    Comparison: operators.comparison,
    Arithmetic: operators.arithmetic,
    Conditional: operators.conditional,
    ListLiteral: operators.list_literal,
    MapLiteral: operators.map_literal,
    Macro: macros.macro,
}
"""What is done for each sort of node."""
