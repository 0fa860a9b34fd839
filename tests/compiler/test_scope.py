"""What the expressions of a flow know of its variables."""

from __future__ import annotations

import pytest

from statewright import flows
from statewright.compiler.scope import environment_of
from statewright.expressions import Environment, check, parse

FLOW = """
statewright: 1
id: colors
start: bye
variables:
  color: {type: string, values: [red, green]}
  floor: {type: int, values: [1, 2]}
  age: {type: int, minimum: 1, maximum: 120}
  name: {type: string}
nodes:
  bye: {type: end, text: bye}
"""


@pytest.fixture(scope="module")
def environment() -> Environment:
    return environment_of(flows.parse(FLOW))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("color == 'gren'", "did you mean `green`?"),
        ("vars.color != 'gren'", "did you mean `green`?"),
        ("floor in [1, 3]", "it is one of `1`, `2`"),
    ],
)
def test_a_value_that_is_not_declared_is_a_problem(
    text: str, hint: str, environment: Environment
) -> None:
    (problem,) = check(parse(text), environment).problems
    assert (problem.kind, problem.hint) == ("value", hint)


def test_a_number_within_bounds_may_divide(environment: Environment) -> None:
    assert check(parse("has(vars.age) && 100 / age > 1"), environment).failures == ()


def test_a_variable_may_have_no_value_until_that_is_tested(environment: Environment) -> None:
    assert [str(one.kind) for one in check(parse("name == ''"), environment).failures] == ["absent"]
    assert check(parse("has(vars.name) && name == ''"), environment).failures == ()
