"""The clocks of time zones: local times that come twice, and local times that never come.

A zone's clock is put forward or back at a *transition*. Between two of them it runs as UTC does,
so that local times are counted like any others.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from statewright.errors import EvaluationError

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)


def offset_at(zone: tzinfo, moment: datetime) -> timedelta:
    """How far ahead of UTC the clock of a zone is at a moment."""
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def wall_at(zone: tzinfo, moment: datetime) -> datetime:
    """What the clock of a zone shows at a moment: a local time, without its zone.

    Raises:
        EvaluationError: it is before the year 1 or behind the year 9999 there.
    """
    try:
        return moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise EvaluationError("the time is out of range") from None


def transition_in(zone: tzinfo, start: datetime, end: datetime) -> datetime | None:
    """The moment after ``start``, and not after ``end``, at which the clock is put; None if never.

    Both are in UTC and at most a few days apart: two transitions between them that cancel each
    other are not seen. Transitions happen at full seconds.
    """
    before = offset_at(zone, start)
    if offset_at(zone, end) == before:
        return None
    low, high = start.replace(microsecond=0), end.replace(microsecond=0) + SECOND
    while high - low > SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return low + SECOND


def moments_of(zone: tzinfo, wall: datetime) -> tuple[datetime, ...]:
    """The moments at which the clock of a zone shows a local time: one, two or none, in order."""
    moments = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(dict.fromkeys(one for one in moments if wall_at(zone, one) == wall))


def moment_of(zone: tzinfo, wall: datetime) -> datetime:
    """The moment that a local time means (RFC 5545, 3.3.5).

    One that comes twice is the first. One that never comes, because the clock was put forward over
    it, is as long after the last midnight as it would have been without that.

    Raises:
        EvaluationError: it is before the year 1 or behind the year 9999.
    """
    try:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        raise EvaluationError("the time is out of range") from None
