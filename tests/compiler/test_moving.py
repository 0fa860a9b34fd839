"""Sessions that go on in another version of their flow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import InvalidEvent
from statewright.expressions import parse
from statewright.statechart import (
    Event,
    Macrostep,
    Snapshot,
    Statechart,
    awaiting,
    macrostep,
    start,
)
from statewright.statechart.interventions.intervening import handled
from statewright.statechart.interventions.migrating import MIGRATE, migrating
from statewright.statechart.migration.moving import Moved, Stays, moved
from statewright.statechart.migration.plan import NO_PLAN, Plan
from statewright.statechart.playing.play import turn_of
from tests.compiler.conversations import NOW, compiled

OLD = """
start: name
variables: {name: string, age: int}
nodes:
  name: {type: question, text: "Your name?", variable: name, timeout: 1h, next: age,
         on: {timeout: late}}
  age: {type: question, input: number, text: "Your age?", variable: age, next: call}
  call: {type: http, url: "https://api.example.com/people", success: bye, error: sorry}
  sorry: {type: message, text: "That did not work.", next: bye}
  late: {type: end, outcome: late}
  bye: {type: end, text: "Bye, {{ name }} ({{ age }}).", outcome: done}
"""


def chart(text: str) -> Statechart:
    return compiled(text).draft().statechart


def standing(old: Statechart, *said: str) -> Snapshot:
    """Where a session stands behind what its user has said."""
    snapshot = start(old, session="s", seed="s", now=NOW).snapshot
    for text in said:
        snapshot = macrostep(old, snapshot, Event("message", {"text": text}, NOW + 1)).snapshot
    return snapshot


def migrated(old: str, new: str, *said: str, plan: Plan = NO_PLAN) -> tuple[Statechart, Macrostep]:
    """A conversation with the old version that goes on in the new one: the step that moves it."""
    was, is_ = chart(old), chart(new)
    there = moved(was, is_, standing(was, *said), plan)
    assert isinstance(there, Moved), there
    return is_, handled(is_, standing(was, *said), migrating(there, 1, 2))


def said(is_: Statechart, step: Macrostep) -> list[Any]:
    return [one["text"] for one in turn_of(is_, step, "").messages]


def hindrances(old: str, new: str, *heard: str, plan: Plan = NO_PLAN) -> list[tuple[str, str]]:
    was = chart(old)
    there = moved(was, chart(new), standing(was, *heard), plan)
    assert isinstance(there, Stays), there
    return [(one.code, one.state) for one in there.hindrances]


def next_said(is_: Statechart, step: Macrostep, text: str) -> list[Any]:
    return said(is_, macrostep(is_, step.snapshot, Event("message", {"text": text}, NOW + 5)))


def test_a_question_that_is_there_in_both_goes_on_waiting_in_silence() -> None:
    new = OLD.replace("Your age?", "How old are you?")
    is_, step = migrated(OLD, new)
    assert said(is_, step) == []
    assert next_said(is_, step, "Ada") == ["How old are you?"]


def test_timers_keep_their_deadlines() -> None:
    is_, step = migrated(OLD, OLD.replace("timeout: 1h", "timeout: 5h"))
    assert step.snapshot.timers[0].due == NOW + 3_600_000_000
    late = macrostep(is_, step.snapshot, Event("tick", None, NOW + 3_600_000_000))
    assert late.snapshot.outcome == "late"


def test_no_time_passes_for_a_session_that_is_moved() -> None:
    was, is_ = chart(OLD), chart(OLD.replace("Bye", "Goodbye"))
    there = moved(was, is_, standing(was), NO_PLAN)
    assert isinstance(there, Moved)
    event = replace(migrating(there, 1, 2), now=NOW + 10 * 3_600_000_000)
    assert awaiting(is_, handled(is_, standing(was), event).snapshot) is not None


def test_work_that_is_pending_stays_pending_and_its_result_is_heard() -> None:
    is_, step = migrated(OLD, OLD.replace("Bye, ", "Goodbye, "), "Ada", "36")
    (pending,) = step.snapshot.invocations
    result = Event("done.invoke.call", {"status": 200, "body": ""}, NOW + 9, invocation=pending.id)
    assert said(is_, macrostep(is_, step.snapshot, result)) == ["Goodbye, Ada (36)."]


def test_a_state_that_is_gone_is_said_and_the_session_stays() -> None:
    new = OLD.replace("  age: {", "  years: {").replace("next: age", "next: years")
    assert hindrances(OLD, new, "Ada") == [("V901", "age/~wait")]
    assert isinstance(migrated(OLD, new), tuple)  # The question before it is there.


def test_a_state_can_take_the_place_of_another_with_its_timers_and_work() -> None:
    new = OLD.replace("  name: {", "  who: {").replace("start: name", "start: who")
    plan = Plan(states={"name": "who"})
    is_, step = migrated(OLD, new, plan=plan)
    assert [one.event for one in step.snapshot.timers] == ["done.timer.who"]
    assert next_said(is_, step, "Ada") == ["Your age?"]
    late = macrostep(is_, step.snapshot, Event("tick", None, NOW + 3_600_000_000))
    assert late.snapshot.outcome == "late"
    work = OLD.replace("  call: {", "  ask_them: {").replace("next: call", "next: ask_them")
    is_, step = migrated(OLD, work, "Ada", "36", plan=Plan(states={"call": "ask_them"}))
    assert [one.name for one in step.snapshot.invocations] == ["ask_them"]


def test_a_state_can_be_entered_anew_and_asks_again() -> None:
    new = OLD.replace("  age: {", "  years: {").replace("next: age", "next: years")
    is_, step = migrated(OLD, new, "Ada", plan=Plan(restarts={"age": "years"}))
    assert said(is_, step) == ["Your age?"]
    assert step.snapshot.data[""]["name"] == "Ada"
    assert step.snapshot.turns == 3
    assert next_said(is_, step, "36") == []


def test_entering_anew_gives_up_pending_work_and_timers() -> None:
    _, step = migrated(
        OLD, OLD.replace("Bye", "Good"), "Ada", "36", plan=Plan(restarts={"call": "name"})
    )
    assert [str(one.kind) for one in step.effects] == ["cancel", "say"]
    assert step.snapshot.invocations == ()
    assert len(step.snapshot.timers) == 1


def test_what_is_pinned_stays() -> None:
    assert (
        hindrances(OLD, OLD.replace("Bye", "Good"), "Ada", plan=Plan(pinned=frozenset({"age"})))
        == []
    )


def test_there_can_be_one_place_for_all_the_rest() -> None:
    new = OLD.replace("  age: {", "  years: {").replace("next: age", "next: years")
    is_, step = migrated(OLD, new, "Ada", plan=Plan(rest="name"))
    assert said(is_, step) == ["Your name?"]


def test_a_value_that_does_not_fit_any_more_is_said() -> None:
    new = OLD.replace("age: int", "age: {type: int, maximum: 30}")
    assert hindrances(OLD, new, "Ada", "36") == [("V902", "")]
    _, step = migrated(OLD, new, "Ada", "29")
    assert step.snapshot.data[""]["age"] == 29


def test_a_value_becomes_one_of_the_new_type_where_nothing_is_lost() -> None:
    _, step = migrated(OLD, OLD.replace("age: int", "age: string"), "Ada", "36")
    assert step.snapshot.data[""]["age"] == "36"


def test_values_are_converted_by_expressions_over_the_old_ones() -> None:
    new = OLD.replace("age: int", "age: int, born: int, greeting: {type: string, default: hi}")
    plan = Plan(values={"born": parse("2026 - age")})
    _, step = migrated(OLD, new, "Ada", "36", plan=plan)
    assert step.snapshot.data[""] == {"name": "Ada", "age": 36, "born": 1990, "greeting": "hi"}
    assert hindrances(OLD, new, plan=plan) == [("V902", "")]  # There is no age yet.


def test_variables_that_are_gone_are_dropped() -> None:
    new = (
        OLD.replace("name: string, ", "").replace("variable: name, ", "").replace("{{ name }} ", "")
    )
    _, step = migrated(OLD, new, "Ada", "36")
    assert step.snapshot.data[""] == {"age": 36}


def test_a_timer_that_nobody_hears_and_work_that_nobody_waits_for_are_said() -> None:
    deaf = OLD.replace("timeout: 1h, ", "").replace(",\n         on: {timeout: late}", "")
    assert hindrances(OLD, deaf) == [("V905", "name/~wait")]
    idle = OLD.replace(
        '{type: http, url: "https://api.example.com/people"', "{type: message, text: hm"
    )
    idle = idle.replace("success: bye, error: sorry", "next: bye")
    assert [code for code, _ in hindrances(OLD, idle, "Ada", "36")][-1] == "V905"


def test_a_state_that_lies_inside_another_one_now_has_to_be_entered() -> None:
    new = """
