"""What is done to a session from outside: its data are patched, it is ended, or it is repaired.

An intervention is an event with a reserved name, and takes a turn like any other, so that a session
is still what its start and its events have made of it. Timers that are due fire first. The chart
does not see the event as such: what follows from a patch are eventless transitions that it enables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from statewright.errors import InvalidEvent
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Incident
from statewright.statechart.event import Event
from statewright.statechart.interventions.migrating import MIGRATE, migrated
from statewright.statechart.interventions.patching import patch
from statewright.statechart.interventions.repairs import (
    RESUME,
    RETRY,
    SKIP,
    check_active,
    resumed,
    retried,
    skipped,
)
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.acceptance import accepted
from statewright.statechart.stepping.algorithm import check_belongs, macrostep, settle, turn
from statewright.statechart.stepping.microsteps import exit_interpreter
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Macrostep

PATCH: Final = "session.patch"
"""The event that changes variables of the session; its data are the updates."""

END: Final = "session.end"
"""The event that ends the session; its data are ``{"outcome": text}``, or nothing."""

ENDED: Final = "ended"
"""The outcome of a session that was ended without one."""


def handled(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Handle an event, or an intervention. Never refuses one because the session is over.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        InvalidEvent: the event is not usable; what resumes a session needs one that has failed.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    over = snapshot.status is not Status.ACTIVE and not event.invocation
    if over and event.name != RESUME:
        return unheard(chart, snapshot, event)
    if event.invocation:
        event = _named_as_awaited(snapshot, event)
    return _INTERVENTIONS.get(event.name, macrostep)(chart, snapshot, event)


def _named_as_awaited(snapshot: Snapshot, event: Event) -> Event:
    """A result under the name that its work has now: the session may have been migrated since."""
    for pending in snapshot.invocations:
        if pending.id == event.invocation:
            for kind in ("done.invoke.", "error.communication."):
                if event.name.startswith(kind):
                    return replace(event, name=f"{kind}{pending.name}")
    return event


def patched(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Change variables of the session.

    The event's data are a merge patch (RFC 7396): variable → new value; null unsets it; a map is
    merged into the map that is there, key by key. A value is coerced to the declared type.

    Raises:
        ForeignSnapshot, InvalidSnapshot: as for ``macrostep``.
        SessionEnded: the session is over.
        InvalidEvent: the data are no map, name no variable of the session, or do not fit; nothing
            is changed then.
    """
    check_active(chart, snapshot)
    checked = accepted(event)
    if type(checked.data) is not dict:
        raise InvalidEvent("a patch is a map from variables to values")

    def handle(working: Working) -> None:
        patch(working, checked.data)
        settle(working, checked)

    return turn(chart, snapshot, event, handle)


def ended(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """End the session where it stands: exit actions run, timers and invocations are cancelled.

    Raises:
        ForeignSnapshot, InvalidSnapshot: as for ``macrostep``.
        SessionEnded: the session is over already.
        InvalidEvent: the event's data are neither nothing nor ``{"outcome": text}``.
    """
    check_active(chart, snapshot)
    match accepted(event).data:
        case None:
            outcome = ENDED
        case {"outcome": str(outcome), **rest} if not rest:
            pass
        case _:
            raise InvalidEvent("what ends a session carries an `outcome`, a text, or nothing")

    def handle(working: Working) -> None:
        working.event = event
        working.running = False
        working.status = Status.COMPLETED
        working.outcome = outcome
        exit_interpreter(working)

    return turn(chart, snapshot, event, handle)


def unheard(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """A turn of a session that is over: it is counted, and recorded, and nothing else.

    For events that were taken in before it was known that nobody would hear them.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        InvalidEvent: the event is not usable.
    """
    check_belongs(chart, snapshot)
    name = accepted(event).name
    after = replace(snapshot, turns=snapshot.turns + 1, now=max(snapshot.now, event.now))
    incident = Incident("ended", "", f"`{name}` came after the session had {snapshot.status}")
    return Macrostep(event, (), after, (), (incident,))


_INTERVENTIONS: Final[Mapping[str, Callable[[Statechart, Snapshot, Event], Macrostep]]] = (
    MappingProxyType(
        {
            PATCH: patched,
            END: ended,
            RETRY: retried,
            SKIP: skipped,
            RESUME: resumed,
            MIGRATE: migrated,
        }
    )
)
"""Reserved names of events → what handles them; any other event is for the chart."""
