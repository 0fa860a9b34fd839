"""Machines of transitions: they do what our engine does, or are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.compiler.targets import TARGETS, Loss
from statewright.compiler.targets.hosting import UnsupportedChart
from statewright.compiler.targets.transitions import build
from statewright.compiler.targets.transitions.losses import losses_of_machine
from statewright.compiler.targets.transitions.machines import machine_of
from statewright.compiler.targets.transitions.names import EVENTLESS, START, naming_of
from statewright.errors import SessionEnded
from statewright.expressions import Literal, evaluate, parse
from statewright.statechart import (
    Datum,
    Event,
    Macrostep,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.actions import Assign, Raise, Say
from statewright.statechart.structure.tree import tree_of
from tests.compiler.hosted_runs import (
    CAMPAIGN,
    CONVERSATIONS,
    HOSTED,
    NEW_YEAR,
    chart_of,
    computed,
    has_regions,
    mended,
    on,
    played,
    run_hosted,
    some_charts,
    some_events,
    without_actions,
)
from tests.compiler.xstate_runs import has_no_end, ran, released


def losses_of(chart: Statechart) -> Iterator[Loss]:
    return losses_of_machine(tree_of(chart))


# Machines that run


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
    plain = mended(chart, losses_of)
    if plain is None:
        return
    if has_regions(plain):
        plain = without_actions(plain)
    steps = ran(plain, events)
    if has_no_end(steps):
        return
    found = run_hosted(build(released(plain)), steps, rehydrate=rehydrate)
    if has_regions(plain):
        # Regions react one after the other: that shows in the order of what they do.
        assert [seen(one) for one in found] == [seen(one) for one in steps]
    else:
        assert found == steps


def seen(step: Macrostep) -> tuple[Any, ...]:
    snapshot = step.snapshot
    return snapshot.configuration, snapshot.data, snapshot.status, snapshot.outcome, snapshot.timers


LIFT = chart_of(
    State(
        "lift/1",
        StateKind.COMPOUND,
        (
            State("lift/1/going_up", transitions=(on("stop", "lift/1/still.here"),)),
            State("lift/1/still.here", transitions=(on("", "out_of/order", guard="n > 2"),)),
        ),
        entry=((Assign(("n",), computed("n + 1")),),),
        transitions=(on("again", "lift/1"),),
    ),
    State("out_of/order", StateKind.FINAL),
    data=(Datum("n", "int", Literal(0)),),
)


def test_one_machine_serves_all_sessions_and_knows_none_of_them() -> None:
    hosted = build(released(LIFT))
    one, _ = hosted.start(session="s", seed="s", now=0)
    other, _ = hosted.start(session="t", seed="t", now=0)
    one.handle(Event("stop"))
    assert one.machine is other.machine
    assert one.machine.models == []
    assert one.snapshot.configuration == ("lift/1", "lift/1/still.here")
    assert other.snapshot.configuration == ("lift/1", "lift/1/going_up")


def test_names_with_the_signs_of_separators_are_told_apart() -> None:
    naming = naming_of(tree_of(LIFT))
    assert naming.separator == "|"
    assert naming.paths["lift/1/still.here"] == "lift/1|still.here"
    events = [Event(name) for name in ("stop", "again", "stop", "again", "stop", "stop")]
    steps = ran(LIFT, events)
    assert steps[-1].snapshot.status == "completed"
    for rehydrate in (False, True):
        assert run_hosted(build(released(LIFT)), steps, rehydrate=rehydrate) == steps


@pytest.mark.parametrize("name", ["*", "=", "*start*", "a_b", "to_x", "/.|:;,→", " ", "x" * 200])
def test_any_name_of_a_state_will_do(name: str) -> None:
    chart = chart_of(
        State(name, transitions=(on("e", "b"),)), State("b", transitions=(on("e", name),))
    )
    steps = ran(chart, [Event("e"), Event("e"), Event("other")])
    assert run_hosted(build(released(chart)), steps, rehydrate=True) == steps


def test_events_match_by_the_beginnings_of_their_names() -> None:
    chart = chart_of(
        State("a", transitions=(on("x.y", "b"), on("*", "c", guard="event.name == 'z'"))),
        State("b", transitions=(on("x", "a"),)),
        State("c"),
    )
    events = [Event(name) for name in ("x", "y", "x.y.z", "x.other", "z")]
    steps = ran(chart, events)
    assert [step.snapshot.configuration for step in steps] == [("a",)] * 3 + [
        ("b",),
        ("a",),
        ("c",),
    ]
    assert run_hosted(build(released(chart)), steps) == steps


def test_actions_run_between_exits_and_entries_and_done_is_an_event() -> None:
    chart = chart_of(
        State(
            "c",
            StateKind.COMPOUND,
            (
                State(
                    "a",
                    transitions=(on("e", "f", actions=(Say(Literal("taken")),)),),
                    exit=((Say(Literal("left")),),),
                ),
                State(
                    "f", StateKind.FINAL, entry=((Say(Literal("entered")),),), donedata=Literal(7)
                ),
            ),
            transitions=(on("done.state.c", "d", guard="event.data == 7"),),
        ),
        State("d"),
    )
    session, _ = build(released(chart)).start(session="s", seed="s", now=0)
    step = session.handle(Event("e"))
    assert [one.data["content"] for one in step.effects] == ["left", "taken", "entered"]
    assert session.snapshot.configuration == ("d",)


def test_regions_react_one_after_the_other_which_is_a_loss() -> None:
    def region(name: str, guard: str | None) -> State:
        acting = (Assign(("n",), computed("n + 1")),)
        inner = State(f"{name}1", transitions=(on("e", f"{name}2", guard=guard, actions=acting),))
        return State(name, StateKind.COMPOUND, (inner, State(f"{name}2")))

    chart = chart_of(
        State("p", StateKind.PARALLEL, (region("r", None), region("q", "n == 0"))),
        data=(Datum("n", "int", Literal(0)),),
    )
    hosted = build(released(chart))
    assert [loss.code for loss in hosted.losses] == ["parallel-order"]
    session, first = hosted.start(session="s", seed="s", now=0)
    session.handle(Event("e"))
    assert session.snapshot.configuration == ("p", "r", "r2", "q", "q1")
    ours = macrostep(chart, first.snapshot, Event("e"))
    assert ours.snapshot.configuration == ("p", "r", "r2", "q", "q2")


def test_a_session_goes_from_one_engine_to_the_other_through_json() -> None:
    before = start(LIFT, session="s", seed="s", now=0)
    hosted = build(released(LIFT))
    session = hosted.restored(snapshot_from_json(snapshot_to_json(before.snapshot)))
    assert session.handle(Event("stop")) == macrostep(LIFT, before.snapshot, Event("stop"))


def test_a_turn_without_end_fails_the_session_and_not_the_machine() -> None:
    endless = chart_of(
        State("a", transitions=(on("e", "b"), on("f", actions=(Raise("g"),)))),
        State("b", transitions=(on("", "b"),)),
    )
    hosted = build(released(replace(endless, limit=50)))
    session, _ = hosted.start(session="s", seed="s", now=0)
    assert [one.name for one in session.handle(Event("e")).incidents] == ["error.limit"]
    with pytest.raises(SessionEnded):
        session.handle(Event("e"))
    other, _ = hosted.start(session="t", seed="t", now=0)
    assert other.handle(Event("f")).snapshot.status == "active"


# What is refused, and what the library does instead


def parallel(*more: Transition) -> State:
    regions = tuple(
        State(name, StateKind.COMPOUND, (State(f"{name}1", transitions=arcs), State(f"{name}2")))
        for name, arcs in (("r", more), ("q", (on("e", "q2"),)))
    )
    return State("p", StateKind.PARALLEL, regions)


HISTORY = State(
    "c",
    StateKind.COMPOUND,
    (State("h", StateKind.SHALLOW_HISTORY, initial=Transition(("a",))), State("a"), State("b")),
)
REFUSED = {
    "history": chart_of(State("x", transitions=(on("e", "h"),)), HISTORY),
    "several-targets": chart_of(State("x", transitions=(on("e", "r2", "q2"),)), parallel()),
    "other-regions": chart_of(State("x", transitions=(on("e", "r2"),)), parallel()),
    "parallel-domain": chart_of(parallel(on("f", "q2"))),
    "outer-to-inner": chart_of(
        State("c", StateKind.COMPOUND, (State("a"), State("b")), transitions=(on("e", "b"),))
    ),
    "region-conflicts": chart_of(parallel(on("e", "x")), State("x")),
    "outer-transitions": chart_of(replace(parallel(), transitions=(on("e"),))),
    "initial-inside": chart_of(
        State(
            "c",
            StateKind.COMPOUND,
            (State("d", StateKind.COMPOUND, (State("a"), State("b"))),),
            Transition(("b",)),
        )
    ),
    "initial-actions": chart_of(
        State("c", StateKind.COMPOUND, (State("a"),), Transition(("a",), actions=(Raise("x"),)))
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_chart_that_would_go_another_way_is_refused(code: str) -> None:
    with pytest.raises(UnsupportedChart) as refused:
        build(released(REFUSED[code]))
    assert code in {loss.code for loss in refused.value.losses}
    assert f"{code}: " in str(refused.value)
    exported = {loss.code for loss in TARGETS["transitions"](released(REFUSED[code])).losses}
    assert code in exported


def test_an_internal_transition_to_a_child_is_not_refused() -> None:
    inner = on("e", "b", kind=TransitionKind.INTERNAL)
    chart = chart_of(
        State(
            "c",
            StateKind.COMPOUND,
            (State("a"), State("b")),
            transitions=(inner,),
            exit=((Raise("x"),),),
        )
    )
    steps = ran(chart, [Event("e"), Event("e")])
    assert run_hosted(build(released(chart)), steps) == steps


class Watched:
    """A model that notes which functions the library calls."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self.called: list[str] = []
        self.result: Any = None

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("log_"):
            raise AttributeError(name)
        return lambda _: self.called.append(name.removeprefix("log_"))


def logged(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "on_enter": f"log_{name}", "on_exit": f"log_not_{name}", **more}


P = logged(
    "p",
    parallel=[
        logged("r", initial="a", children=[logged("a"), logged("b")]),
        logged("q", initial="c", children=[logged("c"), logged("d")]),
    ],
)


def triggered(
    state: Any, *transitions: dict[str, Any], states: tuple[Any, ...] = (P, "x", "y")
) -> Watched:
    """A model in a state after the event ``e``, in a machine with these transitions."""
    model = Watched(state)
    config = {
        "states": states,
        "transitions": [{"trigger": "e", **one} for one in transitions],
        "initial": "x",
        "send_event": True,
        "auto_transitions": False,
    }
    model.result = machine_of(config, "/").trigger_event(model, "e")
    return model


IN_BOTH = ["p/r/a", "p/q/c"]


def test_defect_a_region_reacts_that_another_one_has_left() -> None:
    model = triggered(IN_BOTH, {"source": "p/r/a", "dest": "x"}, {"source": "p/q/c", "dest": "y"})
    assert model.state == "y"
    assert model.called.count("not_p") == 1
    assert "x" not in model.called


def test_defect_a_later_region_leaves_although_an_earlier_one_has_reacted() -> None:
    model = triggered(
        IN_BOTH, {"source": "p/r/a", "dest": "p/r/b"}, {"source": "p/q/c", "dest": "y"}
    )
    assert model.state == "y"


