"""Raise and send, timers, deferred events, the floor, and what may come from outside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from statewright.errors import ForeignSnapshot, InvalidEvent, InvalidSnapshot, SessionEnded
from statewright.expressions import Literal
from statewright.statechart import Awaits, Event, EventKind, Statechart, macrostep
from statewright.statechart.actions import Cancel, ForEach, Send
from statewright.statechart.effects import EffectKind
from tests.statechart.building import (
    SECOND,
    Raise,
    Say,
    assign,
    atom,
    begun,
    cel,
    chart,
    compound,
    final,
    incidents,
    note,
    parallel,
    said,
    text,
    to,
)

HOUR = 3600 * SECOND


def after(delay: Any, event: str = "late", name: str = "") -> Send:
    content = cel(delay) if isinstance(delay, str) else Literal(delay)
    return Send(event, delay=content, id=name)


def test_events_raised_carry_data_and_say_that_they_are_internal() -> None:
    state = atom("a", to("b", on="up", do=Say(cel("event"))), entry=((Raise("up", cel("n + 1")),),))
    session = begun(chart(state, atom("b"), data={"n": 1}))
    assert said(session.step) == [{"name": "up", "data": 2, "kind": "internal"}]


def test_a_send_to_itself_comes_after_the_internal_queue_in_the_same_turn() -> None:
    state = atom(
        "a",
        to(on="sent", do=note("sent")),
        to(on="raised", do=note("raised")),
        entry=((Send("sent"), Raise("raised"), Send("raised", target="#_internal")),),
    )
    assert begun(chart(state, data={"trace": []})).data["trace"] == ["raised", "raised", "sent"]


def test_a_send_to_the_world_is_an_effect() -> None:
    action = Send("order", cel("{'n': n}"), target="shop")
    session = begun(chart(atom("a", entry=((action,),)), data={"n": 1}))
    (effect,) = session.step.effects
    assert effect.kind is EffectKind.SEND
    assert effect.data == {"event": "order", "target": "shop", "data": {"n": 1}}


def test_effects_have_ids_that_are_unique_for_ever() -> None:
    state = atom("x:y", to("x:y", on="go"), entry=((Say(Literal(1)), Say(Literal(2))),))
    session = begun(chart(state), session="a:b")
    assert [e.id for e in session.step.effects] == ["a:b:x~;y:1:0", "a:b:x~;y:1:1"]
    assert [e.id for e in session.send("go").effects] == ["a:b:x~;y:2:0", "a:b:x~;y:2:1"]


@pytest.mark.parametrize("delay", [2 * SECOND, "duration('2s')", "2000000.0", "1000000 * n"])
def test_a_delayed_send_fires_when_it_is_due_and_not_before(delay: Any) -> None:
    state = atom("a", to("b", on="late"), entry=((after(delay),),))
    session = begun(chart(state, atom("b"), data={"n": 2}), now=SECOND)
    assert [timer.due for timer in session.snapshot.timers] == [3 * SECOND]
    assert session.send("tick", at=3 * SECOND - 1).snapshot.configuration == ("a",)
    assert session.send("tick", at=3 * SECOND).snapshot.configuration == ("b",)
    assert session.snapshot.timers == ()


def test_timers_that_are_due_fire_before_the_event_at_their_own_time() -> None:
    state = atom(
        "a",
        to(on="late", do=Say(cel("[event.name, now]"))),
        to(on="message", do=Say(cel("[event.name, now]"))),
        entry=((after(5), after(3)),),
    )
    session = begun(chart(state))
    step = session.send("message", at=9)
    assert [(name, moment.microsecond) for name, moment in said(step)] == [
        ("late", 3),
        ("late", 5),
        ("message", 9),
    ]


def test_timers_of_one_deadline_fire_in_the_order_in_which_they_were_set() -> None:
    sends = tuple(after(5, event) for event in ("c", "a", "b"))
    state = atom("s", *(to(on=name, do=note(name)) for name in "abc"), entry=(sends,))
    session = begun(chart(state, data={"trace": []}))
    session.send("tick", at=5)
    assert session.data["trace"] == ["c", "a", "b"]


def test_a_timer_set_by_a_timer_fires_in_the_same_turn_when_it_is_due_too() -> None:
    state = atom("a", to("a", on="late", do=note("x")), entry=((after(2),),))
    session = begun(chart(state, data={"trace": []}))
    session.send("tick", at=7)
    assert session.data["trace"] == ["x", "x", "x"]
    assert [timer.due for timer in session.snapshot.timers] == [8]


def test_a_cancelled_send_never_fires() -> None:
    state = atom(
        "a", to(on="stop", do=Cancel("t")), to("b", on="late"), entry=((after(5, name="t"),),)
    )
    session = begun(chart(state, atom("b")))
    session.send("stop", at=1)
    session.send("tick", at=9)
    assert session.states == ["a"]


def test_a_delay_that_has_passed_is_no_delay() -> None:
    state = atom("a", to("b", on="late"), entry=((after(-5),),))
    assert begun(chart(state, atom("b"))).states == ["b"]


@pytest.mark.parametrize(
    "delay", ["'soon'", "1.5", "9000000000000000000", "null", "'-1s'", "' -0.5s '"]
)
def test_a_delay_that_is_no_time_is_an_error(delay: str) -> None:
    session = begun(chart(atom("a", entry=((after(delay),),))))
    assert incidents(session.step) == ["error.execution.action"]


def test_the_clock_never_goes_back() -> None:
    session = begun(chart(atom("a", to(on="go", do=Say(cel("now"))))), now=100)
    assert said(session.send("go", at=50))[0].microsecond == 100
    assert session.snapshot.now == 100


def test_a_tick_is_heard_by_nobody() -> None:
    session = begun(chart(atom("a", to("b", on="*")), atom("b")))
    step = session.send("tick", at=7)
    assert (session.states, session.snapshot.now, step.microsteps) == (["a"], 7, ())


def test_timers_that_never_stop_fail_the_session_and_name_the_cycle() -> None:
    state = atom("a", to("a", on="late"), entry=((after(1),),))
    session = begun(chart(state, limit=100))
    step = session.send("tick", at=HOUR)
    assert session.snapshot.status == "failed"
    assert session.states == ["a"]
    assert "`a`" in step.incidents[-1].message


def deferring(*events: str) -> Statechart:
    return chart(
        atom("busy", to("ask", on="ready")),
        atom("ask", to("busy", on="message", do=Say(cel("event.data")))),
        deferred=events,
    )


def test_a_deferred_event_waits_until_something_listens() -> None:
    session = begun(deferring("message"))
    session.send("message", 1)
    session.send("message", 2)
    assert [event.data for event in session.snapshot.deferred] == [1, 2]
    step = session.send("ready")
    assert said(step) == [1]
    assert [event.data for event in session.snapshot.deferred] == [2]
    assert said(session.send("ready")) == [2]


def test_other_events_that_nothing_hears_are_dropped() -> None:
    session = begun(deferring("message"))
    session.send("other")
    assert session.snapshot.deferred == ()


def test_only_so_many_events_wait() -> None:
    session = begun(deferring("*"))
    for number in range(16):
        assert incidents(session.send("message", number)) == []
    assert incidents(session.send("message", 16)) == ["error.deferred.full"]
    assert len(session.snapshot.deferred) == 16


def test_a_deferred_event_does_not_keep_the_contact() -> None:
    session = begun(deferring("message"))
    session.send("message", 1, contact={"name": "Ana"})
    assert session.snapshot.deferred[0].contact == {}


def test_a_guard_that_fails_on_a_deferred_event_is_reported_only_when_it_came() -> None:
    state = atom("a", to("b", on="message", when="event.data.x"), to(on="go"))
    session = begun(chart(state, atom("b"), deferred=("message",)))
    assert incidents(session.send("message", {})) == ["error.execution.guard"]
    assert incidents(session.send("go")) == []


def test_states_that_listen_stand_in_line_for_the_floor() -> None:
    def asking(name: str) -> Any:
        ask = atom(
            f"{name}/ask",
            to(f"{name}/done", on="message", when=f"session.floor[0] == '{name}/ask'"),
            awaits=Awaits("text", name),
        )
        return compound(name, ask, final(f"{name}/done"))

    session = begun(chart(parallel("p", asking("one"), asking("two"))))
    assert session.snapshot.floor == ("one/ask", "two/ask")
    assert session.send("message").snapshot.floor == ("two/ask",)
    assert "one/done" in session.states
    assert session.send("message").snapshot.floor == ()


@pytest.mark.parametrize(
    "event",
    [
        Event(""),
        Event("a..b"),
        Event(".a"),
        Event("*"),
        Event("x" * 1001),
        Event("done.state.a"),
        Event("done"),
        Event("error.execution.action"),
        Event("\ud800"),
        Event("go", now=-1),
        Event("go", now=2**62),
        Event("go", now=True),
        Event("go", now=1.5),  # type: ignore[arg-type]  # what a careless caller does
        Event("go", kind=EventKind.PLATFORM),
        Event("go", contact=3),  # type: ignore[arg-type]  # what a careless caller does
        Event(None),  # type: ignore[arg-type]  # what a careless caller does
    ],
)
def test_an_event_that_is_not_usable_is_refused(event: Event) -> None:
    session = begun(chart(atom("a")))
    with pytest.raises(InvalidEvent):
        macrostep(session.chart, session.snapshot, event)


def test_a_name_that_only_begins_like_an_error_is_fine() -> None:
    session = begun(chart(atom("a", to("b", on="errors")), atom("b")))
    session.send("errors")
    assert session.states == ["b"]


def test_a_snapshot_of_another_chart_is_refused() -> None:
    session = begun(chart(atom("a")))
    with pytest.raises(ForeignSnapshot, match="digest"):
        macrostep(chart(atom("b")), session.snapshot, Event("go"))


def test_a_snapshot_in_a_state_that_is_not_there_is_refused() -> None:
    session = begun(chart(atom("a")))
    broken = replace(session.snapshot, configuration=("nowhere",))
    with pytest.raises(InvalidSnapshot, match="nowhere"):
        macrostep(session.chart, broken, Event("go"))


def test_a_snapshot_with_variables_of_a_state_that_is_not_there_is_refused() -> None:
    session = begun(chart(atom("a")))
    broken = replace(session.snapshot, data={**session.snapshot.data, "nowhere": {"n": 1}})
    with pytest.raises(InvalidSnapshot, match=r"variables \(`n`\) of the state `nowhere`"):
        macrostep(session.chart, broken, Event("go"))


def test_a_session_that_is_over_hears_nothing() -> None:
    session = begun(chart(final("end")))
    with pytest.raises(SessionEnded):
        session.send("go")


def test_the_end_cancels_and_clears_everything() -> None:
    state = atom(
        "a",
        to("end", on="stop"),
        entry=((after(5),),),
        exit=((note("-a"),),),
        awaits=Awaits("text", "a"),
    )
    end = final(
        "end",
        outcome="bought",
        donedata=cel("{'trace': trace}"),
        entry=((Raise("unheard"), note("+end")),),
        exit=((note("-end"),),),
    )
    session = begun(chart(state, end, data={"trace": []}, deferred=("x",)))
    session.send("x")
    session.send("stop")
    snapshot = session.snapshot
    assert (snapshot.status, snapshot.outcome) == ("completed", "bought")
    assert snapshot.output == {"trace": ["-a", "+end"]}
    assert (snapshot.timers, snapshot.deferred, snapshot.floor) == ((), (), ())
    assert snapshot.configuration == ("end",)
    assert session.data["trace"] == ["-a", "+end", "-end"]


def test_a_final_state_may_fail_the_session() -> None:
    session = begun(chart(final("end", outcome="lost", failed=True)))
    assert (session.snapshot.status, session.snapshot.outcome) == ("failed", "lost")


def test_an_event_that_comes_after_a_timer_has_ended_the_session_is_noted() -> None:
    state = atom("a", to("end", on="late"), entry=((after(5),),))
    session = begun(chart(state, final("end")))
    step = session.send("message", at=9)
    assert (session.snapshot.status, session.snapshot.now) == ("completed", 9)
    assert incidents(step) == ["ended"]


def test_donedata_travels_to_the_parent_and_an_error_leaves_nothing() -> None:
    p = compound(
        "p",
        atom("a", to("good", on="good"), to("bad", on="bad")),
        final("good", donedata=text("{{ n }}!")),
        final("bad", donedata=cel("missing")),
        on=(to("end", on="done.state.p", do=Say(cel("event.data"))),),
    )
    assert said(begun(chart(p, atom("end"), data={"n": 1})).send("good")) == ["1!"]
    step = begun(chart(p, atom("end"))).send("bad")
    assert said(step) == [{}]
    assert incidents(step) == ["error.execution.action"]


def test_a_macrostep_without_end_is_discarded_and_names_the_cycle() -> None:
    a = atom("a", to("b", do=assign("n", "n + 1")), entry=((Say(Literal("a")),),))
    session = begun(chart(atom("s", to("a", on="go")), a, atom("b", to("a")), data={"n": 0}))
    step = session.send("go", at=5)
    snapshot = session.snapshot
    assert (snapshot.status, snapshot.configuration, snapshot.now) == ("failed", ("s",), 5)
    assert (step.effects, step.microsteps, session.data) == ((), (), {"n": 0})
    (incident,) = step.incidents
    assert incident.name == "error.limit"
    assert "more than 20000 microsteps" in incident.message
    assert "`a`" in incident.message
    assert "`b`" in incident.message
    assert "`s`" not in incident.message


def test_a_start_without_end_fails_before_it_has_begun() -> None:
    session = begun(chart(atom("a", to("a")), limit=10))
    assert (session.snapshot.status, session.states) == ("failed", [])


def test_loops_of_one_macrostep_are_bounded() -> None:
    body: Any = (assign("n", "n"),)
    for _ in range(3):
        body = (ForEach(cel("xs").expression, "x", "", body),)
    session = begun(chart(atom("a", entry=(body,)), data={"n": 0, "xs": list(range(110))}))
    assert session.snapshot.status == "failed"
    assert "rounds" in session.step.incidents[-1].message
