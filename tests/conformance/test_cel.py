"""Google's conformance suite for CEL, run by the interpreter and by generated code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import BUDGET, Environment, parse
from statewright.expressions.codegen import compile_expression
from statewright.expressions.evaluation.linking import link
from statewright.expressions.types import DYN
from tests.conformance.cel_cases import Case, cases, same, value_from_json
from tests.conformance.cel_misses import KNOWN_MISSES

EVALUATED = [case for case in cases() if case.is_evaluated]


def interpreted(case: Case) -> Any:
    """The value, from the interpreter."""
    qualified = frozenset(name for name in case.bindings if "." in name)
    program, slots = link(parse(case.text).root, case.container, qualified)
    return program([BUDGET, case.bindings, None, 0, *[None] * slots])


def untyped(case: Case) -> Any:
    """The value, from generated code that knows no types."""
    types = dict.fromkeys(case.bindings, DYN)
    environment = Environment(types, container=case.container)
    return compile_expression(parse(case.text), environment)(case.bindings)


def typed(case: Case) -> Any:
    """The value, from generated code for variables of the declared types."""
    environment = Environment(case.variables, case.functions, case.container)
    return compile_expression(parse(case.text), environment)(case.bindings)


def outcome(evaluate: Callable[[Case], Any], case: Case) -> Any:
    """The value of the case, or its error."""
    try:
        return evaluate(case)
    except (ExpressionError, EvaluationError) as error:
        return error


def is_as_expected(found: Any, case: Case) -> bool:
    if case.expect["kind"] == "error":
        return isinstance(found, EvaluationError | ExpressionError)
    return same(found, value_from_json(case.expect["value"]))


@pytest.mark.parametrize("evaluate", [interpreted, untyped, typed])
@pytest.mark.parametrize("case", EVALUATED, ids=lambda case: case.id)
def test_the_value_is_the_expected_one(case: Case, evaluate: Callable[[Case], Any]) -> None:
    found = outcome(evaluate, case)
    if case.id in KNOWN_MISSES:
        assert not is_as_expected(found, case), f"{case.id} is right now: strike it off the list"
        pytest.skip(KNOWN_MISSES[case.id])
    assert is_as_expected(found, case), f"{case.text} is {found!r}, not {case.expect}"


def test_every_known_miss_is_a_case() -> None:
    if not EVALUATED:
        pytest.skip("the suite is not there")
    assert set(KNOWN_MISSES) <= {case.id for case in EVALUATED}
