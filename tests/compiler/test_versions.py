"""What is told of two versions of a flow before conversations of the one go on in the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from statewright.compiler.checks.check import Check, sections_of
from statewright.compiler.findings import Finding, Verdict
from statewright.compiler.migration.checks import CHECKS, findings_of
from statewright.compiler.migration.plans import plan_from
from statewright.compiler.migration.versions import Versions
from statewright.errors import InvalidConfiguration
from tests.compiler.conversations import compiled

FLOW = """
start: name
variables: {name: string, age: int, size: {type: string, values: [s, m]}}
nodes:
  name: {type: question, text: "Your name?", variable: name, timeout: 1h, next: age,
         on: {timeout: late}}
  age: {type: question, input: number, text: "Your age?", variable: age, next: call}
  call: {type: http, url: "https://api.example.com/people", success: bye, error: sorry}
  sorry: {type: message, text: "That did not work.", next: bye}
  late: {type: end, outcome: late}
  bye: {type: end, text: "Bye, {{ name }} ({{ age }}).", outcome: done}
"""


def found(old: str, new: str, plan: Any = None) -> list[Finding]:
    before, after = (compiled(text).draft() for text in (old, new))
    made = plan_from(plan or {}, before.statechart, after.statechart)
    return list(findings_of(Versions(before, after, made)))


def codes(old: str, new: str, plan: Mapping[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(one.code, one.node) for one in found(old, new, plan)]


def example(text: str) -> list[Finding]:
    """An example of a check: the old flow, the new one, and perhaps a plan."""
    old, *files = re.split(r"^# file: ", text, flags=re.MULTILINE)
    others = dict(file.split("\n", 1) for file in files)
    return found(old, others["new.yaml"], yaml.safe_load(others.get("plan.yaml", "{}")))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_example_of_a_check_raises_it_and_the_mended_one_is_clean(
    check: Check[Versions],
) -> None:
    sections = sections_of(check.documentation)
    assert {one.code for one in example(sections["Example"])} == {check.code}
    assert example(sections["Instead"]) == []


def test_a_version_and_itself_have_nothing_in_the_way() -> None:
    assert codes(FLOW, FLOW) == []


def test_texts_may_change() -> None:
    assert codes(FLOW, FLOW.replace("Your age?", "How old are you?")) == []


def test_what_is_added_is_in_nobodys_way() -> None:
    new = FLOW.replace("next: call", "next: town") + (
        '  town: {type: question, text: "Where?", next: call}\n'
    )
    assert codes(FLOW, new) == []


def test_what_nobody_ever_waits_at_may_go() -> None:
    new = FLOW.replace(
        '  sorry: {type: message, text: "That did not work.", next: bye}\n', ""
    ).replace("error: sorry", "error: bye")
    assert codes(FLOW, new) == []


def test_a_question_that_is_gone_is_named_once_with_its_place() -> None:
    new = FLOW.replace("  age: {", "  years: {").replace("next: age", "next: years")
    (one,) = found(FLOW, new)
    assert (one.code, one.node, one.location.line) == ("V901", "age", 9)
    assert codes(FLOW, new, {"states": {"age": "years"}}) == []
    assert codes(FLOW, new, {"restarts": {"age": "years"}}) == []
    assert codes(FLOW, new, {"pinned": ["age"]}) == []
    assert codes(FLOW, new, {"rest": "years"}) == []


def test_work_that_nobody_waits_for_is_told() -> None:
    new = FLOW.replace("  call: {type: http, url", "  ask: {type: http, url").replace(
        "next: call", "next: ask"
    )
    assert codes(FLOW, new) == [("V901", "call")]
    assert codes(FLOW, new, {"states": {"call": "ask"}}) == []


def test_a_deadline_that_nobody_hears_is_told() -> None:
    new = FLOW.replace("timeout: 1h, ", "").replace(",\n         on: {timeout: late}", "")
    assert codes(FLOW, new) == [("V905", "name")]


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        ("int", "string", ""),
        ("int", "dyn", ""),
        ("int", "double", ""),
        ("string", "int", "is of type int, no longer string,"),
        ("list", "map", "is of type map, no longer list,"),
        ("int", "{type: int, minimum: 3}", "has to be at least 3"),
        ("{type: int, minimum: 5}", "{type: int, minimum: 3}", ""),
        ("{type: int, maximum: 5}", "{type: int, maximum: 3}", "has to be at most 3"),
        ("{type: string, values: [a, b]}", "{type: string, values: [a]}", "may have fewer values"),
        ("{type: string, values: [a]}", "{type: string, values: [a, b]}", ""),
        ("string", "{type: string, pattern: '^a'}", "has to match `^a`"),
        ("{type: string, max_length: 9}", "{type: string, max_length: 8}", "has to be of size at most 8"),
        ("{type: list, of: int}", "{type: list, of: {type: int, minimum: 1}}",
         "has elements each of which has to be at least 1"),
    ],
)  # fmt: skip
def test_declarations_are_compared(before: str, after: str, how: str) -> None:
    flow = "start: bye\nvariables: {{v: {}}}\nnodes: {{bye: {{type: end}}}}\n"
    told = found(flow.format(before), flow.format(after))
    wanted = [f"`v` {how} in the new version"] if how else []
    assert [one.message for one in told if one.code == "V902"] == wanted
    assert all(one.verdict is Verdict.UNDECIDED for one in told if one.code == "V902")


def test_a_variable_that_has_a_default_is_never_unset() -> None:
    new = FLOW.replace("age: int,", "age: int, town: {type: string, default: here},").replace(
        "({{ age }})", "({{ age }}, {{ town }})"
    )
    assert codes(FLOW, new) == []
    assert codes(FLOW, new.replace("{type: string, default: here}", "string")) == [("V903", "name")]


def test_whoever_is_asked_something_else_under_an_old_name_is_told_of() -> None:
    new = FLOW.replace(
        'input: number, text: "Your age?", variable: age', "text: hm, variable: size"
    )
    assert [code for code, _ in codes(FLOW, new)] == ["V906", "V906"]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ([], "a plan: this should be a map"),
        ({"state": {}}, "'state' is not known here; did you mean `states`"),
        ({"states": {"nam": "name"}}, "states: the old version has no place 'nam'; did you mean `name`"),
        ({"states": {"name": "nam"}}, "states/name: the new version has no place 'nam'; did you"),
        ({"restarts": ["x"]}, "restarts: this should be a map"),
        ({"pinned": "name"}, "pinned: this should be a list"),
        ({"pinned": [3]}, "pinned: the old version has no place 3"),
        ({"rest": "nowhere"}, "rest: the new version has no place 'nowhere'"),
        ({"values": {"agee": "1"}}, "values/agee: the new version has no such variable"),
        ({"values": {"age": "1 +"}}, "values/age: "),
        ({"values": {"age": "name + 1"}}, "values/age: "),
        ({"values": {"age": "ages"}}, "values/age: "),
    ],
)  # fmt: skip
def test_a_plan_that_means_nothing_is_refused_with_its_place(plan: Any, message: str) -> None:
    chart = compiled(FLOW).draft().statechart
    with pytest.raises(InvalidConfiguration, match=re.escape(message)):
        plan_from(plan, chart, chart)
