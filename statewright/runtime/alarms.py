"""Moments that are known to come: whoever looks again and again looks then, too."""

from __future__ import annotations

from typing import Final

from statewright.runtime.clock import SECOND, Clock

HORIZON: Final = 60 * SECOND
"""Microseconds ahead for which moments are kept in mind; later ones are found by looking."""


class Alarms:
    """Moments that are kept in mind.

    Args:
        clock: tells the time.
        grain: microseconds within which moments count as one.
    """

    def __init__(self, clock: Clock, grain: int) -> None:
        self._clock = clock
        self._grain = grain
        self._moments: set[int] = set()

    def expect(self, at: int) -> bool:
        """Keep a moment in mind, if it is near; whether that is news."""
        if at - self._clock() > HORIZON:
            return False
        at = -(-at // self._grain) * self._grain
        is_new = at not in self._moments
        self._moments.add(at)
        return is_new

    def pass_until(self, now: int) -> None:
        """Forget the moments that are not behind a time."""
        self._moments = {at for at in self._moments if at > now}

    def first_until(self, end: int) -> int:
        """The first of the moments, or a time at the latest."""
        return min(end, *self._moments, end)
