"""Times that are finer than a microsecond.

Python's ``datetime`` and ``timedelta`` count microseconds, CEL counts nanoseconds. A time that is a
whole number of microseconds is a ``datetime`` or ``timedelta``; only one that is not, which takes
a text such as ``…56.123456789Z`` to arise, is one of the classes here. Python's operators work
between the two sorts, in both orders, and give the sort that fits; what is finer is never lost.

>>> fine = duration_from_nanoseconds(1_500)
>>> fine, fine + fine, timedelta(microseconds=2) - fine
(FineDuration(nanoseconds=1500), datetime.timedelta(microseconds=3), FineDuration(nanoseconds=500))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import total_ordering
from typing import Any, Final

from statewright.errors import EvaluationError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
_FINE: Final = 1_000
"""The nanoseconds of a microsecond."""


@total_ordering
@dataclass(frozen=True, slots=True)
class FineDuration:
    """A duration that is no whole number of microseconds."""

    nanoseconds: int

    def __lt__(self, other: object) -> bool:
        if isinstance(other, Duration):
            return self.nanoseconds < nanoseconds_of(other)
        return NotImplemented

    def __neg__(self) -> FineDuration:
        return FineDuration(-self.nanoseconds)

    def __add__(self, other: object) -> Any:
        if isinstance(other, Duration):
            return duration_from_nanoseconds(self.nanoseconds + nanoseconds_of(other))
        if isinstance(other, Timestamp):
            return timestamp_from_nanoseconds(self.nanoseconds + nanoseconds_since_epoch(other))
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        return self + -other if isinstance(other, Duration) else NotImplemented

    def __rsub__(self, other: object) -> Any:
        return -self + other


@total_ordering
@dataclass(frozen=True, slots=True)
class FineTimestamp:
    """A moment that is no whole number of microseconds away from the start of 1970, UTC."""

    nanoseconds: int

    def __lt__(self, other: object) -> bool:
        if isinstance(other, Timestamp):
            return self.nanoseconds < nanoseconds_since_epoch(other)
        return NotImplemented

    def __add__(self, other: object) -> Any:
        if isinstance(other, Duration):
            return timestamp_from_nanoseconds(self.nanoseconds + nanoseconds_of(other))
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        if isinstance(other, Timestamp):
            return duration_from_nanoseconds(self.nanoseconds - nanoseconds_since_epoch(other))
        return self + -other if isinstance(other, Duration) else NotImplemented

    def __rsub__(self, other: object) -> Any:
        if isinstance(other, datetime):
            return duration_from_nanoseconds(nanoseconds_since_epoch(other) - self.nanoseconds)
        return NotImplemented

    def astimezone(self, zone: tzinfo) -> datetime:
        """The moment in a zone; what is finer than a microsecond is cut off."""
        return coarse_timestamp(self).astimezone(zone)


Duration = timedelta | FineDuration
Timestamp = datetime | FineTimestamp


def nanoseconds_of(span: Duration) -> int:
    """A duration as a number of nanoseconds."""
    if isinstance(span, FineDuration):
        return span.nanoseconds
    return span // MICROSECOND * _FINE


def duration_from_nanoseconds(count: int) -> Duration:
    """The duration of so many nanoseconds.

    Raises:
        OverflowError: it is longer than a ``timedelta`` can be.
    """
    micros, rest = divmod(count, _FINE)
    plain = timedelta(microseconds=micros)
    return FineDuration(count) if rest else plain


def nanoseconds_since_epoch(moment: Timestamp) -> int:
    """A moment as the number of nanoseconds since the start of 1970, UTC.

    Raises:
        EvaluationError: it has no time zone.
    """
    if isinstance(moment, FineTimestamp):
        return moment.nanoseconds
    return (aware(moment) - EPOCH) // MICROSECOND * _FINE


def aware(moment: datetime) -> datetime:
    """The moment, if it has a time zone. Without one, Python would take that of this machine.

    Raises:
        EvaluationError: it has none.
    """
    if moment.utcoffset() is None:
        raise EvaluationError("a timestamp has no time zone")
    return moment


def timestamp_from_nanoseconds(count: int) -> Timestamp:
    """The moment so many nanoseconds after the start of 1970, UTC.

    Raises:
        OverflowError: it is before the year 1 or behind the year 9999.
    """
    micros, rest = divmod(count, _FINE)
    plain = EPOCH + timedelta(microseconds=micros)
    return FineTimestamp(count) if rest else plain


def coarse_timestamp(moment: Timestamp) -> datetime:
    """A moment as a ``datetime``; what is finer than a microsecond is cut off.

    Raises:
        EvaluationError: it has no time zone.
    """
    if isinstance(moment, FineTimestamp):
        return EPOCH + timedelta(microseconds=moment.nanoseconds // _FINE)
    return aware(moment)


def coarse_duration(span: Duration) -> timedelta:
    """A duration as a ``timedelta``; what is finer than a microsecond is cut off."""
    if isinstance(span, FineDuration):
        micros = abs(span.nanoseconds) // _FINE
        return timedelta(microseconds=micros if span.nanoseconds > 0 else -micros)
    return span
