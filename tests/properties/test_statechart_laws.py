"""Laws that hold for every chart and every conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from statewright.errors import SessionEnded
from statewright.statechart import (
    Event,
    Macrostep,
    Snapshot,
    State,
    Statechart,
    StateKind,
    Status,
    awaiting,
    chart_from_json,
    chart_to_json,
    event_from_json,
    event_to_json,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.effects import EffectKind
from tests.properties.statecharts import TOO_LONG, Traits, charts, events, families

SLOW = settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PLAIN = Traits(guards=False, actions=False, invocations=False)
TIMED = Traits(invocations=False)
EVERY = charts() | families()


def begun(chart: Statechart) -> Macrostep:
    return start(chart, session="s", seed="x", now=0)


def heard(snapshot: Snapshot, event: Event) -> Event:
    """The event; where it stands for a result, that of the oldest invocation."""
    if event.name != "result":
        return event
    if not snapshot.invocations:
        return replace(event, name="a")
    pending = snapshot.invocations[0]
    return replace(event, name=f"done.invoke.{pending.name}", invocation=pending.id)


def conversation(chart: Statechart, said: list[Event]) -> Iterator[Macrostep]:
    """Every step of a session, as long as it runs."""
    step = begun(chart)
    yield step
    for event in said:
        if step.snapshot.status is not Status.ACTIVE:
            return
        step = macrostep(chart, step.snapshot, heard(step.snapshot, event))
        yield step


@SLOW
@given(said=events(), chart=EVERY)
def test_the_configuration_is_always_legal(chart: Statechart, said: list[Event]) -> None:
    for step in conversation(chart, said):
        if step.snapshot.configuration or step.snapshot.status is Status.ACTIVE:
            check_legal(chart, step.snapshot)
        awaiting(chart, step.snapshot)


def check_legal(chart: Statechart, snapshot: Snapshot) -> None:
    """SCXML 3.11: one child of the root and of each compound state, all of each parallel one."""
    active = set(snapshot.configuration)
    assert len(active) == len(snapshot.configuration)
    order = list(names(chart.states))
    assert list(snapshot.configuration) == [name for name in order if name in active]
    seen = set(check_one(chart.states, active))
    assert seen == active
    assert set(snapshot.data) <= active | {""}
    assert set(snapshot.floor) <= active
    for invocation in snapshot.invocations:
        assert invocation.owner or invocation.state in active
    check_families(chart, snapshot)


def check_families(chart: Statechart, snapshot: Snapshot) -> None:
    """Sessions inside it are legal, were invoked by states that are active, and have an owner."""
    states = {"": set(snapshot.configuration)}
    for child in snapshot.children:
        inside = child.snapshot
        assert child.state in states[child.owner]
        assert (inside.turns, inside.timers, inside.invocations, inside.children) == (0, (), (), ())
        check_legal(chart.charts[child.chart], inside)
        states[child.path] = set(inside.configuration)
    assert {timer.owner for timer in snapshot.timers} <= states.keys()
    assert {invocation.owner for invocation in snapshot.invocations} <= states.keys()


def check_one(states: tuple[State, ...], active: set[str]) -> Iterator[str]:
    (only,) = [state for state in states if state.id in active]
    yield from check_inside(only, active)


def check_inside(state: State, active: set[str]) -> Iterator[str]:
    assert state.id in active
    assert "history" not in state.kind
    yield state.id
    if state.kind is StateKind.COMPOUND:
        yield from check_one(state.states, active)
    if state.kind is StateKind.PARALLEL:
        for child in state.states:
            if "history" not in child.kind:
                yield from check_inside(child, active)


def names(states: tuple[State, ...]) -> Iterator[str]:
    for state in states:
        yield state.id
        yield from names(state.states)


@SLOW
@given(said=events(), chart=EVERY)
def test_a_session_that_goes_through_json_does_the_same(
    chart: Statechart, said: list[Event]
) -> None:
    copy = chart_from_json(chart_to_json(chart))
    assert copy == chart
    step = begun(chart)
    for event in said:
        snapshot = step.snapshot
        back = snapshot_from_json(snapshot_to_json(snapshot))
        assert back == snapshot
        if snapshot.status is not Status.ACTIVE:
            with pytest.raises(SessionEnded):
                macrostep(chart, back, event)
            return
        event = heard(snapshot, event)  # noqa: PLW2901 - the event that it stands for
        step = macrostep(chart, snapshot, event)
        again = macrostep(copy, back, event_from_json(event_to_json(event)))
        assert again == step
        assert snapshot_to_json(again.snapshot) == snapshot_to_json(step.snapshot)


@SLOW
@given(said=events(), chart=EVERY)
def test_a_session_replays_to_the_same_bytes(chart: Statechart, said: list[Event]) -> None:
    first = [snapshot_to_json(step.snapshot) for step in conversation(chart, said)]
    second = [snapshot_to_json(step.snapshot) for step in conversation(chart, said)]
    assert first == second


@SLOW
@given(said=events(), chart=EVERY)
def test_a_snapshot_that_was_handed_out_never_changes(chart: Statechart, said: list[Event]) -> None:
    kept = [
        (step, snapshot_to_json(step.snapshot), repr(step.effects))
        for step in conversation(chart, said)
    ]
    for step, text, effects in kept:
        assert snapshot_to_json(step.snapshot) == text
        assert repr(step.effects) == effects


@SLOW
@given(said=events(), chart=EVERY)
def test_every_effect_has_an_id_of_its_own(chart: Statechart, said: list[Event]) -> None:
    ids = [effect.id for step in conversation(chart, said) for effect in step.effects]
    assert len(ids) == len(set(ids))


@SLOW
@given(
    said=events(),
    moments=st.lists(st.integers(0, 30), max_size=6),
    chart=charts(TIMED) | families(TIMED),
)
def test_it_makes_no_difference_when_the_clock_looks(
    chart: Statechart, said: list[Event], moments: list[int]
) -> None:
    ticks = [Event("tick", None, moment) for moment in moments]
    ticked = sorted([*said, *ticks], key=lambda event: event.now)
    until = Event("tick", None, 40)
    plain = list(conversation(chart, [*said, until]))
    often = list(conversation(chart, [*ticked, until]))
    for step in (*plain, *often):
        assume(all(incident.name != TOO_LONG for incident in step.incidents))
    assert timeless(plain[-1].snapshot) == timeless(often[-1].snapshot)
    assert spoken(plain) == spoken(often)


def timeless(snapshot: Snapshot) -> Snapshot:
    """What does not depend on how often the clock looked, and on when it looked last."""
    return replace(snapshot, turns=0, now=0)


def spoken(steps: list[Macrostep]) -> list[Any]:
    return [
        effect.data for step in steps for effect in step.effects if effect.kind is EffectKind.SAY
    ]


@SLOW
@given(said=events(), chart=charts(PLAIN))
def test_document_order_and_depth_decide_conflicts(chart: Statechart, said: list[Event]) -> None:
    step = begun(chart)
    for event in said:
        if step.snapshot.status is not Status.ACTIVE or event.name == "tick":
            continue
        before = step.snapshot
        event = heard(before, event)  # noqa: PLW2901 - the event that it stands for
        step = macrostep(chart, before, event)
        expected = by_the_book(chart, before, event.name)
        if all(incident.name != TOO_LONG for incident in step.incidents):
            taken = step.microsteps[0].transitions if step.microsteps else ()
            assert list(taken) == expected


def by_the_book(chart: Statechart, snapshot: Snapshot, event: str) -> list[str]:
    """``selectTransitions`` and ``removeConflictingTransitions`` of appendix D, with plain sets."""
    book = Book(chart, snapshot)
    enabled: list[str] = []
    for state in book.atomic():
        for around in (state, *book.around(state)):
            found = book.enabled(around, event)
            if found is not None:
                if found not in enabled:
                    enabled.append(found)
                break
    kept: list[str] = []
    for one in enabled:
        beaten = [other for other in kept if book.exits(one) & book.exits(other)]
        if all(book.source(other) in book.around(book.source(one)) for other in beaten):
            kept = [*(other for other in kept if other not in beaten), one]
    return kept


class Book:
    """A chart and a configuration, looked up the slow way."""

    def __init__(self, chart: Statechart, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.states: dict[str, State] = {}
        self.parents: dict[str, str] = {}
        self.read("", chart.states)

    def read(self, parent: str, states: tuple[State, ...]) -> None:
        for state in states:
            self.states[state.id] = state
            self.parents[state.id] = parent
            self.read(state.id, state.states)

    def atomic(self) -> list[str]:
        return [name for name in self.snapshot.configuration if not self.states[name].states]

    def around(self, name: str) -> list[str]:
        parent = self.parents[name]
        return [parent, *self.around(parent)] if parent else []

    def source(self, transition: str) -> str:
        return transition.rpartition("#")[0]

    def enabled(self, name: str, event: str) -> str | None:
        tokens = event.split(".")
        for number, transition in enumerate(self.states[name].transitions):
            for descriptor in transition.events:
                wanted = descriptor.split(".")
                if descriptor == "*" or tokens[: len(wanted)] == wanted:
                    return f"{name}#{number}"
        return None

    def exits(self, transition: str) -> set[str]:
        source, _, number = transition.rpartition("#")
        taken = self.states[source].transitions[int(number)]
        targets = [one for name in taken.targets for one in self.effective(name)]
        if not targets:
            return set()
        if (
            taken.kind == "internal"
            and self.states[source].kind is StateKind.COMPOUND
            and all(source in self.around(target) for target in targets)
        ):
            domain = source
        else:
            domain = next(
                (
                    name
                    for name in self.around(source)
                    if self.states[name].kind is StateKind.COMPOUND
                    and all(name in self.around(target) for target in targets)
                ),
                "",
            )
        active = self.snapshot.configuration
        return {name for name in active if not domain or domain in self.around(name)}

    def effective(self, name: str) -> list[str]:
        state = self.states[name]
        if "history" not in state.kind:
            return [name]
        if name in self.snapshot.history:
            return list(self.snapshot.history[name].states)
        return list(state.initial.targets) if state.initial else []
