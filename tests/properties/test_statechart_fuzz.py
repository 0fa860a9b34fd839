"""Bad input: whatever comes in, what comes out is a value or one of our errors, never a surprise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.errors import StatewrightError
from statewright.statechart import (
    Event,
    Snapshot,
    Statechart,
    awaiting,
    chart_from_json,
    chart_to_json,
    effect_from_json,
    event_from_json,
    macrostep,
    parse_script,
    play,
    release_from_json,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from tests.properties.statecharts import charts, events

QUICK = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEWER = settings(QUICK, max_examples=30)

READERS: tuple[Callable[[str | bytes], object], ...] = (
    chart_from_json,
    snapshot_from_json,
    event_from_json,
    effect_from_json,
    release_from_json,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(("", "a", "s1", "\x00", "\ud800", "$", "done.a", "*", "compound", "tick"))
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("$", "id", "name", "a", "\udfff")), inner, max_size=3)
    ),
    max_leaves=8,
)


def quietly(action: Callable[[], object]) -> None:
    """Do something that may fail, but only with an error of ours, which can be printed."""
    try:
        action()
    except StatewrightError as error:
        str(error).encode()


@QUICK
@given(st.binary(max_size=60) | st.text(max_size=60) | anything.map(json.dumps))
def test_readers_take_any_text(text: str | bytes) -> None:
    for read in READERS:
        quietly(lambda read=read: read(text))  # type: ignore[misc]  # a default keeps the loop's value


@QUICK
@given(anything)
def test_scripts_take_any_value(value: Any) -> None:
    quietly(lambda: parse_script(value))
    quietly(lambda: parse_script([value]))


@st.composite
def broken(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value in which one part is replaced, or is gone."""
    if isinstance(value, (dict, list)) and value and draw(st.integers(0, 9)):
        copy = value.copy()
        key = draw(st.sampled_from(sorted(copy) if isinstance(copy, dict) else range(len(copy))))
        if draw(st.integers(0, 7)):
            copy[key] = draw(broken(copy[key]))
        else:
            del copy[key]
        return copy
    return draw(anything)


@FEWER
@given(st.data())
def test_a_snapshot_that_was_tampered_with_is_refused_or_runs(data: st.DataObject) -> None:
    chart = data.draw(charts())
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    for event in data.draw(events()):
        if snapshot.status == "active":
            snapshot = stepped(chart, snapshot, event)
    tampered = data.draw(broken(json.loads(snapshot_to_json(snapshot))))
    told = data.draw(events())

    def run() -> None:
        state = snapshot_from_json(json.dumps(tampered))
        awaiting(chart, state)
        for event in told:
            state = stepped(chart, state, event)
        snapshot_to_json(state)

    quietly(run)


def stepped(chart: Statechart, snapshot: Snapshot, event: Event) -> Snapshot:
    return macrostep(chart, snapshot, event).snapshot


@FEWER
@given(st.data())
def test_a_chart_that_was_tampered_with_is_refused_or_runs(data: st.DataObject) -> None:
    text = json.dumps(data.draw(broken(json.loads(chart_to_json(data.draw(charts()))))))
    told = data.draw(events())

    def run() -> None:
        chart = chart_from_json(text)
        snapshot = start(chart, session="s", seed="x", now=0).snapshot
        for event in told:
            snapshot = stepped(chart, snapshot, event)
        snapshot_to_json(snapshot)

    quietly(run)


@FEWER
@given(charts(), anything, anything, st.integers(-(2**70), 2**70))
def test_events_may_carry_anything(chart: Statechart, name: Any, data: Any, now: int) -> None:
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    quietly(lambda: macrostep(chart, snapshot, Event(name, data, now)))
    quietly(lambda: macrostep(chart, snapshot, Event("a", data, now, contact={"a": data})))
    quietly(lambda: macrostep(chart, snapshot, Event("a", invocation=name, sendid=name)))
    quietly(lambda: start(chart, session=name, seed=name, now=now, data=data))
    quietly(
        lambda: list(play(chart, parse_script([data]), session="s", seed="x", now=0, data=data))
    )


@pytest.mark.parametrize("read", READERS)
def test_deep_nesting_is_an_error_of_ours(read: Callable[[str | bytes], object]) -> None:
    for text in ("[" * 100_000, '{"a":' * 100_000, '{"data":' + "[" * 900 + "]" * 900 + "}"):
        quietly(lambda text=text: read(text))  # type: ignore[misc]  # a default keeps the loop's value
