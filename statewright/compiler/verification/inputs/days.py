"""Days as texts: their order is that of the texts, so those beside a constant stand for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

_LAST: Final = date.max.toordinal()


def is_day(text: str) -> bool:
    """Whether a text is a day as ISO 8601 writes it.

    >>> is_day("2026-02-28"), is_day("2026-02-30"), is_day("20260228")
    (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def days_near(texts: Iterable[str]) -> Iterator[str]:
    """Those of some texts that are days, with the days before and after each.

    >>> list(days_near(["2026-03-01", "tomorrow"]))
    ['2026-03-01', '2026-02-28', '2026-03-02']
    """
    for text in sorted(texts):
        if is_day(text):
            own = date.fromisoformat(text).toordinal()
            for one in (own, own - 1, own + 1):
                if 1 <= one <= _LAST:
                    yield date.fromordinal(one).isoformat()
