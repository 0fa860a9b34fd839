"""Schedules: when a cron expression fires next in a time zone.

What an expression means on an ordinary day is for cronsim (https://github.com/cuu508/cronsim) to
say, which is given local times and told of no zone. What happens when the clock is put forward or
back is decided here, as Debian's cron does it (``man 8 cron``, "Daylight Saving Time"):

- Where the minute or the hour begins with ``*``, it fires whenever the clock shows a time that
  matches: in an hour that comes twice, both times; in one that is left out, never.
- Else it is meant for certain times of day and fires once for each: at a time that comes twice,
  the first time; at one that is left out, as soon as the clock has been put forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from cronsim import CronSim, CronSimError

from statewright.errors import EvaluationError
from statewright.expressions.operations.zones import DAY, moments_of, transition_in, wall_at

MACROS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""Short names of expressions, as in ``man 5 crontab``."""

LENGTH: Final = 200
"""The most characters that an expression may have."""

_FIELDS: Final = 5
_FORM: Final = "minute, hour, day of the month, month, day of the week"
_BEGIN: Final = datetime.combine(date(2000, 1, 1), time())


def next_run(cron: str, zone: tzinfo, after: datetime) -> datetime:
    """When a cron expression fires next, in UTC: after a moment, and not at it.

    Raises:
        EvaluationError: it is no cron expression, or never fires within fifty years.
    """
    expression = _expanded(cron)
    minute, hour = expression.split()[:2]
    often = minute.startswith("*") or hour.startswith("*")
    try:
        return _matching(expression, zone, after) if often else _once(expression, zone, after)
    except (OverflowError, StopIteration):
        raise EvaluationError(f"`{cron[:LENGTH]}` never fires within fifty years") from None


def checked_cron(cron: str) -> str:
    """A cron expression that can fire.

    Raises:
        EvaluationError: it is none.
    """
    next_run(cron, UTC, _BEGIN.replace(tzinfo=UTC))
    return cron


def _expanded(cron: str) -> str:
    """The expression with its five fields; whatever is wrong with it is said."""
    if len(cron) > LENGTH:
        raise EvaluationError(f"a cron expression has at most {LENGTH} characters")
    expression = MACROS.get(cron.strip().lower(), cron)
    if len(expression.split()) != _FIELDS:
        raise EvaluationError(f"`{cron}` is no cron expression; it has five fields: {_FORM}")
    try:
        CronSim(expression, _BEGIN)
    except (CronSimError, ValueError, AssertionError) as error:
        if _has_fields(expression):
            raise EvaluationError(
                f"`{cron}` never fires: no month that it names has such a day"
            ) from None
        what = str(error).removeprefix("Bad ") if isinstance(error, CronSimError) else ""
        reason = f"its {what} is wrong" if what else f"its fields are: {_FORM}"
        raise EvaluationError(f"`{cron}` is no cron expression: {reason}") from None
    return expression


def _has_fields(expression: str) -> bool:
    """Whether each field is right by itself, where together they are not: in any month."""
    minute, hour, day, month, weekday = expression.split()
    try:
        CronSim(f"{minute} {hour} {day} * {weekday}", _BEGIN)
        CronSim(f"{minute} {hour} * {month} {weekday}", _BEGIN)
    except (CronSimError, ValueError, AssertionError):
        return False
    return True


def _walls(expression: str, after: datetime) -> Iterator[datetime]:
    """The local times that match, after one of them, in order."""
    return iter(CronSim(expression, after))


def _matching(expression: str, zone: tzinfo, after: datetime) -> datetime:
    """The first moment at which the clock shows what matches."""
    found = _first(expression, zone, after, wall_at(zone, after))
    # When the clock is put back soon, times come again that it has shown before.
    put = transition_in(zone, after, after + DAY)
    if put is not None and put <= found:
        shown = wall_at(zone, put) - timedelta(microseconds=1)
        found = min(found, _first(expression, zone, after, shown))
    return found


def _first(expression: str, zone: tzinfo, after: datetime, wall: datetime) -> datetime:
    """The first moment that is after another one and shows what matches, behind a local time."""
    walls = _walls(expression, wall)
    while True:
        for moment in moments_of(zone, next(walls)):
            if moment > after:
                return moment


def _once(expression: str, zone: tzinfo, after: datetime) -> datetime:
    """The first moment that stands for a local time which matches."""
    walls = _walls(expression, wall_at(zone, after))
    while True:
        wall = next(walls)
        moments = moments_of(zone, wall)
        moment = moments[0] if moments else _put_forward(zone, wall)
        if moment > after:
            return moment


def _put_forward(zone: tzinfo, wall: datetime) -> datetime:
    """The moment at which the clock is put forward over a local time."""
    near = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    put = transition_in(zone, near - DAY, near)
    return near if put is None else put
