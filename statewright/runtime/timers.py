"""The sweeper: sees to sessions that have something to do and nobody who asks.

Their deadlines have passed, or messages wait that were accepted and not handled by whoever took
them in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from statewright.errors import StatewrightError
from statewright.runtime.alarms import Alarms
from statewright.runtime.clock import SECOND, Clock, happened
from statewright.storage.records import SessionKey
from statewright.storage.store import Store

HOLD: Final = 10 * SECOND
"""Microseconds for which a session that has something to do is named to one worker only."""

GRAIN: Final = 20_000
"""Microseconds within which deadlines count as one."""

PAGE: Final = 64
"""How many sessions are looked for at a time."""

ABREAST: Final = 3
"""How many pages of them are seen to at once: while some are stepped, others are loaded, others
committed, and the next are looked for. More would be in the way of whoever talks."""

SOONER: Final = 10
"""How much sooner than usual it looks again where something was due: more will be, soon."""

_log = logging.getLogger(__name__)

Drain = Callable[[SessionKey, int], Awaitable[int]]
"""Handles what waits in a session at a time; how many turns it took."""


class Sweeper:
    """Looks for sessions that have something to do.

    Args:
        store: where they are.
        clock: tells the time.
        drain: does it.
        poll: seconds after which it looks again, at the latest.
    """

    def __init__(self, store: Store, clock: Clock, drain: Drain, poll: float) -> None:
        self._store = store
        self._clock = clock
        self._drain = drain
        self._poll = poll
        self._alarms = Alarms(clock, GRAIN)
        self._wake = asyncio.Event()
        self._closing = False
        self._loop: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Sweep in the background."""
        self._loop = asyncio.create_task(self._go_on(), name="statewright sweeper")

    async def close(self) -> None:
        """Stop. What was begun comes to its end, or it would be named to nobody for a while."""
        self._closing = True
        self._wake.set()
        loop, self._loop = self._loop, None
        if loop is not None:
            await loop
        self._closing = False

    def expect(self, due: int | None) -> None:
        """A session has this deadline: look when it passes, without waiting for the next round."""
        if due is not None and self._alarms.expect(due):
            self._wake.set()

    async def sweep(self, now: int) -> int:
        """See to all that has something to do at a time; how many turns were taken."""
        total = 0
        # A session in which much is overdue still has something to do when it has had its turn.
        while taken := await self._sweep(lambda: now):
            total += taken
        return total

    async def _sweep(self, clock: Clock) -> int:
        """See to all that has something to do, page after page, until there is no more."""
        taken = 0
        room = asyncio.Semaphore(ABREAST)
        pages: set[asyncio.Task[None]] = set()

        async def see_to(keys: Sequence[SessionKey], now: int) -> None:
            nonlocal taken
            try:
                drained = await asyncio.gather(*(self._see_to(key, now) for key in keys))
                taken += sum(drained)
            finally:
                room.release()

        more = True
        try:
            while more and not self._closing:
                await room.acquire()
                now = clock()
                keys = await self._store.ready(now, held_until=now + HOLD, limit=PAGE)
                more = len(keys) == PAGE
                page = asyncio.create_task(see_to(keys, now), name="statewright page of a sweep")
                pages.add(page)
                page.add_done_callback(pages.discard)
        finally:
            await asyncio.gather(*pages)
        return taken

    async def _see_to(self, key: SessionKey, now: int) -> int:
        try:
            return await self._drain(key, now)
        except StatewrightError as error:
            _log.error("session %s cannot go on: %s", key.session, error)
        except Exception:  # noqa: BLE001 (the other sessions have to go on)
            _log.exception("session %s cannot go on", key.session)
        return 0

    async def _go_on(self) -> None:
        """Sweep until it is closed."""
        while not self._closing:
            self._alarms.pass_until(self._clock())
            taken = 0
            try:
                taken = await self._sweep(self._clock)
            except StatewrightError as error:
                _log.warning("the store cannot be swept: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("the store cannot be swept")
            await self._rest(self._poll / SOONER if taken else self._poll)

    async def _rest(self, longest: float) -> None:
        """Wait for some seconds, or for the next deadline that is known."""
        end = self._clock() + round(longest * SECOND)
        while not self._closing and (left := self._alarms.first_until(end) - self._clock()) > 0:
            self._wake.clear()
            if not await happened(self._wake, left / SECOND):
                return
