"""How long something takes, as authors write it → microseconds."""

from __future__ import annotations

import math
import re
from typing import Any, Final

SECOND: Final = 1_000_000

UNITS: Final = {
    "w": 7 * 24 * 3600 * SECOND,
    "d": 24 * 3600 * SECOND,
    "h": 3600 * SECOND,
    "m": 60 * SECOND,
    "s": SECOND,
    "ms": 1000,
}
"""Microseconds of each unit, the longest first."""

LONGEST: Final = 1_000 * 365 * UNITS["d"]
"""No duration is longer than a thousand years: what ends after the year 9999 has no date."""

EXAMPLES: Final = "`90s`, `1h30m`, `2d`, or a number of seconds"

_NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,9})?"
_TEXT = re.compile(r"\s*" + "".join(rf"(?:({_NUMBER})\s*{unit}\s*)?" for unit in UNITS))

PATTERN: Final = r"^(?=[^0-9]*[0-9])\s*" + "".join(rf"(?:{_NUMBER}\s*{u}\s*)?" for u in UNITS) + "$"
"""A duration as a text, for JSON Schema."""


def microseconds_from(written: Any) -> int | None:
    """How long ``written`` says.

    Args:
        written: ``"1h30m"`` (units ``w d h m s ms``, the longest first, each at most once), or a
            number of seconds.

    Returns:
        Microseconds, or None where ``written`` is no duration, negative, or more than ``LONGEST``.

    >>> microseconds_from("1m30s"), microseconds_from(0.5), microseconds_from("soon")
    (90000000, 500000, None)
    """
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    if isinstance(written, str):
        return _from_text(written)
    if not math.isfinite(written) or not 0 <= written <= LONGEST / SECOND:
        return None
    return round(written * SECOND)


def _from_text(text: str) -> int | None:
    match = _TEXT.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    amounts = zip(match.groups(), UNITS.values(), strict=True)
    total = sum(round(float(amount) * size) for amount, size in amounts if amount)
    return total if total <= LONGEST else None