def test_defect_the_result_of_an_event_is_that_of_the_last_region_asked() -> None:
    fails = {"source": "p/q/c", "dest": "p/q/d", "conditions": lambda _: False}
    model = triggered(IN_BOTH, {"source": "p/r/a", "dest": "p/r/b"}, fails)
    assert model.state == ["p/r/b", "p/q/c"]
    assert model.result is False


def test_defect_a_transition_into_a_region_does_not_enter_the_others() -> None:
    model = triggered("x", {"source": "x", "dest": "p/r/b"})
    assert model.state == "p/r/b"


def test_defect_a_final_state_in_the_last_region_makes_other_regions_fail() -> None:
    final = {"name": "d", "final": True}
    regions = [
        {"name": "r", "initial": "a", "children": ["a", "b"]},
        {"name": "q", "initial": "d", "children": [final]},
    ]
    states = ({"name": "p", "parallel": regions}, "x")
    move = {"source": "p/r/a", "dest": "p/r/b"}
    with pytest.raises(AttributeError, match="scoped_enter"):
        triggered(["p/r/a", "p/q/d"], move, states=states)


def test_a_final_state_in_a_region_is_a_state_like_any_other() -> None:
    regions = (
        State("r", StateKind.COMPOUND, (State("a", transitions=(on("e", "b"),)), State("b"))),
        State("q", StateKind.COMPOUND, (State("d", StateKind.FINAL),)),
    )
    chart = chart_of(State("p", StateKind.PARALLEL, regions))
    steps = ran(chart, [Event("e")])
    assert [seen(one) for one in run_hosted(build(released(chart)), steps)] == list(
        map(seen, steps)
    )
    losses = TARGETS["transitions"](released(chart)).losses
    assert "finals-in-regions" in {loss.code for loss in losses}


