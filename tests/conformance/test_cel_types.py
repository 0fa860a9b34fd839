"""The checker against Google's conformance suite: the types, and no false alarms."""

from __future__ import annotations

import pytest

from statewright.errors import ExpressionError
from statewright.expressions import Environment, check, parse
from tests.conformance.cel_cases import Case, cases, text_from_type

CHECKED = [case for case in cases() if case.is_checked]


@pytest.mark.parametrize(
    "case", [case for case in CHECKED if case.expect["kind"] == "typed"], ids=lambda case: case.id
)
def test_the_type_is_the_expected_one(case: Case) -> None:
    checked = check(parse(case.text), environment_of(case))
    assert checked.problems == ()
    assert text_from_type(checked.type) == case.expect["deduced_type"]


@pytest.mark.parametrize(
    "case", [case for case in CHECKED if case.expect["kind"] == "value"], ids=lambda case: case.id
)
def test_nothing_is_reported_of_what_has_a_value(case: Case) -> None:
    try:
        expression = parse(case.text)
    except ExpressionError as error:
        pytest.fail(str(error))
    assert check(expression, environment_of(case)).problems == ()


def environment_of(case: Case) -> Environment:
    return Environment(case.variables, case.functions, case.container)
