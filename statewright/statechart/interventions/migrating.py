"""The event by which a session goes on in another chart.

It carries the state that the session has there, so that a history replays without the plan that was
made once. The turn belongs to the new chart, and so do those behind it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from statewright.errors import InvalidEvent
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import Event
from statewright.statechart.forms.codec import digest_of, snapshot_to_json
from statewright.statechart.interventions.carrying import carried, map_of
from statewright.statechart.migration.moving import Moved
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.algorithm import settle, turn
from statewright.statechart.stepping.microsteps import microstep
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.nodes import Arc
from statewright.statechart.structure.tree import tree_of

MIGRATE: Final = "session.migrate"
"""The event that moves a session to another version of its flow; its data are ``{"from", "to",
"snapshot", "enter"}``: the versions, the state that it has there, and the state that it enters anew
or ``""``."""


def migrating(moved: Moved, before: int, after: int) -> Event:
    """The event that moves a session from one version to another."""
    data = {
        "from": before,
        "to": after,
        "snapshot": snapshot_to_json(moved.snapshot),
        "enter": moved.enter,
    }
    return Event(MIGRATE, data)


def migrated(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Let a session go on in this chart.

    No time passes for a session that goes on where it was: timers that were due fire with the next
    event. What is entered anew is entered from nowhere, now; timers and work that was pending then
    are given up.

    Args:
        chart: what it runs from now on.
        snapshot: where it stands, in whatever chart that was.
        event: carries where it stands in this one.

    Raises:
        InvalidEvent: the state is none of the session, or none of this chart.
    """
    there = _carried(chart, snapshot, event)
    enter = map_of(event).get("enter", "")
    tree = tree_of(chart)
    if enter and enter not in tree.nodes:
        raise InvalidEvent(f"chart `{chart.name}` has no state `{ascii(enter)[1:-1][:200]}`")

    def handle(working: Working) -> None:
        if enter:
            working.family.turn = snapshot.turns + 1
            working.event = event
            _give_up_work(working)
            target = tree.nodes[enter]
            arc = Arc(f"{MIGRATE}#{enter}", tree.root, (target,), None, (), False, ())
            arc.domain = tree.root
            microstep(working, [arc], None)
        settle(working, event)

    now = event.now if enter else there.now
    given = Event(event.name, None, now, contact=event.contact, tenant=event.tenant)
    # Before its start, a session rests in no state; so does one that enters its first state anew.
    from_ = replace(there, turns=0 if enter else snapshot.turns)
    step = turn(chart, from_, given, handle)
    if not step.snapshot.configuration:
        raise InvalidEvent(f"the session does not come to rest where it enters `{enter}`")
    return replace(step, event=event)


def _give_up_work(working: Working) -> None:
    working.node = working.tree.root
    family = working.family
    for pending in family.invocations:
        working.request(EffectKind.CANCEL, {"invocation": pending.id})
    family.invocations = ()


def _carried(chart: Statechart, before: Snapshot, event: Event) -> Snapshot:
    there = carried(event)
    if there.session != before.session:
        raise InvalidEvent(f"the state is that of session `{there.session}`, not of this one")
    if there.digest != digest_of(chart):
        raise InvalidEvent(f"the state is none of the chart `{chart.name}`")
    return there
