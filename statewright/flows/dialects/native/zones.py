"""Time zones that authors name."""

from __future__ import annotations

from zoneinfo import available_timezones

from statewright.errors import EvaluationError
from statewright.expressions.operations.times import zone_from_text
from statewright.flows.nearest import did_you_mean
from statewright.flows.parts import Part


def checked_zone(zone: str, part: Part) -> str:
    """The name of a time zone, or ``""``; one that there is not is reported."""
    try:
        zone_from_text(zone)
    except EvaluationError as error:
        known = did_you_mean(zone, available_timezones())
        part.report("R004", error.reason, known or "write `Europe/Berlin`, or `+02:00`")
        return ""
    return zone
