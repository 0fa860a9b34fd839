"""Timestamps and durations as texts, and the parts of them.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#timestamps-and-durations;
RFC 3339 for timestamps, Go's ``time.ParseDuration`` for durations. Finer than a microsecond is
cut off.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from statewright.errors import EvaluationError
from statewright.expressions.arithmetic import DURATION_MAX
from statewright.expressions.values import MICROSECOND

_TIMESTAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_OFFSET: Final = re.compile(r"([+-]?)([0-9]{2}):([0-9]{2})")
_ZONE_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,3}")
_OF_THIS_MACHINE: Final = frozenset(("localtime", "posixrules"))
_DURATION_PART: Final = re.compile(
    r"([0-9]{1,19}(?:\.[0-9]{0,19})?|\.[0-9]{1,19})(h|ms|m|s|us|µs|ns)"
)
_DURATION: Final = re.compile(
    r"[+-]?(?:(?:[0-9]{1,19}(?:\.[0-9]{0,19})?|\.[0-9]{1,19})(?:h|ms|m|s|us|µs|ns)){1,64}|[+-]?0"
)
_MICROSECONDS: Final = {
    "h": Fraction(3_600_000_000),
    "m": Fraction(60_000_000),
    "s": Fraction(1_000_000),
    "ms": Fraction(1_000),
    "us": Fraction(1),
    "µs": Fraction(1),
    "ns": Fraction(1, 1000),
}


def timestamp_from_text(text: str) -> datetime:
    """The moment that an RFC 3339 text names, in UTC.

    Raises:
        EvaluationError: it names none.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise EvaluationError(f"not an RFC 3339 timestamp: {text[:60]!r}")
    year, month, day, hour, minute, second = (int(match[part]) for part in range(1, 7))
    microsecond = int((match[7] or "").ljust(6, "0")[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
        return moment - _offset(match[8] or "", match[9] or "0", match[10] or "0")
    except (ValueError, OverflowError):
        raise EvaluationError(f"no such time: {text[:60]!r}") from None


def text_from_timestamp(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC, without a fraction where that is zero."""
    moment = moment.astimezone(UTC)
    whole = moment.replace(microsecond=0, tzinfo=None).isoformat()
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{whole}{fraction}Z"


def duration_from_text(text: str) -> timedelta:
    """The span that a text such as ``1h30m`` or ``-1.5s`` names.

    Raises:
        EvaluationError: it names none, or one of more than 64 bits of nanoseconds.
    """
    if not _DURATION.fullmatch(text):
        raise EvaluationError(f"not a duration: {text[:60]!r}; it is written like `1h30m`")
    total = sum(
        (
            Fraction(number.rstrip(".")) * _MICROSECONDS[unit]
            for number, unit in _DURATION_PART.findall(text)
        ),
        Fraction(0),
    )
    if total > DURATION_MAX // MICROSECOND + 1:
        raise EvaluationError("duration out of range")
    span = timedelta(microseconds=int(total))
    return -span if text.startswith("-") else span


def text_from_duration(span: timedelta) -> str:
    """A span in seconds: ``5400s``, ``-1.5s``."""
    total = span // MICROSECOND
    seconds, rest = divmod(abs(total), 1_000_000)
    fraction = f".{rest:06}".rstrip("0") if rest else ""
    return f"{'-' if total < 0 else ''}{seconds}{fraction}s"


def zone_from_text(text: str) -> tzinfo:
    """The time zone that a text names: ``Europe/Lisbon``, ``UTC``, ``-03:00``.

    Raises:
        EvaluationError: it names none.
    """
    match = _OFFSET.fullmatch(text)
    try:
        if match is not None:
            return timezone(_offset(match[1], match[2], match[3]))
        if _ZONE_NAME.fullmatch(text) and text not in _OF_THIS_MACHINE:
            return ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        pass
    raise EvaluationError(f"no such time zone: {text[:60]!r}")


def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    if int(minutes) > 59:
        raise ValueError(minutes)
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset
