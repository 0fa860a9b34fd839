"""The parts of timestamps and durations: ``getHours`` and the like.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#timestamps-and-durations
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from statewright.expressions.nanoseconds import (
    EPOCH,
    Duration,
    Timestamp,
    coarse_timestamp,
    nanoseconds_of,
)
from statewright.expressions.operations.times import zone_from_text
from statewright.expressions.overloads import Implementation, Overload, member
from statewright.expressions.types import DURATION, INT, STRING, TIMESTAMP

_DATE_PARTS: Final[Mapping[str, Callable[[datetime], int]]] = {
    "getFullYear": lambda moment: moment.year,
    "getMonth": lambda moment: moment.month - 1,
    "getDate": lambda moment: moment.day,
    "getDayOfMonth": lambda moment: moment.day - 1,
    "getDayOfWeek": lambda moment: moment.isoweekday() % 7,
    "getDayOfYear": lambda moment: moment.timetuple().tm_yday - 1,
    "getHours": lambda moment: moment.hour,
    "getMinutes": lambda moment: moment.minute,
    "getSeconds": lambda moment: moment.second,
    "getMilliseconds": lambda moment: moment.microsecond // 1000,
}
_CALENDAR: Final = timedelta(days=146_097)
"""400 years, after which the calendar repeats itself, weekdays included."""
_SPAN_UNITS: Final[Mapping[str, int]] = {
    "getHours": 3_600_000_000_000,
    "getMinutes": 60_000_000_000,
    "getSeconds": 1_000_000_000,
}


def _in_utc(part: Callable[[datetime], int]) -> Implementation:
    return lambda moment: part(coarse_timestamp(moment).astimezone(UTC))


def _in_zone(part: Callable[[datetime], int]) -> Implementation:
    years = 400 if part is _DATE_PARTS["getFullYear"] else 0

    def read(moment: Timestamp, zone: str) -> int:
        place = zone_from_text(zone)
        try:
            return part(coarse_timestamp(moment).astimezone(place))
        except OverflowError:  # in that zone it is year 0 or 10000, which Python cannot say
            sign = 1 if moment < EPOCH else -1
            repeated = moment.astimezone(UTC) + sign * _CALENDAR
            return part(repeated.astimezone(place)) - sign * years

    return read


def _whole(unit: int) -> Implementation:
    def count(span: Duration) -> int:
        total = nanoseconds_of(span)
        return total // unit if total >= 0 else -(-total // unit)

    return count


def _milliseconds(span: Duration) -> int:
    """The milliseconds within the second, not of the whole span."""
    total = nanoseconds_of(span)
    milliseconds = abs(total) // 1_000_000 % 1000
    return milliseconds if total >= 0 else -milliseconds


def _accessors() -> Iterator[Overload]:
    for name, part in _DATE_PARTS.items():
        yield member(name, (TIMESTAMP,), INT, _in_utc(part))
        yield member(name, (TIMESTAMP, STRING), INT, _in_zone(part))
    for name, unit in _SPAN_UNITS.items():
        yield member(name, (DURATION,), INT, _whole(unit))
    yield member("getMilliseconds", (DURATION,), INT, _milliseconds)


TIMES: Final[tuple[Overload, ...]] = tuple(_accessors())
"""Parts of a timestamp, in UTC or in a zone, and of a duration."""
