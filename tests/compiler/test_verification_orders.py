"""What never happens because timers fire in their order, and because lots are settled."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler import Verdict
from statewright.compiler.verification.questions import EnterState, Impossible, Possible
from statewright.compiler.verification.verification import Verification, verified
from statewright.statechart.playing.script import Advanced
from tests.compiler.conversations import compiled

RACE = """
start: both
variables: {first: {type: string, default: none}}
nodes:
  both:
    type: parallel
    join: any
    regions:
      one: {nodes: {SLOW, s1: {type: set, actions: [{set: first, to: one}], next: l1}, l1: {type: leave}}}
      two: {nodes: {d2: {type: delay, duration: 1m, next: s2}, s2: {type: set, actions: [{set: first, to: two}], next: l2}, l2: {type: leave}}}
    next: who
  who: {type: condition, branches: [{if: "first == 'one'", to: slow}], else: quick}
  slow: {type: message, text: Slow., next: bye}
  quick: {type: message, text: Quick., next: bye}
  bye: {type: end}
"""

DELAY = "d1: {type: delay, duration: 2m, next: s1}"
ASKED = "q1: {type: question, text: Ready?, next: d1}, d1: {type: delay, duration: 30s, next: s1}"
COMPUTED = "d1: {type: delay, for: \"duration('2m')\", next: s1}"
LATE = "d1: {type: delay, until: 2026-01-05 12:00, next: s1}"

SPLIT = """
start: toss
variables: {n: {type: int, default: 0}}
nodes:
  toss: {type: split, STICKY arms: [{name: a, weight: 1, to: one}, {name: b, weight: 1, to: ten}]}
  one: {type: set, actions: [{increment: n}], next: look}
  ten: {type: set, actions: [{increment: n, by: 10}], next: look}
  look:
    type: condition
    branches: [{if: "n == 1 || n == 10", to: again}, {if: "n == 11", to: mixed}]
    else: bye
  again: {type: question, text: Again?, next: toss}
  mixed: {type: message, text: Both!, next: bye}
  bye: {type: end}
"""


def verification_of(text: str) -> Verification:
    return verified(compiled(text).statechart)


@pytest.mark.parametrize("slow", [DELAY, COMPUTED])
def test_of_two_timers_that_are_set_together_the_shorter_one_fires_first(slow: str) -> None:
    verification = verification_of(RACE.replace("SLOW", slow))
    assert isinstance(verification.answer(EnterState("slow")), Impossible)
    assert isinstance(verification.answer(EnterState("quick")), Possible)


def test_a_timer_that_waits_for_a_moment_may_fire_first() -> None:
    verification = verification_of(RACE.replace("SLOW", LATE))
    assert not isinstance(verification.answer(EnterState("slow")), Impossible)
    assert not isinstance(verification.answer(EnterState("quick")), Impossible)


def test_what_takes_somebody_who_hesitates_is_shown_with_the_time_that_takes() -> None:
    verification = verification_of(RACE.replace("SLOW", ASKED))
    assert isinstance(verification.answer(EnterState("slow")), Possible)
    answer = verification.answer(EnterState("quick"))
    assert isinstance(answer, Possible)
    lines = answer.conversation.lines
    assert sum(one.micros for one in lines if isinstance(one, Advanced)) == 60_000_000


def test_a_rule_that_only_somebody_who_hesitates_breaks_is_broken() -> None:
    text = RACE.replace("SLOW", ASKED).replace(
        "nodes:", "rules: {ready: {first: s1, before: quick}}\nnodes:", 1
    )
    broken = [one for one in compiler.verify(compiled(text)).findings if one.code == "T803"]
    assert [one.verdict for one in broken] == [Verdict.VIOLATED]


def test_nobody_can_hesitate_for_longer_than_a_deadline() -> None:
    asked = ASKED.replace("text: Ready?,", "text: Ready?, timeout: 20s, on: {timeout: s1},")
    verification = verification_of(RACE.replace("SLOW", asked))
    assert not isinstance(verification.answer(EnterState("quick")), Possible)


def test_a_branch_that_only_the_slower_timer_leads_to_is_told() -> None:
    findings = compiler.verify(compiled(RACE.replace("SLOW", DELAY))).findings
    assert "G310" in {one.code for one in findings}


def test_a_lot_that_sticks_to_the_session_falls_the_same_way_again() -> None:
    verification = verification_of(SPLIT.replace("STICKY", "sticky: session,"))
    assert isinstance(verification.answer(EnterState("mixed")), Impossible)
    for state in ("one", "ten", "again"):
        assert isinstance(verification.answer(EnterState(state)), Possible)


@pytest.mark.parametrize("sticky", ["", "sticky: contact,"])
def test_another_lot_may_fall_otherwise(sticky: str) -> None:
    verification = verification_of(SPLIT.replace("STICKY", sticky))
    assert not isinstance(verification.answer(EnterState("mixed")), Impossible)