def test_defect_states_are_entered_level_by_level() -> None:
    model = triggered("x", {"source": "x", "dest": "p"})
    assert model.called == ["p", "r", "q", "a", "c"]


def test_defect_a_transition_into_its_source_does_not_leave_it() -> None:
    states = (logged("c", initial="a", children=["a", "b"]), "x")
    model = triggered("c/a", {"source": "c", "dest": "c/b"}, states=states)
    assert model.state == "c/b"
    assert model.called == []


def test_defect_a_transition_between_regions_changes_one_of_them() -> None:
    model = triggered(IN_BOTH, {"source": "p/r/a", "dest": "p/q/d"})
    assert model.state == ["p/r/a", "p/q/d"]


def test_defect_underscores_separate_names_unless_told_otherwise() -> None:
    config = {
        "states": [{"name": "ask_age"}, "b"],
        "transitions": [{"trigger": "e", "source": "ask_age", "dest": "b"}],
        "initial": "b",
    }
    model = Watched("ask_age")
    with pytest.raises((KeyError, ValueError)):
        machine_of(config, "_").trigger_event(model, "e")
    machine_of(config, "/").trigger_event(model, "e")
    assert model.state == "b"


def test_defect_the_first_states_are_not_entered() -> None:
    model = Watched("x")
    config = {"states": [logged("x")], "transitions": [], "initial": "x", "send_event": True}
    machine_of(config, "/").add_model(model)
    assert model.state == "x"
    assert model.called == []


# The configuration as text


class Host:
    """What somebody writes for a configuration: here, CEL for the guards, and no more."""

    def __init__(self, document: dict[str, Any], data: dict[str, Any]) -> None:
        self.state = START
        self.data = data
        self.called: list[str] = []
        self._document = document

    def __getattr__(self, name: str) -> Any:
        if name in self._document["guards"]:
            return lambda _: evaluate(parse(self._document["guards"][name]), self.data)
        if name in self._document["actions"]:
            return lambda _: self.called.append(name)
        raise AttributeError(name)


def test_a_configuration_is_plain_data_that_the_library_takes() -> None:
    export = TARGETS["transitions"](released(LIFT))
    ((name, text),) = export.files.items()
    document = json.loads(text)
    assert name == "test.transitions.json"
    machine = machine_of(document["machine"], document["separator"])
    host = Host(document, {"n": 3})
    machine.trigger_event(host, START)
    assert (host.state, host.called) == ("lift/1|going_up", ["enter_lift_1"])
    machine.trigger_event(host, "stop")
    machine.trigger_event(host, EVENTLESS)
    assert host.state == "out_of/order"
    assert document["guards"] == {"guard_lift_1_still_here_0": "n > 2"}
    assert document["actions"] == {"enter_lift_1": ["n = n + 1"]}


@pytest.mark.parametrize(("stem", "flow"), CONVERSATIONS, ids=str)
def test_the_configuration_of_an_example_names_all_that_it_needs(stem: str, flow: Path) -> None:
    compilation, _, _ = played(stem, flow)
    document = json.loads(next(iter(TARGETS["transitions"](compilation.release()).files.values())))
    machine = machine_of(document["machine"], document["separator"])
    host = Host(document, {})
    machine.trigger_event(host, START)
    for transition in document["machine"]["transitions"]:
        assert set(transition.get("conditions", ())) <= document["guards"].keys()
        assert set(transition.get("before", ())) <= document["actions"].keys()
    assert host.state.startswith("~talk")
