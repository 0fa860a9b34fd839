"""What the statuses of HTTP call for, and how long a server wants us to wait."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from statewright.errors import EffectFailed, FailureKind
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.retrying import LONGEST_WAIT
from statewright.runtime.effects.web import Response

PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which another try may succeed."""

_NOT_LET_IN: Final = 401
_TOO_MANY: Final = 429
_SUCCESS: Final = 2


def kind_of(status: int, passing: frozenset[int] = PASSING) -> FailureKind:
    """What a status calls for; nothing where another try would be answered alike."""
    if status in passing:
        return FailureKind.RATE_LIMIT if status == _TOO_MANY else FailureKind.TRANSIENT
    return FailureKind.AUTHENTICATION if status == _NOT_LET_IN else FailureKind.CONFIGURATION


def is_success(status: int) -> bool:
    """Whether a status is one of 2xx (RFC 9110, 15.3)."""
    return status // 100 == _SUCCESS


def refusal_from(response: Response, now: int) -> EffectFailed:
    """The failure of who wanted a status of success, and got another.

    Args:
        response: what came.
        now: the time, which a date of ``Retry-After`` is compared with.
    """
    return EffectFailed(
        "status",
        f"the status is {response.status}",
        kind=kind_of(response.status),
        wait=wait_asked_for(response, now),
        status=response.status,
    )


def wait_asked_for(response: Response, now: int) -> int:
    """Microseconds that the server wants us to wait (RFC 9110, 10.2.3); 0 where it says nothing."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * SECOND, LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    at = round(moment.timestamp() * SECOND)
    return min(max(0, at - now), LONGEST_WAIT)
