"""What comes of a turn, be it at its end or given up."""

from __future__ import annotations

from dataclasses import replace

from statewright.statechart.effects import Incident
from statewright.statechart.event import Event
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.bounds import OutOfBoundsError
from statewright.statechart.stepping.cycle import cycle_in
from statewright.statechart.stepping.watching import unkept
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Macrostep

_made = maker(Macrostep)


def macrostep_of(working: Working, event: Event) -> Macrostep:
    """What came of a turn that has ended."""
    family = working.family
    return _made(
        event,
        tuple(family.microsteps),
        working.snapshot(),
        tuple(family.effects),
        tuple(family.incidents),
    )


def abandoned(
    working: Working, before: Snapshot, event: Event, error: OutOfBoundsError
) -> Macrostep:
    """What is left of a turn that goes on for ever: its whole macrosteps, and a failed session."""
    family = working.family
    reached, steps, effects, incidents = family.reached or (before, 0, 0, 0)
    states = cycle_in(family.microsteps)
    message = str(error)
    if states:
        message += "; it goes round through " + ", ".join(f"`{state}`" for state in states)
    snapshot = replace(
        reached,
        turns=family.turn,
        now=max(before.now, event.now),
        status=Status.FAILED,
    )
    incident = Incident("error.limit", states[0] if states else "", message)
    kept = family.incidents[: max(incidents, 100)]
    return Macrostep(
        event,
        tuple(family.microsteps[:steps]),
        snapshot,
        tuple(family.effects[:effects]),
        (*kept, incident, *unkept(working.tree.chart, snapshot)),
    )
