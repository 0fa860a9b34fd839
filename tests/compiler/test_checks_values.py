"""What conditions make of values: of several types in one place, and of those that two are for."""

from __future__ import annotations

import pytest

from statewright import compiler, flows
from statewright.compiler.findings import Finding, Verdict
from tests.compiler.check_cases import HEADER


def told(text: str, code: str) -> list[Finding]:
    """What is found under a code, once everything that can happen was gone through."""
    compilation = compiler.compile(flows.parse(HEADER + text, file="test.yaml"))
    return [one for one in compiler.verify(compilation).findings if one.code == code]


def mixed(guard: str, *, replaced: bool = False) -> str:
    """A flow in which `size` is a number, or a text where nobody says one."""
    again = "[{set: size, to: a few}, {set: size, to: 2}]"
    once = "[{set: size, to: a few}]"
    return f"""
start: ask
variables: {{size: any}}
nodes:
  ask:
    type: question
    text: "How many people?"
    input: integer
    variable: size
    retries: 1
    next: route
    on: {{fallback: unknown}}
  unknown: {{type: set, actions: {again if replaced else once}, next: route}}
  route:
    type: condition
    branches: [{{if: "{guard}", to: many}}]
    else: few
  many: {{type: end, text: "So many!"}}
  few: {{type: end, text: "A few, then."}}
"""


def test_a_guard_that_fails_because_of_a_type_comes_with_a_conversation() -> None:
    (one,) = told(mixed("size > 10"), "D404")
    assert (one.node, one.verdict) == ("route", Verdict.VIOLATED)
    assert one.witness is not None
    assert "`size` may be a number or a text" in one.message
    assert [place.line for place in one.related] == [11, 15]
    assert not told(mixed("size > 10"), "G304")


@pytest.mark.parametrize("guard", ["size == 10", "10 != size", "size in [10, 20]"])
def test_a_comparison_that_cannot_be_true_of_all_that_comes_is_doubtful(guard: str) -> None:
    (one,) = told(mixed(guard), "D404")
    assert (one.severity, one.node) == ("warning", "route")


@pytest.mark.parametrize("guard", ["size == true", "type(size) == int && size == 10"])
def test_what_asks_for_another_type_or_for_the_type_is_left_alone(guard: str) -> None:
    assert not told(mixed(guard), "D404")


@pytest.mark.parametrize("guard", ["size == 10", "size > 10"])
def test_what_is_set_anew_has_one_type(guard: str) -> None:
    assert not told(mixed(guard, replaced=True), "D404")


def branching(first: str, second: str, other: str = "second") -> str:
    return f"""
start: ask
variables: {{age: int, size: {{type: string, values: [s, m, l]}}}}
nodes:
  ask: {{type: question, text: "How old?", input: integer, variable: age, next: which}}
  which: {{type: question, text: "Which?", choices: [s, m, l], variable: size, next: route}}
  route:
    type: condition
    branches: [{{if: "{first}", to: first}}, {{if: "{second}", to: {other}}}]
    else: third
  first: {{type: end, text: "One."}}
  second: {{type: end, text: "Two {{{{ size }}}}."}}
  third: {{type: end, text: "Three."}}
"""


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ("age <= 18", "age >= 18", "`age` is `18`"),
        ("size in ['s', 'm']", "size in ['m', 'l']", "`size` is `'m'`"),
        ("age < 20 && size == 's'", "size != 'l' && age > 10", "`age` is"),
    ],
)
def test_a_value_that_two_branches_are_for_is_told(first: str, second: str, where: str) -> None:
    (one,) = told(branching(first, second), "G308")
    assert one.severity == "info"
    assert where in one.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("age < 18", "age >= 18 && age < 65"),
        ("age >= 100", "age >= 10"),
        ("age < 18", "size == 's'"),
        ("size == 's'", "size == 'm'"),
    ],
)
def test_branches_that_share_nothing_or_are_ordered_on_purpose_are_not(
    first: str, second: str
) -> None:
    assert not told(branching(first, second), "G308")


def test_branches_to_one_node_may_be_for_the_same_values() -> None:
    assert not told(branching("age <= 18", "age >= 18", other="first"), "G308")


@pytest.mark.parametrize("kind", ["duration", "timestamp"])
def test_no_kind_of_question_is_named_where_none_gives_a_value_of_the_type(kind: str) -> None:
    text = f"""
start: ask
variables: {{value: {kind}}}
nodes:
  ask: {{type: question, text: Well?, variable: value, retries: 1, next: bye, on: {{fallback: bye}}}}
  bye: {{type: end, text: "{{{{ string(value) }}}}"}}
"""
    assert not told(text, "I501")
    assert told(text.replace(f"value: {kind}", "value: int"), "I501")