start: turns
variables: {name: string, age: int}
nodes:
  turns:
    type: loop
    times: 3
    start: name
    next: late
    nodes:
      name: {type: question, text: "Your name?", variable: name, timeout: 1h, on: {timeout: late}}
  late: {type: end, outcome: late}
"""
    assert hindrances(OLD, new) == [("V901", "name/~wait")]


def test_an_event_that_carries_a_state_of_another_session_or_chart_is_refused() -> None:
    was, is_ = chart(OLD), chart(OLD.replace("Bye", "Good"))
    there = moved(was, is_, standing(was), NO_PLAN)
    assert isinstance(there, Moved)
    event = migrating(there, 1, 2)
    with pytest.raises(InvalidEvent, match="not of this one"):
        handled(is_, replace(standing(was), session="other"), event)
    with pytest.raises(InvalidEvent, match="none of the chart"):
        handled(was, standing(was), event)
    for data in (None, {}, {"snapshot": "{"}, {"snapshot": 1}):
        with pytest.raises(InvalidEvent):
            handled(is_, standing(was), Event(MIGRATE, data))


@given(st.lists(st.sampled_from(["Ada", "36", "", "x"]), max_size=4))
def test_moving_to_the_same_chart_changes_nothing_but_the_turn(heard: list[str]) -> None:
    was = chart(OLD)
    before = standing(was, *heard)
    there = moved(was, was, before, NO_PLAN)
    assert isinstance(there, Moved)
    assert there.snapshot == before
    step = handled(was, before, migrating(there, 1, 1))
    assert step.snapshot == replace(before, turns=before.turns + 1)
    assert step.effects == ()


def test_a_reminder_goes_along_with_its_question() -> None:
    old = OLD.replace("timeout: 1h,", 'timeout: 1h, reminder: {after: 10m, text: "Still there?"},')
    new = old.replace("  name: {", "  who: {").replace("start: name", "start: who")
    is_, step = migrated(old, new, plan=Plan(states={"name": "who"}))
    later = macrostep(is_, step.snapshot, Event("tick", None, NOW + 600_000_000))
    assert said(is_, later) == ["Still there?"]
