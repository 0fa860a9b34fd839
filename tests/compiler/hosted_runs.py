"""Random charts for other libraries: the same events for our engine and for theirs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.compiler.targets import Loss
from statewright.compiler.targets.hosting import Hosted
from statewright.expressions import Computed, parse
from statewright.statechart import (
    Datum,
    Event,
    Macrostep,
    State,
    Statechart,
    StateKind,
    Transition,
    parse_script,
    play,
    snapshot_from_json,
    snapshot_to_json,
)
from statewright.statechart.actions import Cancel, Send
from statewright.statechart.structure.traversal import states_in
from tests.properties import statecharts
from tests.properties.statecharts import Traits

EXAMPLES = Path(__file__).parents[2] / "examples"
NEW_YEAR = 1_767_225_600_000_000
"""When the conversations of the examples begin."""

CHARTS = int(os.environ.get("STATEWRIGHT_CHARTS", "60"))
"""How many random charts are compared."""

CAMPAIGN = settings(
    max_examples=CHARTS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    # Charts are large, and shrinking one takes minutes: only a campaign finds the smallest.
    phases=tuple(Phase) if "STATEWRIGHT_CHARTS" in os.environ else (Phase.explicit, Phase.generate),
)

HOSTED = Traits(charts=())
"""Charts with all that a hosted session does: only child charts are lost."""

WRITTEN = replace(
    HOSTED,
    invocations=False,
    guard_texts=(
        "n < 3",
        "n % 2 == 0",
        "In('s1')",
        "has(vars.x) && x == 1",
        "n < 3 || x == 1",
        "event.data.value > 1 || false",
        "!(n == 2) && n <= 3",
    ),
    action_pool=tuple(
        one
        for one in statecharts.ACTIONS
        if not isinstance(one, (Send, Cancel)) and "draw" not in repr(one)
    ),
)
"""Charts without what the class that is written is known to lose."""


def chart_of(*states: State, data: tuple[Datum, ...] = (), **more: Any) -> Statechart:
    return Statechart("test", states, data=data, **more)


def on(event: str, *targets: str, guard: str | None = None, **more: Any) -> Transition:
    condition = None if guard is None else parse(guard)
    return Transition(targets, (event,) if event else (), condition, **more)


def computed(text: str) -> Computed:
    return Computed(parse(text))


def some_charts(traits: Traits) -> st.SearchStrategy[Statechart]:
    return statecharts.charts(traits=traits).map(lambda chart: replace(chart, limit=300))


def some_events() -> st.SearchStrategy[list[Event]]:
    names = st.sampled_from((*statecharts.EVENTS, "a", "b", "tick"))
    steps = st.lists(st.tuples(names, st.integers(0, 4), st.integers(0, 3)), min_size=3, max_size=8)
    return steps.map(statecharts._timed)


def conversations() -> Iterator[tuple[str, Path]]:
    """The scripts of the examples, with the flows that they are of."""
    for script in sorted(EXAMPLES.glob("*.script.yaml")):
        flow = EXAMPLES / f"{script.name.split('.')[0]}.yaml"
        if flow.exists():
            yield script.name.removesuffix(".script.yaml"), flow


CONVERSATIONS = tuple(conversations())


def played(stem: str, flow: Path) -> tuple[compiler.Compilation, list[Macrostep], Any]:
    """An example, what our engine does with its script, and the data that it starts with."""
    data, fixtures = (
        yaml.safe_load(path.read_text()) if path.exists() else None
        for path in (EXAMPLES / f"{stem}.data.yaml", EXAMPLES / f"{stem}.fixtures.yaml")
    )
    compilation = compiler.compile(flows.read(flow))
    script = parse_script(yaml.safe_load((EXAMPLES / f"{stem}.script.yaml").read_text()))
    turns = play(
        compilation.release().statechart,
        script,
        session="s",
        seed="s",
        now=NEW_YEAR,
        data=data,
        fixtures=fixtures,
    )
    return compilation, [turn.macrostep for turn in turns], data


def run_hosted(
    hosted: Hosted,
    steps: Sequence[Macrostep],
    *,
    now: int = 0,
    data: Any = None,
    rehydrate: bool = False,
) -> list[Macrostep]:
    """What another library makes of the events of these steps.

    With ``rehydrate``, the snapshot goes through JSON between every two events.
    """
    session, first = hosted.start(session="s", seed="s", now=now, data=data)
    found = [first]
    for step in steps[1:]:
        if rehydrate:
            session = hosted.restored(snapshot_from_json(snapshot_to_json(session.snapshot)))
        found.append(session.handle(step.event))
    return found


def mended(
    chart: Statechart, losses_of: Callable[[Statechart], Iterable[Loss]]
) -> Statechart | None:
    """The chart without what a library is known to do otherwise; None where that has no end."""
    for _ in range(20):
        places = {loss.place.transition or loss.place.state for loss in losses_of(chart)}
        if not places:
            return chart
        states = tuple(_without(state, places) for state in chart.states)
        chart = replace(chart, states=states, initial=None if "" in places else chart.initial)
    return None


def _without(state: State, places: set[str]) -> State:
    lost = state.id in places
    return replace(
        state,
        states=tuple(_without(child, places) for child in state.states),
        transitions=tuple(
            transition
            for number, transition in enumerate(state.transitions)
            if f"{state.id}#{number}" not in places
        ),
        initial=None if lost and "history" not in state.kind else state.initial,
    )


def has_regions(chart: Statechart) -> bool:
    return any(state.kind is StateKind.PARALLEL for state in states_in(chart))


def without_actions(chart: Statechart) -> Statechart:
    """The chart without what shows the order in which regions react."""
    return replace(chart, states=tuple(map(_silent, chart.states)))


def _silent(state: State) -> State:
    asking = ("In(", "draw")
    transitions = tuple(
        replace(one, actions=())
        for one in state.transitions
        if one.guard is None or not any(word in one.guard.text for word in asking)
    )
    states = tuple(map(_silent, state.states))
    return replace(state, states=states, transitions=transitions, entry=(), exit=())
