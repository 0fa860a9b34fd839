"""Google's conformance suite for CEL, run by the interpreter."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import BUDGET, parse
from statewright.expressions.linking import link
from tests.conformance.cel_cases import Case, cases, same, value_from_json
from tests.conformance.cel_misses import KNOWN_MISSES

EVALUATED = [case for case in cases() if case.is_evaluated]


def outcome(case: Case) -> Any:
    """The value of the case, or its error."""
    qualified = frozenset(name for name in case.bindings if "." in name)
    try:
        program, slots = link(parse(case.text).root, case.container, qualified)
        return program([BUDGET, case.bindings, None, 0, *[None] * slots])
    except (ExpressionError, EvaluationError) as error:
        return error


def is_as_expected(case: Case) -> bool:
    found = outcome(case)
    if case.expect["kind"] == "error":
        return isinstance(found, EvaluationError | ExpressionError)
    return same(found, value_from_json(case.expect["value"]))


@pytest.mark.parametrize("case", EVALUATED, ids=lambda case: case.id)
def test_the_value_is_the_expected_one(case: Case) -> None:
    if case.id in KNOWN_MISSES:
        assert not is_as_expected(case), f"{case.id} is as expected now: strike it off the list"
        pytest.skip(KNOWN_MISSES[case.id])
    assert is_as_expected(case), f"{case.text} is {outcome(case)!r}, not {case.expect}"


def test_every_known_miss_is_a_case() -> None:
    if not EVALUATED:
        pytest.skip("the suite is not there")
    assert set(KNOWN_MISSES) <= {case.id for case in EVALUATED}
