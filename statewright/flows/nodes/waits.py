"""Nodes that wait for time to pass."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source
from statewright.statechart.sourcemap import NOWHERE, Location


class InHours(StrEnum):
    """What the business hours of the flow have to do with a delay."""

    NOTHING = ""
    ENDS = "ends"
    """It ends within them: where it would end outside, when they begin again."""
    COUNTS = "counts"
    """Only the time within them counts."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Waits: for a time, or until a moment. What has passed already is not waited for.

    Either ``for`` says how long, or ``until`` says till when.

    Attributes:
        duration: microseconds, or a CEL expression that gives a duration or seconds.
        until: CEL that gives a moment, or a text that is read as ``date`` is.
        date: a date, or a date and a time, as ``schedule.at`` reads it.
        zone: whose clock dates are of, or ``""`` for that of the flow.
        hours: what the business hours of the flow have to do with it.
        hours_at: where that is said.
    """

    duration: int | Source | None = None
    until: Source | None = None
    date: Source | None = None
    zone: str = ""
    hours: InHours = InHours.NOTHING
    hours_at: Location = NOWHERE
    kind: ClassVar[str] = "delay"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Waits until a schedule fires next.

    Attributes:
        cron: a cron expression, as ``schedule.next`` reads it.
        zone: whose clock is meant, or ``""`` for that of the flow.
    """

    cron: Source
    zone: str = ""
    kind: ClassVar[str] = "schedule"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)
