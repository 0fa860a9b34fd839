"""Opening hours: when somebody is there, on the days of a week and on single dates.

They are written as a map, which is data like any other::

    {"zone": "Europe/Berlin",
     "days": {"mon-thu": "09:00-17:00", "fri": ["09:00-12:00", "13:00-16:00"]},
     "dates": {"2025-12-24": "09:00-12:00"},
     "holidays": ["12-25", "2026-04-03"]}

Hours are what the clock of the zone shows, whenever it is put forward or back. Hours that end at or
before their beginning end on the next day. What is said of a date goes before what is said of its
day of the week; a date without a year is meant in every year; a holiday is a date without hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.times import zone_from_text
from statewright.expressions.operations.zones import DAY, offset_at, transition_in, wall_at

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS: Final = ("zone", "days", "dates", "holidays")
HORIZON: Final = 400
"""How many days ahead it is looked for the next opening."""

LIMIT: Final = 1_000
"""The most dates, and the most hours of a day, that can be listed."""

_MINUTES: Final = 24 * 60
_HOURS = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}):([0-9]{2})\s*")
_DATE = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_LEAP_YEAR: Final = 2000

Hours = tuple[tuple[int, int], ...]
"""Minutes after midnight from which, and until which, somebody is there; in order."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Opening hours that have been read.

    Attributes:
        zone: whose clock is meant.
        week: the hours of Monday, Tuesday, …
        dates: hours of single dates.
        yearly: hours of dates in every year, by month and day.
    """

    zone: tzinfo
    week: tuple[Hours, ...]
    dates: Mapping[date, Hours]
    yearly: Mapping[tuple[int, int], Hours]

    def on(self, day: date) -> Hours:
        """The hours of a day; those that begin on it."""
        found = self.dates.get(day)
        if found is None:
            found = self.yearly.get((day.month, day.day))
        return self.week[day.weekday()] if found is None else found


# --- what is written ------------------------------------------------------------------------------


def opening_hours_from(written: Any) -> OpeningHours:
    """The opening hours that a map describes.

    Raises:
        EvaluationError: it describes none.
    """
    if not isinstance(written, Mapping):
        raise EvaluationError("opening hours are a map with `zone`, `days`, `dates`, `holidays`")
    for key in written:
        if key not in KEYS:
            raise EvaluationError(f"opening hours have no `{str(key)[:40]}`; they have {KEYS}")
    zone = written.get("zone", "")
    if not isinstance(zone, str):
        raise EvaluationError("the `zone` of opening hours is a text, such as `Europe/Berlin`")
    dates: dict[date, Hours] = {}
    yearly: dict[tuple[int, int], Hours] = {}
    for text, hours in _dated(written):
        year, month, day = _date_from(text)
        if year:
            dates.setdefault(date(year, month, day), hours)
        else:
            yearly.setdefault((month, day), hours)
    return OpeningHours(zone_from_text(zone), _week_from(written.get("days", {})), dates, yearly)


def _dated(written: Mapping[str, Any]) -> Iterator[tuple[Any, Hours]]:
    dates, holidays = written.get("dates", {}), written.get("holidays", ())
    if not isinstance(dates, Mapping):
        raise EvaluationError("the `dates` of opening hours are a map: date → hours")
    if not _is_list(holidays):
        raise EvaluationError("the `holidays` of opening hours are a list of dates")
    if len(dates) + len(holidays) > LIMIT:
        raise EvaluationError(f"opening hours have at most {LIMIT} dates")
    for text, hours in dates.items():
        yield text, _hours_from(hours)
    for text in holidays:
        yield text, ()


def _week_from(written: Any) -> tuple[Hours, ...]:
    if not isinstance(written, Mapping):
        raise EvaluationError("the `days` of opening hours are a map: day → hours")
    week: dict[int, Hours] = {}
    for name, hours in written.items():
        found = _hours_from(hours)
        for day in _days_from(name):
            if day in week:
                raise EvaluationError(f"the hours of `{DAYS[day]}` are said twice")
            week[day] = found
    return tuple(week.get(day, ()) for day in range(len(DAYS)))


def _days_from(name: Any) -> Sequence[int]:
    """The days that a name such as ``mon`` or ``fri-mon`` means."""
    first, _, last = str(name).lower().partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise EvaluationError(f"`{str(name)[:40]}` is no day; write `mon`, `tue` or `mon-fri`")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + (7 if end < begin else 0) + 1)]


def _hours_from(written: Any) -> Hours:
    texts = [written] if isinstance(written, str) else written
    if not _is_list(texts) or len(texts) > LIMIT:
        raise EvaluationError("hours are a text, `09:00-17:00`, or a list of such texts")
    return tuple(sorted(_span_from(text) for text in texts))


def _span_from(text: Any) -> tuple[int, int]:
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise EvaluationError(f"`{str(text)[:40]}` are no hours; write `09:00-17:00`")
    begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    whole = begin < _MINUTES and end <= _MINUTES and int(match[2]) < 60 and int(match[4]) < 60
    if not whole or begin == end:
        raise EvaluationError(
            f"`{text}` are no hours; they run from `00:00` to `24:00` and last some time"
        )
    return begin, end if end > begin else end + _MINUTES


def _date_from(text: Any) -> tuple[int, int, int]:
    match = _DATE.fullmatch(text) if isinstance(text, str) else None
    try:
        if match is not None:
            year = int(match[1] or 0)
            day = date(year if match[1] else _LEAP_YEAR, int(match[2]), int(match[3]))
            return year, day.month, day.day
    except ValueError:
        pass
    shown = "null" if text is None else str(text)[:40]
    raise EvaluationError(f"`{shown}` is no date; write `2025-12-24`, or `12-24`")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


# --- what is asked --------------------------------------------------------------------------------


def is_open(hours: OpeningHours, moment: datetime) -> bool:
    """Whether somebody is there at a moment."""
    wall = wall_at(hours.zone, moment)
    seconds = (wall - datetime.combine(wall.date(), time())) / timedelta(minutes=1)
    if _is_in(hours.on(wall.date()), seconds):
        return True
    return wall.date() > date.min and _is_in(hours.on(wall.date() - DAY), seconds + _MINUTES)


def _is_in(hours: Hours, minute: float) -> bool:
    return any(begin <= minute < end for begin, end in hours)


def next_opening(hours: OpeningHours, moment: datetime) -> datetime:
    """The moment itself if somebody is there, else the one at which somebody is there again.

    Raises:
        EvaluationError: nobody is within ``HORIZON`` days.
    """
    for begin, _ in _openings(hours, moment):
        return max(begin, moment)
    raise _never("open")


def next_closing(hours: OpeningHours, moment: datetime) -> datetime:
    """The end of the opening that a moment is in, or else of the next one.

    Raises:
        EvaluationError: there is none within ``HORIZON`` days.
    """
    for _, end in _openings(hours, moment):
        if end < moment + HORIZON * DAY:
            return end
    raise _never("close")


def open_for(hours: OpeningHours, moment: datetime, span: timedelta) -> datetime:
    """The moment by which somebody will have been there for a time, from a moment on.

    Raises:
        EvaluationError: it is not within ``HORIZON`` days, or the time is negative.
    """
    if span < timedelta(0):
        raise EvaluationError("the time to be open for is not negative")
    left = span
    for begin, end in _openings(hours, moment):
        here = max(begin, moment)
        if left <= end - here:
            return here + left
        left -= end - here
    raise EvaluationError(f"these hours are not open for so long within {HORIZON} days")


def _never(what: str) -> EvaluationError:
    return EvaluationError(f"these hours do not {what} within {HORIZON} days")


Opening = tuple[datetime, datetime]


def _openings(hours: OpeningHours, moment: datetime) -> Iterator[Opening]:
    """The openings, in order, that end after a moment, each as long as it lasts."""
    if not any(hours.week) and not any((*hours.dates.values(), *hours.yearly.values())):
        return
    begin: datetime | None = None
    end = moment
    for first, last in _pieces(hours, moment):
        if begin is not None and first <= end:
            end = max(end, last)
            continue
        if begin is not None and end > moment:
            yield begin, end
        begin, end = first, last
    if begin is not None and end > moment:
        yield begin, end


def _pieces(hours: OpeningHours, moment: datetime) -> Iterator[Opening]:
    """The openings, in order, cut where a day of UTC ends or the clock is put."""
    start = moment
    try:
        for _ in range(HORIZON + 1):
            stop = start + DAY
            put = transition_in(hours.zone, start, stop)
            if put is not None and put < stop:
                yield from _between(hours, start, put)
                yield from _between(hours, put, stop)
            else:
                yield from _between(hours, start, stop)
            start = stop
    except OverflowError:  # the end of the calendar
        return


def _between(hours: OpeningHours, start: datetime, stop: datetime) -> Iterator[Opening]:
    """The openings between two moments between which the clock is not put."""
    offset = offset_at(hours.zone, start)
    first = (start + offset).date()
    last = (stop + offset).date()
    day = first - DAY
    found: list[Opening] = []
    while day <= last:
        midnight = datetime.combine(day, time(), UTC) - offset
        for begin, end in hours.on(day):
            opens = max(midnight + timedelta(minutes=begin), start)
            closes = min(midnight + timedelta(minutes=end), stop)
            if opens < closes:
                found.append((opens, closes))
        day += DAY
    yield from sorted(found)
