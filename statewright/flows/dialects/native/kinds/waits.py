"""Waiting for time to pass."""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal

from pydantic import Field

from statewright.errors import EvaluationError
from statewright.expressions.functions.schedules import local_time
from statewright.expressions.operations.schedules import checked_cron
from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.relations import Relations, has, one_of, where
from statewright.flows.dialects.native.shapes import Duration, Expression, Moment, Text, Words
from statewright.flows.dialects.native.zones import checked_zone
from statewright.flows.nodes import Delay, InHours, Schedule
from statewright.statechart.sourcemap import NOWHERE

_IS_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9].*)?").fullmatch
"""Whether a text is meant as a date; as an expression it would be a number."""

_WAYS: Final = ("duration", "for", "until")


class DelayNode(PassingShape):
    """Waits: for a time, or until a moment."""

    relations: ClassVar[Relations] = (
        *one_of(*_WAYS),
        where(has("until"), {"properties": {"business_hours": {"const": "ends"}}}),
    )
    type: Literal["delay"]
    duration: Duration | None = Field(None, description="How long.")
    for_: Expression | None = Field(
        None, alias="for", description="How long: CEL that gives a duration, or seconds."
    )
    until: Moment | None = Field(
        None, description="Until when: a date, `2025-12-24 18:00`, or CEL that gives a timestamp."
    )
    zone: Text = Field("", description="The time zone of dates; by default that of the flow.")
    business_hours: Literal["ends", "counts"] | None = Field(
        None,
        description=(
            "`ends`: it ends within the business hours of the flow, or when they begin again. "
            "`counts`: only the time within them counts."
        ),
    )


class ScheduleNode(PassingShape):
    """Waits until a schedule fires next."""

    type: Literal["schedule"]
    cron: Words = Field(
        description="Five fields: minute, hour, day of the month, month, day of the week."
    )
    zone: Text = Field("", description="Whose clock is meant; by default that of the flow.")


def read_delay(node: DelayNode, box: Box) -> Delay:
    """How long, or until when."""
    part = box.part
    box.ways(node.next)
    zone = checked_zone(node.zone, part["zone"])
    written = [key for key in _WAYS if key in part.value]
    if not written:
        help_ = "say how long, `duration: 5m` or `for: days`, or until when: `until: 2025-12-24`"
        part["duration"].report("R005", "`duration`, `for` or `until` is missing", help_)
    for key in written[1:]:
        message = f"`{key}` stands beside `{written[0]}`"
        part[key].report("R004", message, "remove one", at_key=True)
    hours = InHours(node.business_hours or "")
    at = part["business_hours"].key_location if hours else NOWHERE
    if hours is InHours.COUNTS and written[:1] == ["until"]:
        help_ = "write `ends`, or say how long with `duration`"
        part["business_hours"].report("R004", "a delay until a moment counts no time", help_)
    until = None if node.until is None else source_from(node.until, part["until"])
    if until is None:
        length = None if node.for_ is None else source_from(node.for_, part["for"])
        return Delay(length or node.duration or 0, zone=zone, hours=hours, hours_at=at)
    if not _IS_DATE(until.text.strip()):
        return Delay(until=until, zone=zone, hours=hours, hours_at=at)
    try:
        local_time(until.text.strip(), zone)
    except EvaluationError as error:
        part["until"].report("R004", error.reason, "write it like `2025-12-24 18:00`")
    return Delay(date=until, zone=zone, hours=hours, hours_at=at)


def read_schedule(node: ScheduleNode, box: Box) -> Schedule:
    """When it fires."""
    part = box.part
    box.ways(node.next)
    try:
        checked_cron(node.cron)
    except EvaluationError as error:
        part["cron"].report("R004", error.reason, "for example `0 9 * * mon-fri`")
    return Schedule(source_from(node.cron, part["cron"]), checked_zone(node.zone, part["zone"]))
