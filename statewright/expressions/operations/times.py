"""Timestamps and durations as texts, and the parts of them.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#timestamps-and-durations;
RFC 3339 for timestamps, Go's ``time.ParseDuration`` for durations. Both are kept to the nanosecond.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import (
    Duration,
    Timestamp,
    duration_from_nanoseconds,
    nanoseconds_of,
    nanoseconds_since_epoch,
    timestamp_from_nanoseconds,
)
from statewright.expressions.operations.arithmetic import checked_duration

_TIMESTAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_OFFSET: Final = re.compile(r"([+-]?)([0-9]{1,2}):([0-9]{2})")
_ZONE_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,3}")
_OF_THIS_MACHINE: Final = frozenset(("localtime", "posixrules"))
_DURATION_PART: Final = re.compile(
    r"([0-9]{1,19}(?:\.[0-9]{0,19})?|\.[0-9]{1,19})(h|ms|m|s|us|[µμ]s|ns)"
)
_DURATION: Final = re.compile(
    r"[+-]?(?:(?:[0-9]{1,19}(?:\.[0-9]{0,19})?|\.[0-9]{1,19})(?:h|ms|m|s|us|[µμ]s|ns)){1,64}|[+-]?0"
)
_NANOSECONDS: Final = {
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ns": 1,
}


def timestamp_from_text(text: str) -> Timestamp:
    """The moment that an RFC 3339 text names, in UTC.

    Raises:
        EvaluationError: it names none.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise EvaluationError(f"not an RFC 3339 timestamp: {text[:60]!r}")
    year, month, day, hour, minute, second = (int(match[part]) for part in range(1, 7))
    micros, finer = divmod(int((match[7] or "").ljust(9, "0")), 1_000)
    try:
        moment = datetime(year, month, day, hour, minute, second, micros, tzinfo=UTC)
        moment -= _offset(match[8] or "", match[9] or "0", match[10] or "0")
        return timestamp_from_nanoseconds(nanoseconds_since_epoch(moment) + finer)
    except (ValueError, OverflowError):
        raise EvaluationError(f"no such time: {text[:60]!r}") from None


def text_from_timestamp(moment: Timestamp) -> str:
    """A moment as RFC 3339 in UTC, without a fraction where that is zero."""
    fraction = _fraction(nanoseconds_since_epoch(moment) % 1_000_000_000)
    whole = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    return f"{whole}{fraction}Z"


def duration_from_text(text: str) -> Duration:
    """The span that a text such as ``1h30m`` or ``-1.5s`` names.

    Raises:
        EvaluationError: it names none, or one of more than 64 bits of nanoseconds.
    """
    if not _DURATION.fullmatch(text):
        raise EvaluationError(f"not a duration: {text[:60]!r}; it is written like `1h30m`")
    parts = _DURATION_PART.findall(text)
    total = int(sum(Fraction(number.rstrip(".")) * _NANOSECONDS[unit] for number, unit in parts))
    try:
        span = duration_from_nanoseconds(-total if text.startswith("-") else total)
    except OverflowError:
        raise EvaluationError("duration out of range") from None
    return checked_duration(span)


def text_from_duration(span: Duration) -> str:
    """A span in seconds: ``5400s``, ``-1.5s``."""
    total = nanoseconds_of(span)
    seconds, rest = divmod(abs(total), 1_000_000_000)
    return f"{'-' if total < 0 else ''}{seconds}{_fraction(rest)}s"


def _fraction(nanoseconds: int) -> str:
    """The fraction of a second, without zeros at its end."""
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""


def zone_from_text(text: str) -> tzinfo:
    """The time zone that a text names: ``Europe/Lisbon``, ``-03:00``; the empty text names UTC.

    Raises:
        EvaluationError: it names none.
    """
    match = _OFFSET.fullmatch(text)
    try:
        if match is not None:
            return timezone(_offset(match[1], match[2], match[3]))
        if not text:
            return UTC
        if _ZONE_NAME.fullmatch(text) and text not in _OF_THIS_MACHINE:
            return ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        pass
    raise EvaluationError(f"no such time zone: {text[:60]!r}")


def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(hours, minutes)
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset
