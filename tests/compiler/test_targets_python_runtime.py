"""The interpreter of stand-alone modules, as it stands in this package, does what ours does."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from statewright.compiler.targets.python.runtime import service
from statewright.compiler.targets.python.runtime.running import interpret
from statewright.compiler.targets.python.runtime.running import macrostep as their_macrostep
from statewright.compiler.targets.python.runtime.waiting import awaiting_of
from statewright.errors import InvalidEvent, InvalidSnapshot, SessionEnded
from statewright.statechart import (
    Event,
    Statechart,
    Status,
    awaiting,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from tests.compiler.standalone import machine_of
from tests.properties.rules import watched
from tests.properties.statecharts import charts, events, families
from tests.properties.test_statechart_laws import heard

SLOW = settings(
    deadline=None,
    max_examples=int(os.environ.get("STATEWRIGHT_CHARTS", "80")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(chart=charts() | families(), said=events())
def test_it_does_what_ours_does_with_random_charts(chart: Statechart, said: list[Event]) -> None:
    check_same(chart, said)


def check_same(chart: Statechart, said: list[Event]) -> None:
    machine = machine_of(chart)
    step = start(chart, session="s", seed="x", now=0)
    theirs = interpret(machine, session="s", seed="x", now=0)
    assert theirs == step
    for one in said:
        if step.snapshot.status is not Status.ACTIVE:
            with pytest.raises(SessionEnded):
                their_macrostep(machine, theirs.snapshot, one)
            return
        check_awaiting(chart, machine, step.snapshot)
        event = heard(step.snapshot, one)
        reread = snapshot_from_json(snapshot_to_json(theirs.snapshot))
        step = macrostep(chart, step.snapshot, event)
        theirs = their_macrostep(machine, theirs.snapshot, event)
        assert theirs == step
        assert snapshot_to_json(theirs.snapshot) == snapshot_to_json(step.snapshot)
        assert their_macrostep(machine, reread, event) == step


@settings(SLOW, max_examples=SLOW.max_examples // 2)
@given(chart=charts().flatmap(watched), said=events())
def test_it_watches_rules_as_ours_does(chart: Statechart, said: list[Event]) -> None:
    check_same(chart, said)


def check_awaiting(chart: Statechart, machine: Any, snapshot: Any) -> None:
    ours, theirs = awaiting(chart, snapshot), awaiting_of(machine, snapshot)
    assert (ours is None) is (theirs is None)
    if ours is not None and theirs is not None:
        names = ("kind", "node", "state", "owner", "due")
        assert [theirs[name] for name in names] == [getattr(ours, name) for name in names]
        assert theirs["choices"] == list(ours.choices)
        assert [one["id"] for one in theirs["effects"]] == [one.id for one in ours.effects]


def test_the_door_that_stands_where_a_module_has_its_chart_opens_and_shuts() -> None:
    begun = service.start(session="s", seed="x", now=0)
    assert begun.configuration == ("closed",)
    pushed = service.step(begun.snapshot, {"name": "push", "now": 1})
    assert pushed.configuration == ("open",)
    assert service.awaiting(pushed.snapshot) is None
    assert json.loads(pushed.snapshot)["turns"] == 2


def test_a_snapshot_that_was_changed_by_hand_is_refused() -> None:
    begun = service.start(session="s", seed="x", now=0)
    for wrong in ('["open","closed"]', '["nowhere"]', "[]"):
        changed = begun.snapshot.replace('["closed"]', wrong)
        with pytest.raises(InvalidSnapshot):
            service.step(changed, {"name": "push", "now": 1})


def test_an_event_with_an_unknown_key_is_refused() -> None:
    begun = service.start(session="s", seed="x", now=0)
    with pytest.raises(InvalidEvent, match="`'nmae'`"):
        service.step(begun.snapshot, {"name": "push", "nmae": "pull"})
