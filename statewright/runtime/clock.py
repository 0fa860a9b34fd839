"""Time and chance, as the runtime is given them: nothing else here asks the machine for either."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeAlias

from statewright.expressions.nanoseconds import MICROSECOND

Clock: TypeAlias = Callable[[], int]
"""Tells the time: microseconds since 1970-01-01 UTC."""

Chance: TypeAlias = Callable[[int], bytes]
"""Gives so many random bytes that nobody can guess."""

SECOND: Final = 1_000_000
"""Microseconds of a second."""


def system_clock() -> int:
    """The time of this machine."""
    return time.time_ns() // 1_000


def system_chance(size: int) -> bytes:
    """Random bytes of this machine, fit for secrets."""
    return secrets.token_bytes(size)


def micros_from(span: float | timedelta) -> int:
    """The microseconds of a span of time that is given in seconds, or as a ``timedelta``."""
    return span // MICROSECOND if isinstance(span, timedelta) else round(span * SECOND)


async def happened(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event happens within some seconds; it is waited for."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class VirtualClock:
    """A clock that stands still until somebody moves it: for tests, and for scripts.

    Args:
        now: what it shows at first, microseconds since 1970 UTC.
    """

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        """The time it shows."""
        return self.now

    def advance(self, span: float | timedelta) -> int:
        """Let time pass, seconds or a ``timedelta``; the new time."""
        self.now += micros_from(span)
        return self.now
