"""Rounds: when an engine looks at the outbox, which is sooner than usual where it knows why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from statewright.runtime.alarms import Alarms
from statewright.runtime.clock import SECOND, Clock, happened
from statewright.storage.queues import Settlement
from statewright.storage.store import Store

GRAIN: Final = 5_000
"""Microseconds within which requests count as due at once."""


class Rounds:
    """When the outbox is looked at: after a hint, when what was given back is due, after a while.

    Args:
        store: where the outbox is.
        clock: tells the time.
        poll: seconds after which it is looked at in any case: others put something there, too.
    """

    def __init__(self, store: Store, clock: Clock, poll: float) -> None:
        self._store = store
        self._clock = clock
        self._poll = poll
        self._alarms = Alarms(clock, GRAIN)
        self._wake = asyncio.Event()

    def hint(self) -> None:
        """There may be something new."""
        self._wake.set()

    async def finish(self, settlements: Sequence[Settlement]) -> tuple[bool, ...]:
        """Store what became of requests, as ``Store.finish`` does.

        Those that are given back are looked for when they are due. Whoever calls this outside of a
        round gives a hint, too.
        """
        held = await self._store.finish(settlements)
        for one in settlements:
            if one.result is None:
                self._alarms.expect(one.at)
        return held

    def begin(self) -> None:
        """A round begins: what was hinted at until now is seen to by it."""
        self._wake.clear()
        self._alarms.pass_until(self._clock())

    async def rest(self, longest: float | None = None) -> None:
        """Wait until the next round.

        Args:
            longest: seconds at most, where that is not as long as usual.
        """
        now = self._clock()
        end = now + round((self._poll if longest is None else longest) * SECOND)
        await happened(self._wake, max(0, self._alarms.first_until(end) - now) / SECOND)
