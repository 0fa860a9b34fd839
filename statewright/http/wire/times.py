"""Times on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from statewright.errors import CorruptedRow

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def text_from_micros(micros: int) -> str:
    """A time in ISO 8601 as browsers write it: UTC, with milliseconds.

    >>> text_from_micros(1_768_608_000_000_999)
    '2026-01-17T00:00:00.000Z'

    Args:
        micros: microseconds since 1970 UTC.

    Raises:
        CorruptedRow: there is no such time; nobody but a broken row says so.
    """
    try:
        moment = _EPOCH + timedelta(microseconds=micros)
    except (OverflowError, TypeError):
        raise CorruptedRow(f"{micros!r} in the database is no time") from None
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
