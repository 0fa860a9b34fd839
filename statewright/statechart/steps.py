"""What a macrostep hands back: the new snapshot, the requests to the world, and how it went."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.statechart.effects import Effect, Incident
from statewright.statechart.event import Event
from statewright.statechart.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Microstep:
    """One set of transitions, taken together.

    Attributes:
        event: the event that enabled them, or None for eventless ones and for the start.
        transitions: their ids (``state#n``), in document order of the states that chose them.
        exited: ids of the states that were left, in that order.
        entered: ids of the states that were entered, in that order.
        owner: the path of the session that took them: ``""``, or one that was invoked.
    """

    event: Event | None
    transitions: tuple[str, ...]
    exited: tuple[str, ...]
    entered: tuple[str, ...]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Macrostep:
    """What became of one event.

    Attributes:
        event: the event that was handled.
        microsteps: how it went, in order; empty where the event changed nothing.
        snapshot: the session afterwards.
        effects: what the host is to do, in order.
        incidents: what went wrong on the way, and what the chart logged, in order.
    """

    event: Event
    microsteps: tuple[Microstep, ...]
    snapshot: Snapshot
    effects: tuple[Effect, ...]
    incidents: tuple[Incident, ...]
