"""Tests of addresses, telephone numbers and days: a real answer for each of their outcomes."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler import Verdict
from statewright.compiler.findings import Finding
from statewright.compiler.verification.inputs.days import days_near
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.sayings import answers_of_form
from statewright.compiler.verification.questions import EnterState, Impossible, Possible
from statewright.compiler.verification.verification import Verification, verified
from tests.compiler.conversations import compiled

ASKING = """
start: ask
variables: {v: TYPE}
nodes:
  ask: {type: question, text: "?", input: KIND, LIMITS variable: v, next: look}
  look: {type: condition, branches: [{if: "FIRST", to: one}, {if: "SECOND", to: two}], else: other}
  one: {type: message, text: One., next: bye}
  two: {type: message, text: Two., next: bye}
  other: {type: message, text: Other., next: bye}
  bye: {type: end}
"""


def asking(
    kind: str, first: str, second: str, *, type_: str = "string", limits: str = ""
) -> Verification:
    text = ASKING.replace("KIND", kind).replace("TYPE", type_).replace("LIMITS", limits)
    text = text.replace("FIRST", first).replace("SECOND", second)
    return verified(compiled(text).statechart)


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("email", "v.endsWith('@acme.test')", "v.contains('admin')"),
        ("email", "v.startsWith('info@')", "v.endsWith('.org')"),
        ("phone", "v.startsWith('+49')", "v.endsWith('000')"),
        ("url", "v.startsWith('http://')", "v.contains('acme')"),
        ("url", "v.endsWith('.pdf')", "v.contains('youtube.com')"),
        ("time", "v.startsWith('08')", "v.endsWith(':30')"),
        ("location", "v.latitude > 60.0", "v.longitude < 0.0"),
        ("file", "v.type == 'image/png'", "v.size > 5000"),
    ],
)
def test_each_branch_is_shown_with_an_answer_that_is_understood(
    kind: str, first: str, second: str
) -> None:
    holds = "map" if kind in {"location", "file"} else "string"
    verification = asking(kind, first, second, type_=holds)
    for state in ("one", "two", "other"):
        assert isinstance(verification.answer(EnterState(state)), Possible), state


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("email", "v.contains('@')", "v.startsWith('a')"),
        ("url", "v.startsWith('http')", "v.startsWith('ftp')"),
        ("email", "v.endsWith('.test')", "v.endsWith('@acme.test')"),
    ],
)
def test_what_no_answer_of_a_kind_can_be_is_proved(kind: str, first: str, second: str) -> None:
    verification = asking(kind, first, second)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("two")), Impossible)


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("email", "v.lowerAscii() == 'ada@acme.test' && v != 'ada@acme.test'", "v.contains('x')"),
        ("email", "size(v) > 200 && v.startsWith('a')", "v.matches('^[0-9]+@')"),
        ("phone", "v.matches('^.0+$')", "v.startsWith('+')"),
    ],
)
def test_nothing_is_claimed_of_what_was_not_tried(kind: str, first: str, second: str) -> None:
    answer = asking(kind, first, second).answer(EnterState("one"))
    assert not isinstance(answer, Impossible)


def test_days_are_compared() -> None:
    limits = "minimum: 2026-01-01, maximum: 2026-12-31,"
    verification = asking(
        "date", "v < '2026-01-01'", "v > '2026-07-01'", type_="date", limits=limits
    )
    assert isinstance(verification.answer(EnterState("one")), Impossible)
    assert isinstance(verification.answer(EnterState("two")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


def test_a_day_that_a_conversation_is_given_may_be_any() -> None:
    text = """
start: look
variables: {v: {type: date, input: true, default: 2026-03-01}}
nodes:
  look: {type: condition, branches: [{if: "v < '2026-01-01'", to: one}, {if: "v > '2026-01-01'", to: two}], else: bye}
  one: {type: message, text: One., next: bye}
  two: {type: message, text: Two., next: bye}
  bye: {type: end}
"""
    verification = verified(compiled(text).statechart)
    for state in ("one", "two", "bye"):
        assert isinstance(verification.answer(EnterState(state)), Possible)


def test_an_odd_answer_of_a_service_is_not_taken_for_one_of_a_form() -> None:
    text = """
start: ask
variables: {v: {type: string, default: x}}
nodes:
  ask: {type: question, text: "?", input: email, variable: v, next: look, retries: 0, on: {fallback: fetch}}
  fetch: {type: http, url: "https://api.example.com", timeout: 5s, save: {v: response.body.v}, success: look, error: look}
  look: {type: condition, branches: [{if: "!v.contains('@')", to: one}], else: bye}
  one: {type: message, text: One., next: bye}
  bye: {type: end}
"""
    verification = verified(compiled(text).statechart)
    assert isinstance(verification.answer(EnterState("one")), Possible)


def test_answers_are_what_they_are_read_as() -> None:
    cut = Cut(predicates={("startsWith", "+49"), ("endsWith", "7")})
    found = answers_of_form("phone", cut)
    outcomes = {(one.startswith("+49"), one.endswith("7")) for one in found}
    assert outcomes == {(True, True), (True, False), (False, True), (False, False)}


def test_the_first_and_the_last_day_have_one_neighbour() -> None:
    assert list(days_near(["0001-01-01"])) == ["0001-01-01", "0001-01-02"]
    assert list(days_near(["9999-12-31"])) == ["9999-12-31", "9999-12-30"]


def test_an_address_of_a_company_is_a_branch_that_may_be_taken() -> None:
    text = ASKING.replace("KIND", "email").replace("TYPE", "string").replace("LIMITS", "")
    text = text.replace("FIRST", "v.endsWith('@acme.test')").replace("SECOND", "v == ''")
    findings: list[Finding] = list(compiler.verify(compiled(text)).findings)
    dead = [one for one in findings if one.code == "G310"]
    assert [one.verdict for one in dead] == [Verdict.PROVED]


def test_of_a_pattern_that_matches_few_words_each_one_is_tried() -> None:
    text = """
start: ask
variables: {p: string}
nodes:
  ask: {type: question, text: "?", pattern: "^(yes|no|maybe)$", variable: p, next: look}
  look: {type: condition, branches: [{if: "p == 'yes'", to: yes_}, {if: "p == 'no'", to: no_}], else: other}
  yes_: {type: message, text: "Yes.", next: bye}
  no_: {type: message, text: "No.", next: bye}
  other: {type: condition, branches: [{if: "p == 'maybe'", to: bye}], else: odd}
  odd: {type: message, text: "Odd.", next: bye}
  bye: {type: end}
"""
    verification = verified(compiled(text).statechart)
    for state in ("yes_", "no_", "other"):
        assert isinstance(verification.answer(EnterState(state)), Possible)
    assert isinstance(verification.answer(EnterState("odd")), Impossible)


FIELDS = """
start: ask
variables: {v: map, n: {type: int, default: 0}}
nodes:
  ask:
    type: form
    fields: {name: {text: "?"}, age: {text: "?", input: integer}, day: {text: "?", input: date}}
    variable: v
    next: look
  look: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""


@pytest.mark.parametrize(
    "guard",
    [
        "v.name == 'Ada'",
        "v.name.startsWith('Dr')",
        "v.name.size() == 3",
        "v.age > 17",
        "v.age == 5 && v.name == 'Bo'",
        "v.day < '2020-05-05'",
    ],
)
def test_what_is_asked_of_a_field_is_tried_where_it_is_answered(guard: str) -> None:
    verification = verified(compiled(FIELDS.replace("GUARD", guard)).statechart)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)
