"""Machines for XState 5: they type-check, and do what our engine does."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.compiler.targets import TARGETS
from statewright.expressions import Computed, Literal, parse
from statewright.statechart import (
    Datum,
    Event,
    Invoke,
    State,
    Statechart,
    StateKind,
    Transition,
    parse_script,
    play,
)
from statewright.statechart.actions import Assign, Cancel, Raise, Say, Send
from tests.compiler.node_tools import NodeTools
from tests.compiler.xstate_runs import (
    STRUCTURAL,
    before_guard_errors,
    exported,
    has_no_end,
    ran,
    run_in_xstate,
    seen,
    seen_in_xstate,
)
from tests.properties import statecharts
from tests.properties.statecharts import Traits

EXAMPLES = Path(__file__).parents[2] / "examples"
CHARTS = int(os.environ.get("STATEWRIGHT_CHARTS", "30"))
"""How many random charts are compared."""


def assert_same(
    node: NodeTools,
    chart: Statechart,
    events: list[Event],
    *,
    rehydrate: bool = False,
) -> None:
    """Our engine and XState are in the same states with the same data after every event."""
    steps = before_guard_errors(chart, ran(chart, events))
    if steps:
        answers = run_in_xstate(node, chart, steps, rehydrate=rehydrate)
        for step, answer in zip(steps, answers, strict=True):
            assert answer["failure"] is None
            assert seen_in_xstate(answer, chart) == seen(step)


def on(event: str, *targets: str, guard: str | None = None, **more: Any) -> Transition:
    condition = None if guard is None else parse(guard)
    return Transition(targets, (event,) if event else (), condition, **more)


def chart_of(*states: State, data: tuple[Datum, ...] = (), **more: Any) -> Statechart:
    return Statechart("test", states, data=data, **more)


def sends(*names: str) -> list[Event]:
    return [Event(name, {"value": 1}, now) for now, name in enumerate(names)]


# Examples

DAY = "Date.parse(`${x.variable('day')}T00:00:00Z`)"
STUBS = {
    "timestamp(day + 'T00:00:00Z') <= now": f"{DAY} * 1000 <= now",
    "timestamp(day + 'T00:00:00Z') > now + duration('2160h')": f"{DAY} > now / 1000 + 7776e6",
    "timestamp(day + 'T00:00:00Z').getDayOfWeek() in [0, 6]": (
        f"[0, 6].includes(new Date({DAY}).getUTCDay())"
    ),
    "timestamp(day + 'T00:00:00Z').getDayOfWeek() == 6 ? 'Saturday' : 'Sunday'": (
        f"new Date({DAY}).getUTCDay() === 6 ? 'Saturday' : 'Sunday'"
    ),
}
"""What somebody writes by hand for the expressions of ``appointment-booking``."""

NEW_YEAR = 1_767_225_600_000_000
"""When the conversations of the examples begin."""


SCRIPTS = [
    script
    for script in sorted(EXAMPLES.glob("*.script.yaml"))
    if (EXAMPLES / f"{script.name.split('.')[0]}.yaml").exists()
]


@pytest.mark.parametrize("flow", SCRIPTS, ids=lambda path: path.name.split(".script")[0])
def test_a_conversation_with_an_example_goes_the_same_way(node: NodeTools, flow: Path) -> None:
    stem = flow.name.removesuffix(".script.yaml")
    given_data, fixtures = (
        yaml.safe_load(path.read_text()) if path.exists() else None
        for path in (EXAMPLES / f"{stem}.data.yaml", EXAMPLES / f"{stem}.fixtures.yaml")
    )
    source = flows.read(EXAMPLES / f"{stem.split('.')[0]}.yaml")
    chart = compiler.compile(source).release().statechart
    script = parse_script(yaml.safe_load(flow.read_text()))
    turns = play(
        chart, script, session="s", seed="s", now=NEW_YEAR, data=given_data, fixtures=fixtures
    )
    steps = [turn.macrostep for turn in turns]
    losses = exported(chart).losses
    stubs = {loss.place.expression: STUBS.get(loss.place.expression) for loss in losses}
    written = {text: code for text, code in stubs.items() if code}
    answers = run_in_xstate(node, chart, steps, data=given_data, stubs=written)
    for step, answer in zip(steps, answers, strict=True):
        ours, theirs = seen(step), seen_in_xstate(answer, chart)
        if any(loss.code == "draw" for loss in losses):
            assert len(ours.pop("said")) == len(theirs.pop("said"))
        assert theirs == ours


def test_exported_modules_type_check(node: NodeTools, tmp_path: Path) -> None:
    files: dict[str, str] = dict(exported(oddly_named_chart()).files)
    for flow in sorted(path for path in EXAMPLES.glob("*.yaml") if path.suffixes == [".yaml"]):
        files |= TARGETS["xstate"](compiler.compile(flows.read(flow)).release()).files
    assert node.type_check(tmp_path, files) == ""


# Random charts

ACTIONS = tuple(action for action in statecharts.ACTIONS if "draw" not in repr(action))
TRAITS = Traits(
    invocations=False,
    guard_texts=(
        "n < 3",
        "n % 2 == 0",
        "In('s1')",
        "has(vars.x) && x == 1",
        "n > 1 || missing",
        "event.data.value > 1 || false",
    ),
    action_pool=ACTIONS,
)
WITHOUT_TIME = replace(
    TRAITS,
    action_pool=tuple(one for one in ACTIONS if not isinstance(one, (Send, Cancel))),
)
"""Timers are lost when XState restores a snapshot, which is one of the losses."""


def mended(chart: Statechart) -> Statechart | None:
    """The chart without what XState is known to do otherwise; None where little would be left."""
    chart = replace(chart, deferred=())
    for _ in range(20):
        losses = [loss for loss in exported(chart).losses if loss.code in STRUCTURAL]
        if not losses:
            return chart
        if any(loss.code == "nested-parallel-done" for loss in losses):
            return None
        places = {loss.place.transition or loss.place.state for loss in losses}
        initial = None if "" in places else chart.initial
        states = tuple(_without(state, places) for state in chart.states)
        chart = replace(chart, states=states, initial=initial)
    return None


def _without(state: State, places: set[str]) -> State:
    """The state without transitions, initial transitions and variables that are lost."""
    lost = state.id in places
    initial = state.initial
    if lost and initial is not None:
        initial = replace(initial, actions=()) if "history" in state.kind else None
    return replace(
        state,
        states=tuple(_without(child, places) for child in state.states),
        transitions=tuple(
            transition
            for number, transition in enumerate(state.transitions)
            if f"{state.id}#{number}" not in places
        ),
        initial=initial,
        data=() if lost else state.data,
    )


def calmed(chart: Statechart, events: list[Event]) -> Statechart:
    """The chart, with less in it that starts again by itself, if it would never rest."""
    for calm in (_eventful, _silent):
        if not has_no_end(ran(chart, events)):
            break
        chart = replace(chart, states=tuple(map(calm, chart.states)))
    return chart


def _eventful(state: State) -> State:
    kept = tuple(transition for transition in state.transitions if transition.events)
    return replace(state, states=tuple(map(_eventful, state.states)), transitions=kept)


def _silent(state: State) -> State:
    blocks = tuple(
        tuple(one for one in block if not isinstance(one, (Raise, Send))) for block in state.entry
    )
    return replace(state, states=tuple(map(_silent, state.states)), entry=blocks)


def some_charts(traits: Traits) -> st.SearchStrategy[Statechart]:
    return statecharts.charts(traits=traits).map(mended).filter(bool).map(_certain)


def _certain(chart: Statechart | None) -> Statechart:
    assert chart is not None
    return chart


def some_events() -> st.SearchStrategy[list[Event]]:
    names = st.sampled_from((*statecharts.EVENTS, "a", "b", "tick"))
    steps = st.lists(
        st.tuples(names, st.integers(0, 4), st.integers(0, 3)), min_size=4, max_size=10
    )
    return steps.map(statecharts._timed)


CAMPAIGN = settings(
    max_examples=CHARTS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


@CAMPAIGN
@given(some_charts(TRAITS), some_events())
def test_random_charts_run_the_same(
    node: NodeTools, chart: Statechart, events: list[Event]
) -> None:
    chart = calmed(chart, events)
    if not has_no_end(ran(chart, events)):
        assert_same(node, chart, events)


@CAMPAIGN
@given(some_charts(WITHOUT_TIME), some_events())
def test_random_charts_run_the_same_when_restored_before_every_event(
    node: NodeTools, chart: Statechart, events: list[Event]
) -> None:
    chart = calmed(chart, events)
    if not has_no_end(ran(chart, events)):
        assert_same(node, chart, events, rehydrate=True)


# What XState has words of its own for


def test_an_external_transition_to_itself_enters_again(node: NodeTools) -> None:
    count = (Assign(("n",), Computed(parse("n + 1"))),)
    chart = chart_of(
        State(
            "s",
            StateKind.COMPOUND,
            (State("inner"), State("other")),
            transitions=(on("a", "s"), on("b", "inner"), on("c")),
            entry=(count,),
        ),
        data=(Datum("n", "int", Literal(0)),),
    )
    assert_same(node, chart, sends("a", "b", "c", "a"))


def oddly_named_chart() -> Statechart:
    names = [
        *("1", "10", "2", "a.b", "a b", "#x", "*", "constructor", "__proto__", "toString", "é"),
        *('"quoted"', "back\\slash", "new\nline", "</script>", "${x}", "`", "test", "a_b", "{}"),
    ]
    states = tuple(
        State(
            name,
            transitions=(on("next", names[(n + 1) % len(names)]),),
            entry=((Say(Literal(name)),),),
        )
        for n, name in enumerate(names)
    )
    variables = ("__proto__", "a b", "constructor")
    return chart_of(*states, data=tuple(Datum(name, value=Literal(name)) for name in variables))


def test_names_of_every_sort_are_names_in_xstate(node: NodeTools) -> None:
    chart = oddly_named_chart()
    assert_same(node, chart, sends(*["next"] * len(chart.states)))


def test_descriptors_are_tried_in_document_order_not_by_their_length(node: NodeTools) -> None:
    chart = chart_of(
        State(
            "s",
            transitions=(
                on("*", "star", guard="event.data.value == 2"),
                on("a", "short"),
                on("a.b", "long"),
            ),
        ),
        State("star"),
        State("short"),
        State("long"),
    )
    for name in ("a", "a.b", "a.b.c", "ab", "x"):
        for value in (1, 2):
            assert_same(node, chart, [Event(name, {"value": value})])


def test_a_timer_of_a_state_is_an_after_transition_and_others_are_delayed_events(
    node: NodeTools,
) -> None:
    timed = State(
        "timed",
        entry=((Send("late", delay=Literal(2_000_000), id="t"),),),
        exit=((Cancel("t"),),),
        transitions=(on("late", "other"), on("again", "timed")),
    )
    other = State("other", entry=((Send("much.later", delay=Literal(1_500)),),))
    chart = chart_of(timed, replace(other, transitions=(on("much", "timed"),)))
    config = json.loads(exported(chart).files["test.machine.json"])
    assert config["states"]["timed"]["after"] == {"2000": [{"target": "#other"}]}
    events = [
        Event("again", None, 1_000_000),
        *(Event("tick", None, n * 500_000) for n in range(3, 9)),
    ]
    assert_same(node, chart, events)


def test_results_of_invocations_are_on_done_and_on_error(node: NodeTools) -> None:
    call = Invoke("call", "http", Computed(parse("{'url': 'https://example.org/' + name}")))
    chart = chart_of(
        State(
            "s",
            invocations=(call,),
            transitions=(
                on("done.invoke.call", "ok", guard="event.data.status == 200"),
                on("error.communication.call", "broken", guard="event.data.code == 'timeout'"),
                on("done.invoke", "odd"),
            ),
        ),
        *(State(name) for name in ("ok", "broken", "odd")),
        data=(Datum("name", "string", Literal("ada")),),
    )
    export = exported(chart)
    config = json.loads(export.files["test.machine.json"])
    assert set(config["states"]["s"]["invoke"][0]) == {"id", "src", "onDone", "onError"}
    first = ran(chart, [])
    assert_same(node, chart, [])
    for name, data in (
        ("done.invoke.call", {"status": 200}),
        ("done.invoke.call", {"status": 404}),
        ("error.communication.call", {"code": "timeout", "message": "too late"}),
    ):
        (waiting,) = first[0].snapshot.invocations
        assert_same(node, chart, [Event(name, data, invocation=waiting.id)])


def test_the_end_of_a_session_says_how_it_ended(node: NodeTools) -> None:
    chart = chart_of(
        State("s", transitions=(on("a", "won"), on("b", "lost"))),
        State("won", StateKind.FINAL, donedata=Computed(parse("{'n': 1 + 1}")), outcome="booked"),
        State("lost", StateKind.FINAL, failed=True),
    )
    outputs = []
    for name in ("a", "b"):
        steps = ran(chart, sends(name))
        outputs.append(run_in_xstate(node, chart, steps)[-1]["output"])
    assert outputs == [
        {"outcome": "booked", "failed": False, "output": {"n": 2}},
        {"outcome": "", "failed": True, "output": None},
    ]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (
            (
                State(
                    "p", StateKind.PARALLEL, (State("a", transitions=(on("x", "b"),)), State("b"))
                ),
            ),
            "parallel-domain",
        ),
        (
            (
                State(
                    "p",
                    StateKind.PARALLEL,
                    (State("a", transitions=(on("x"),)), State("b")),
                    transitions=(on("x"),),
                ),
            ),
            "outer-transitions",
        ),
        (
            (
                State(
                    "c",
                    StateKind.COMPOUND,
                    (
                        State("h", StateKind.DEEP_HISTORY, initial=Transition(("a",))),
                        State("a", transitions=(on("x", "h"),)),
                    ),
                ),
            ),
            "history-from-inside",
        ),
        (
            (
                State(
                    "c",
                    StateKind.COMPOUND,
                    (State("d", StateKind.COMPOUND, (State("a"), State("b"))),),
                    initial=Transition(("b",)),
                ),
            ),
            "initial-inside",
        ),
        (
            (State("s", transitions=(on("error.execution.guard", "s"), on("x", guard="y"))),),
            "guard-errors",
        ),
        ((State("s", transitions=(on("x", guard="timestamp(y) < now"),)),), "expression"),
        ((State("s", entry=((Send("x", delay=Literal(5)),),)),), "timers-on-restore"),
    ],
)
def test_what_xstate_does_otherwise_is_a_loss_with_a_place(
    states: tuple[State, ...], code: str
) -> None:
    losses = [loss for loss in exported(chart_of(*states)).losses if loss.code == code]
    assert losses
    assert losses[0].what
    assert losses[0].instead


def test_a_plain_chart_loses_nothing() -> None:
    chart = chart_of(
        State("off", transitions=(on("toggle", "on"),)),
        State("on", transitions=(on("toggle", "off", guard="has(event.data.force)"),)),
    )
    assert exported(chart).losses == ()


def test_large_charts_are_written_in_little_time() -> None:
    states = tuple(
        State(
            f"s{n}",
            transitions=(on("next", f"s{(n + 1) % 2000}", guard="n < 3"),),
            entry=((Send(f"late{n}", delay=Literal(1_000), id=f"late{n}"),),),
            exit=((Cancel(f"late{n}"),),),
        )
        for n in range(2000)
    )
    export = exported(chart_of(*states, data=(Datum("n", "int", Literal(0)),)))
    assert len(json.loads(export.files["test.machine.json"])["states"]) == 2000


def test_descriptors_that_match_longer_ids_are_a_loss() -> None:
    inner = State("a.b", StateKind.COMPOUND, (State("fi", StateKind.FINAL),))
    leave = Transition(("z",), ("done.state.a",))
    chart = Statechart("c", (State("a", StateKind.COMPOUND, (inner,), None, (leave,)), State("z")))
    losses = exported(chart).losses
    assert [one.place.state for one in losses if one.code == "id-prefixes"] == ["a"]
