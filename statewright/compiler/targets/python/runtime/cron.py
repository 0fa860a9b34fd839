"""Cron expressions on ordinary days: what cronsim knows of them, for where it is not installed.

Source: https://github.com/cuu508/cronsim (version 2.8), of which this has what
``expressions.schedules`` asks: five fields, and local times without a zone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

_YEARS: Final = 50
"""How far ahead is looked."""

_LAST: Final = -1000
_LAST_WEEKDAY: Final = -1001
"""Days of a month that have no number."""

_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Weekday = int | tuple[int, int]
"""From Sunday, which is 0 and 7; with a number, the so-manieth of a month; or the last one."""


class CronError(Exception):
    """A field is wrong; says which one."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one field may hold."""

    name: str
    least: int
    most: int
    words: Mapping[str, int]

    def error(self) -> CronError:
        """What is raised where it holds anything else."""
        return CronError(f"Bad {self.name}")

    def count(self, text: str) -> int:
        """A number that is written in digits."""
        if not (text.isascii() and text.isdigit()):
            raise self.error()
        return int(text)

    def value(self, text: str) -> int:
        """One value: a number or a word."""
        found = self.words[text] if text in self.words else self.count(text)
        if not self.least <= found <= self.most:
            raise self.error()
        return found

    def values(self, text: str) -> set[int]:
        """All that a field without commas names."""
        if text == "*":
            return set(range(self.least, self.most + 1))
        if "/" in text:
            term, _, step = text.partition("/")
            return self.steps(self.values(term), self.count(step))
        if "-" in text:
            first, last = map(self.value, text.split("-", 1))
            if last < first:
                raise self.error()
            return set(range(first, last + 1))
        return {self.value(text)}

    def steps(self, values: set[int], step: int) -> set[int]:
        """Some of these values; of a single one and all behind it."""
        if step == 0:
            raise self.error()
        if len(values) == 1:
            (first,) = values
            return values if first < 0 else set(range(first, self.most + 1, step))
        return set(sorted(values)[::step])


@dataclass(frozen=True, slots=True)
class DaysOfMonth(Field):
    """The field for days, which may name the last one."""

    def values(self, text: str) -> set[int]:
        """All that the field without commas names; the last days are below zero."""
        named = {"L": _LAST, "LW": _LAST_WEEKDAY}.get(text)
        return Field.values(self, text) if named is None else {named}


_MONTHS: Final = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MINUTE: Final = Field("minute", 0, 59, {})
_HOUR: Final = Field("hour", 0, 23, {})
_DAY: Final = DaysOfMonth("day-of-month", 1, 31, {})
_MONTH: Final = Field("month", 1, 12, {name: n for n, name in enumerate(_MONTHS, 1)})
_WEEKDAY: Final = Field("day-of-week", 0, 7, {name: n for n, name in enumerate(_WEEKDAYS)})


class Cron:
    """The local times, after one of them, that an expression of five fields matches.

    Raises:
        CronError: a field is wrong.
    """

    def __init__(self, expression: str, after: datetime) -> None:
        minute, hour, day, month, weekday = expression.upper().split()
        self.after = after.replace(microsecond=0)
        # As in Debian's cron: a day has to match both fields where one begins with a star.
        self.both = day.startswith("*") or weekday.startswith("*")
        self.minutes = sorted(_listed(_MINUTE, minute))
        self.hours = sorted(_listed(_HOUR, hour))
        self.days = _listed(_DAY, day)
        self.months = _listed(_MONTH, month)
        self.weekdays: set[Weekday] = set()
        for term in weekday.split(","):
            self.weekdays |= _weekdays(term)
        longest = max(_LENGTHS[number - 1] for number in self.months)
        if self.both and min(self.days) > longest:
            raise _DAY.error()

    def __iter__(self) -> Iterator[datetime]:
        begin = self.after + timedelta(seconds=1)
        while True:
            found = self._first(begin)
            if found is None:
                return
            yield found
            begin = found + timedelta(seconds=1)

    def _first(self, begin: datetime) -> datetime | None:
        """The first match that is not before a time."""
        day, earliest = begin.date(), begin.time()
        while day.year <= begin.year + _YEARS:
            if day.month not in self.months:
                day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
                earliest = time()
                continue
            if self._matches(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        if time(hour, minute) >= earliest:
                            return datetime.combine(day, time(hour, minute))
            day += timedelta(days=1)
            earliest = time()
        return None

    def _matches(self, day: date) -> bool:
        among = (self._is_day(day), self._is_weekday(day))
        return all(among) if self.both else any(among)

    def _is_day(self, day: date) -> bool:
        weekday, length = monthrange(day.year, day.month)
        over = max(0, (weekday + length - 1) % 7 - 4)  # how far the last day is from a Friday
        named = {_LAST: length, _LAST_WEEKDAY: length - over}
        return any(named.get(one, one) == day.day for one in self.days)

    def _is_weekday(self, day: date) -> bool:
        length = monthrange(day.year, day.month)[1]
        for number in (day.isoweekday(), day.isoweekday() % 7):
            last = day.day + 7 > length and (number, _LAST) in self.weekdays
            if last or not self.weekdays.isdisjoint({number, (number, (day.day + 6) // 7)}):
                return True
        return False


def _listed(field: Field, text: str) -> set[int]:
    """All that a field names."""
    found: set[int] = set()
    for term in text.split(","):
        found |= field.values(term)
    return found


def _weekdays(term: str) -> set[Weekday]:
    """Days of the week, one of a month (``5#2``), or the last one (``5L``)."""
    if "L" in term:
        return {(_WEEKDAY.value(str(_WEEKDAY.count(term[:-1]))), _LAST)}
    if "#" in term:
        day, _, count = term.partition("#")
        number = _WEEKDAY.count(count)
        if not 1 <= number <= 5:
            raise _WEEKDAY.error()
        return {(_WEEKDAY.value(day), number)}
    return set(_WEEKDAY.values(term))
