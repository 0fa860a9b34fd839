"""What a session tells itself is known: which state has failed, and what a flow inside gives back."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from benchmarks.verify.documents import source_from
from statewright import compiler
from statewright.compiler.findings import Verdict
from statewright.compiler.verification.questions import EnterState, Impossible, Possible
from statewright.compiler.verification.verification import Verification, verified
from tests.compiler.conversations import compiled

DIVIDING = """
statewright: 1
start: ask
variables: {n: {type: int, default: 5}, ratio: int, way: {type: int, default: 0}}
nodes:
  ask: {type: question, text: N?, input: integer, variable: n, next: trying}
  trying:
    type: try
    nodes:
      divide: {type: set, actions: [{set: ratio, to: "{{ 10 / n }}"}], next: left}
      left: {type: leave}
    catch:
      - errors: [expression]
        as: problem
        nodes: {one: {type: set, actions: [{set: way, to: 1}], next: caught}, caught: {type: leave}}
    finally:
      nodes: {ten: {type: set, actions: [{increment: way, by: 10}], next: tidied}, tidied: {type: leave}}
    next: look
    on: {error: odd}
  look:
    type: condition
    branches: [{if: "way == 11 && n != 0", to: wrong}, {if: "way == 11", to: failed}]
    else: fine
  wrong: {type: message, text: Wrong., next: bye}
  failed: {type: message, text: Failed., next: bye}
  fine: {type: message, text: Fine., next: bye}
  odd: {type: message, text: Odd., next: bye}
  bye: {type: end}
"""

AGE = """
statewright: 1
start: ask
variables: {limit: {type: int, input: true}, age: int}
nodes:
  ask:
    type: question
    text: Age?
    input: integer
    minimum: 0
    maximum: 99
    variable: age
    retries: 1
    next: look
    on: {fallback: lost}
  look: {type: condition, branches: [{if: "age < limit", to: young}], else: old}
  young: {type: end, outcome: young}
  old: {type: end, outcome: old}
  lost: {type: end, outcome: lost, failed: true}
"""

ASKING = """
statewright: 1
start: person
variables: {x: {type: int, default: -1}}
nodes:
  person:
    type: subflow
    flow: age.yaml
    inputs: {limit: 10}
    save: {x: output.age}
    next: bye
    on: {young: young, old: old, error: failed}
  young: {type: condition, branches: [{if: "x >= 10", to: wrong}, {if: "x == 0", to: newborn}], else: bye}
  old: {type: condition, branches: [{if: "x < 10", to: wrong}, {if: "x == 99", to: oldest}], else: bye}
  failed: {type: condition, branches: [{if: "x == -1", to: bye}], else: wrong}
  newborn: {type: message, text: Hello!, next: bye}
  oldest: {type: message, text: Good day., next: bye}
  wrong: {type: message, text: Wrong., next: bye}
  bye: {type: end}
"""


def verification_of(text: str, beside: Mapping[str, str] | None = None) -> Verification:
    source = source_from("told", text, beside)
    return verified(compiler.compile(source.flow()).statechart)


def test_which_state_has_failed_is_known_to_a_try() -> None:
    verification = verification_of(DIVIDING)
    for state in ("wrong", "odd"):
        assert isinstance(verification.answer(EnterState(state)), Impossible)
    for state in ("failed", "fine"):
        assert isinstance(verification.answer(EnterState(state)), Possible)


def test_what_a_flow_inside_gives_back_goes_with_how_it_ended() -> None:
    verification = verification_of(ASKING, {"age.yaml": AGE})
    assert isinstance(verification.answer(EnterState("wrong")), Impossible)
    for state in ("newborn", "oldest"):
        assert isinstance(verification.answer(EnterState(state)), Possible)


def test_values_that_a_branch_could_be_taken_with_are_no_reason_why_it_is_dead() -> None:
    text = """
start: ask
variables: {one: {type: bool, default: false}, other: {type: bool, default: false}}
nodes:
  ask: {type: question, text: Well?, input: boolean, variable: one, next: [{if: one, to: judge}, {to: mark}]}
  mark: {type: set, actions: [{set: other, to: true}], next: judge}
  judge: {type: condition, branches: [{if: one && other, to: both}], else: bye}
  both: {type: end, text: Both.}
  bye: {type: end}
"""
    (dead,) = compiler.verify(compiled(text)).findings
    assert dead.message == "the branch `one && other` of `judge` is never taken"


def test_what_is_in_doubt_of_a_rule_has_a_place() -> None:
    text = """
start: ask
variables: {name: string}
rules: {odd: {never: "size(name.split('-')) == 3", at: bye}}
nodes:
  ask: {type: question, text: Name?, variable: name, next: bye}
  bye: {type: end}
"""
    found = compiler.verify(compiled(text)).findings
    reasons = [one.reason for one in found if one.verdict is Verdict.UNDECIDED]
    assert all(" of the whole flow: " in reason for reason in reasons)
    assert reasons


@pytest.mark.parametrize(
    "guard", ["status >= 200 && status < 300", "status < 300", "status >= 200"]
)
def test_the_status_of_what_a_server_has_done_says_so(guard: str) -> None:
    text = f"""
start: call
variables: {{status: int}}
nodes:
  call: {{type: http, url: "https://api.example.com/x", timeout: 10s, save: {{status: response.status}}, success: judge, error: bye}}
  judge: {{type: condition, branches: [{{if: "{guard}", to: good}}], else: odd}}
  good: {{type: message, text: Good., next: bye}}
  odd: {{type: message, text: Odd., next: bye}}
  bye: {{type: end}}
"""
    found = compiler.verify(compiled(text)).findings
    assert ("G306", Verdict.PROVED) in {(one.code, one.verdict) for one in found}
