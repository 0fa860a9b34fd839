"""Times of calendars and clocks: schedules, local times, opening hours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import (
    Duration,
    Timestamp,
    coarse_duration,
    coarse_timestamp,
)
from statewright.expressions.operations.opening_hours import (
    is_open,
    next_closing,
    next_opening,
    open_for,
    opening_hours_from,
)
from statewright.expressions.operations.schedules import next_run
from statewright.expressions.operations.times import timestamp_from_text, zone_from_text
from statewright.expressions.operations.zones import moment_of
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import BOOL, DURATION, MAP, STRING, TIMESTAMP, CelType

_LOCAL: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
_SEARCH: Final = 5_000
"""Steps of the budget that are paid for looking through a calendar."""


def local_time(text: str, zone: str) -> Timestamp:
    """The moment that a text means in a zone; one with an offset of its own means that.

    Raises:
        EvaluationError: it means none.
    """
    match = _LOCAL.fullmatch(text)
    if match is None:
        return timestamp_from_text(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        wall = datetime.combine(date(year, month, day), time(hour, minute, second))
    except ValueError:
        raise EvaluationError(f"no such time: {text[:60]!r}") from None
    return moment_of(zone_from_text(zone), wall)


def _next(cron: str, zone: str, after: Timestamp) -> datetime:
    return next_run(cron, zone_from_text(zone), coarse_timestamp(after))


def _is_open(written: Any, moment: Timestamp) -> bool:
    return is_open(opening_hours_from(written), coarse_timestamp(moment))


def _next_opening(written: Any, moment: Timestamp) -> Timestamp:
    # What is open now is open at this very moment, however fine it is.
    return max(next_opening(opening_hours_from(written), coarse_timestamp(moment)), moment)


def _next_closing(written: Any, moment: Timestamp) -> datetime:
    return next_closing(opening_hours_from(written), coarse_timestamp(moment))


def _open_for(written: Any, moment: Timestamp, span: Duration) -> datetime:
    hours = opening_hours_from(written)
    return open_for(hours, coarse_timestamp(moment), coarse_duration(span))


def _search(*_: object) -> int:
    return _SEARCH


def _asked(name: str, *more: CelType, gives: CelType, by: Callable[..., Any]) -> Overload:
    """A question that opening hours are asked."""
    return Overload(name, (MAP, *more), gives, by, member=True, deep=True, price=_search)


SCHEDULES: Final[tuple[Overload, ...]] = (
    function("schedule.at", (STRING, STRING), TIMESTAMP, local_time),
    function("schedule.next", (STRING, STRING, TIMESTAMP), TIMESTAMP, _next, price=_search),
    _asked("isOpen", TIMESTAMP, gives=BOOL, by=_is_open),
    _asked("nextOpening", TIMESTAMP, gives=TIMESTAMP, by=_next_opening),
    _asked("nextClosing", TIMESTAMP, gives=TIMESTAMP, by=_next_closing),
    _asked("openFor", TIMESTAMP, DURATION, gives=TIMESTAMP, by=_open_for),
)
"""When something is to be done."""
