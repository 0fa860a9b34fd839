"""Machines of python-statemachine: they do what our engine does, and its defects are still there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statemachine import HistoryState, State, StateChart
from statemachine.orderedset import OrderedSet

from statewright.compiler.targets.hosting import Hosted, UnsupportedChart
from statewright.compiler.targets.python_statemachine import build
from statewright.compiler.targets.python_statemachine.machines import Machine, class_of
from statewright.compiler.targets.python_statemachine.names import MACHINE, STATE, naming_of
from statewright.compiler.targets.python_statemachine.written import Chart
from statewright.errors import InvalidEvent, InvalidSnapshot, SessionBehind, SessionEnded
from statewright.expressions import Literal
from statewright.statechart import (
    Datum,
    Event,
    Invoke,
    Statechart,
    StateKind,
    Transition,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart import State as OurState
from statewright.statechart.actions import Assign, Say, Send
from tests.compiler.hosted_runs import (
    CAMPAIGN,
    CONVERSATIONS,
    HOSTED,
    NEW_YEAR,
    chart_of,
    computed,
    on,
    played,
    run_hosted,
    some_charts,
    some_events,
)
from tests.compiler.xstate_runs import has_no_end, ran, released


def hosted_in_a_fresh_class(chart: Statechart) -> Hosted:
    return Hosted(released(chart), (), partial(Machine, class_of(chart)))


# Machines that run: whole turns are equal, with effects, incidents and microsteps


@pytest.mark.parametrize(("stem", "flow"), CONVERSATIONS, ids=str)
@pytest.mark.parametrize("rehydrate", [False, True], ids=["kept", "restored"])
def test_a_conversation_with_an_example_goes_the_same_way(
    stem: str, flow: Path, *, rehydrate: bool
) -> None:
    compilation, steps, data = played(stem, flow)
    hosted = build(compilation.release())
    assert hosted.losses == ()
    assert run_hosted(hosted, steps, now=NEW_YEAR, data=data, rehydrate=rehydrate) == steps


@CAMPAIGN
@given(some_charts(HOSTED), some_events(), st.booleans())
def test_random_charts_run_the_same_kept_and_restored(
    chart: Statechart,
    events: list[Event],
    rehydrate: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    steps = ran(chart, events)
    if not has_no_end(steps):
        assert run_hosted(hosted_in_a_fresh_class(chart), steps, rehydrate=rehydrate) == steps


REGIONS = chart_of(
    OurState(
        "p",
        StateKind.PARALLEL,
        (
            OurState(
                "r", StateKind.COMPOUND, (OurState("a", transitions=(on("e", "b"),)), OurState("b"))
            ),
            OurState(
                "q", StateKind.COMPOUND, (OurState("c", transitions=(on("e", "d"),)), OurState("d"))
            ),
        ),
        transitions=(on("out", "x"),),
    ),
    OurState("x", transitions=(on("back", "p"),)),
)
WITH_HISTORY = chart_of(
    OurState(
        "c",
        StateKind.COMPOUND,
        (
            OurState("h", StateKind.DEEP_HISTORY, initial=Transition(("a",))),
            OurState("a", transitions=(on("next", "b"),)),
            OurState(
                "b",
                StateKind.COMPOUND,
                (OurState("b1", transitions=(on("next", "b2"),)), OurState("b2")),
                data=(Datum("k", "int", Literal(1)),),
                entry=((Assign(("n",), computed("n + 1")),),),
            ),
        ),
        transitions=(on("leave", "out"),),
    ),
    OurState("out", transitions=(on("back", "h", actions=(Assign(("n",), computed("n + 10")),)),)),
    data=(Datum("n", "int", Literal(0)),),
)


def test_a_machine_is_an_instance_of_a_state_chart_with_the_states_of_the_flow() -> None:
    session, _ = build(released(REGIONS)).start(session="s", seed="s", now=0)
    session.handle(Event("e"))
    assert isinstance(session.machine, StateChart)
    assert [state.name for state in session.machine.configuration] == ["p", "r", "b", "q", "d"]
    assert session.snapshot.configuration == ("p", "r", "b", "q", "d")


def test_a_class_is_made_once_per_digest_and_each_session_has_a_machine_of_its_own() -> None:
    one, _ = build(released(REGIONS)).start(session="s", seed="s", now=0)
    other, _ = build(released(replace(REGIONS))).start(session="t", seed="t", now=0)
    one.handle(Event("e"))
    assert type(one.machine) is type(other.machine)
    assert one.machine is not other.machine
    assert other.snapshot.configuration == ("p", "r", "a", "q", "c")


def test_a_listener_of_the_library_hears_of_the_machine() -> None:
    heard: list[str] = []

    class Listener:
        def on_enter_state(self, target: Any) -> None:
            heard.append(target.name)

    session, _ = build(released(REGIONS)).start(session="s", seed="s", now=0)
    session.machine.add_listener(Listener())
    session.handle(Event("e"))
    assert heard == ["b", "d"]


def noted(word: str) -> tuple[Assign, ...]:
    return (Assign(("trail",), computed(f"trail + [{word!r}]")),)


def test_what_is_done_on_entry_by_default_is_done_once_and_in_its_order() -> None:
    deep = OurState(
        "c",
        StateKind.COMPOUND,
        (
            OurState("d", StateKind.COMPOUND, (OurState("e", entry=(noted("e"),)), OurState("f"))),
            OurState("g"),
        ),
        initial=Transition(("e",), actions=noted("initial")),
        transitions=(on("leave", "out"),),
        entry=(noted("c"),),
    )
    out = OurState("out", transitions=(on("back", "c", actions=noted("back")),))
    chart = chart_of(deep, out, data=(Datum("trail", "list", Literal([])),))
    steps = ran(chart, [Event("leave"), Event("back")])
    assert steps[-1].snapshot.data[""]["trail"] == [
        "c",
        "initial",
        "e",
        "back",
        *("c", "initial", "e"),
    ]
    assert run_hosted(build(released(chart)), steps) == steps


def test_the_default_of_history_is_not_run_where_its_parent_is_not_left() -> None:
    chart = chart_of(
        OurState(
            "c",
            StateKind.COMPOUND,
            (
                OurState(
                    "h",
                    StateKind.SHALLOW_HISTORY,
                    initial=Transition(("b",), actions=noted("default")),
                ),
                OurState("a", transitions=(on("go", "h"),)),
                OurState("b"),
            ),
        ),
        data=(Datum("trail", "list", Literal([])),),
    )
    steps = ran(chart, [Event("go")])
    assert steps[-1].snapshot.data[""]["trail"] == []
    assert run_hosted(build(released(chart)), steps) == steps


def test_history_and_its_variables_survive_json() -> None:
    hosted = build(released(WITH_HISTORY))
    session, _ = hosted.start(session="s", seed="s", now=0)
    for name in ("next", "next", "leave"):
        session.handle(Event(name))
    session = hosted.restored(snapshot_from_json(snapshot_to_json(session.snapshot)))
    session.handle(Event("back"))
    assert session.snapshot.configuration == ("c", "b", "b2")
    assert session.snapshot.data == {"": {"n": 12}, "b": {"k": 1}}


def test_nothing_runs_when_a_session_is_restored() -> None:
    noisy = chart_of(OurState("a", entry=((Say(Literal("hi")),),), transitions=(on("e", "a"),)))
    hosted = build(released(noisy))
    session, step = hosted.start(session="s", seed="s", now=0)
    assert len(step.effects) == 1
    session = hosted.restored(session.snapshot)
    assert session.machine.configuration_values == OrderedSet(["a"])
    assert len(session.handle(Event("other")).effects) == 0


def test_a_session_goes_from_one_engine_to_the_other() -> None:
    ours = start(WITH_HISTORY, session="s", seed="s", now=0)
    ours = macrostep(WITH_HISTORY, ours.snapshot, Event("next"))
    session = build(released(WITH_HISTORY)).restored(ours.snapshot)
    theirs = session.handle(Event("leave"))
    assert theirs == macrostep(WITH_HISTORY, ours.snapshot, Event("leave"))
    back = macrostep(WITH_HISTORY, theirs.snapshot, Event("back"))
    assert back.snapshot.configuration == ("c", "b", "b1")


def test_data_are_coerced_and_limits_kept_as_ever() -> None:
    typed = chart_of(
        OurState(
            "a", transitions=(on("e", actions=(Assign(("n",), computed("event.data.value")),)),)
        ),
        data=(Datum("n", "int", Literal("7")),),
    )
    session, _ = build(released(typed)).start(session="s", seed="s", now=0)
    session.handle(Event("e", {"value": 2.0}))
    assert session.snapshot.data[""] == {"n": 2}
    step = session.handle(Event("e", {"value": "two"}))
    assert [one.name for one in step.incidents] == ["error.execution.action"]
    assert session.snapshot.data[""] == {"n": 2}


def test_a_turn_without_end_fails_the_session_instead_of_the_process() -> None:
    endless = chart_of(
        OurState("a", transitions=(on("e", "b"),)), OurState("b", transitions=(on("", "b"),))
    )
    session, _ = build(released(replace(endless, limit=50))).start(session="s", seed="s", now=0)
    step = session.handle(Event("e"))
    assert step.snapshot.status == "failed"
    assert [one.name for one in step.incidents] == ["error.limit"]
    with pytest.raises(SessionEnded):
        session.handle(Event("e"))


def test_what_is_overdue_fires_in_portions_as_by_our_engine() -> None:
    ticking = chart_of(
        OurState(
            "a",
            entry=((Send("alarm", delay=Literal(1_000_000)),),),
            transitions=(on("alarm", "a", actions=(Assign(("n",), computed("n + 1")),)), on("e")),
        ),
        data=(Datum("n", "int", Literal(0)),),
    )
    session, begun = build(released(ticking)).start(session="s", seed="s", now=0)
    late, ours = 1_000_000_000, begun.snapshot
    with pytest.raises(SessionBehind):
        session.handle(Event("e", now=late))
    for event in (*(Event("tick", now=late) for _ in range(4)), Event("e", now=late)):
        ours = macrostep(ticking, ours, event).snapshot
        assert session.handle(event).snapshot == ours
    assert session.snapshot.data[""] == {"n": 1000}


def test_misuse_is_refused_as_by_our_engine() -> None:
    hosted = build(released(REGIONS))
    with pytest.raises(InvalidEvent):
        hosted.start(session="s", seed="s", now=0, data={"nothing": 1})
    session, _ = hosted.start(session="s", seed="s", now=0)
    with pytest.raises(InvalidEvent):
        session.handle(Event("done.state.p"))
    with pytest.raises(InvalidSnapshot):
        hosted.restored(replace(session.snapshot, configuration=("p", "x")))


def test_a_chart_that_invokes_charts_is_refused() -> None:
    child = chart_of(OurState("a"))
    parent = chart_of(
        OurState("a", invocations=(Invoke("i", "scxml", Literal({}), chart=Literal("c")),)),
        charts={"c": child},
    )
    with pytest.raises(UnsupportedChart, match="child-charts"):
        build(released(parent))


EVENT_NAMES = (
    "model",
    "send",
    "states",
    "_engine",
    "on_a",
    "a",
    "with blank",
    "␣",
    "x.model",
    "über",
)


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_any_name_of_an_event_or_a_state_will_do(name: str) -> None:
    chart = chart_of(
        OurState(name, transitions=(on(name, "b"),)),
        OurState(
            "b", StateKind.COMPOUND, (OurState("transitions"), OurState("class", StateKind.FINAL))
        ),
    )
    events = [Event("model"), Event("b"), Event(name), Event("nobody.knows"), Event("_x")]
    steps = ran(chart, events)
    for rehydrate in (False, True):
        assert run_hosted(build(released(chart)), steps, rehydrate=rehydrate) == steps


def test_names_are_identifiers_and_none_of_the_library() -> None:
    class Sample(StateChart[Any]):
        a = State(initial=True)
        a.to(a, event="e")

    conventions = {"on_enter_state", "on_exit_state", "before_transition"}
    attributes = {*dir(Chart), *vars(Sample())} - {"a", "e"}
    assert {one for one in attributes if not one.startswith("_")} <= MACHINE | conventions
    states = {*dir(State()), *dir(HistoryState())}
    assert {one for one in states if not one.startswith("_")} <= MACHINE | STATE
    names = naming_of(
        chart_of(*(OurState(one) for one in ("class", "2", "a/b", "a.b", "__x", "on_e", "ﬁ")))
    )
    assert list(names.states.values()) == ["class_", "s2", "a_b", "a_b_2", "x", "s_on_e", "fi"]


def test_a_state_with_dots_in_its_id_is_done_as_ever() -> None:
    inner = OurState("a.b.c", StateKind.COMPOUND, (OurState("f", StateKind.FINAL),))
    for descriptor in ("done.state.a", "done.state.a.b.c", "done.state", "done", "*"):
        chart = chart_of(
            OurState("o", StateKind.COMPOUND, (inner,), transitions=(on(descriptor, "x"),)),
            OurState("x"),
        )
        steps = ran(chart, [Event("e")])
        assert steps[0].snapshot.configuration == ("x",)
        assert run_hosted(build(released(chart)), steps) == steps
