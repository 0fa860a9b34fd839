"""One turn of a session at a time in this process, first come, first served.

This keeps the order and spares vain steps. That a turn is not lost or taken twice does not depend
on it: see ``turn``. It also knows what is under way, so that this comes to its end before the
runtime does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from statewright.errors import Overloaded, StorageUnavailable
from statewright.storage.records import SessionKey


@dataclass(frozen=True, slots=True)
class Queues:
    """How many turns may wait in a process before more are refused.

    What waits longer than its caller does is done for nobody, so the bounds are a few seconds of
    work, not more.

    Attributes:
        turns: of all sessions, those that are being taken included.
        of_session: of one session: whoever floods it leaves room for the others.
    """

    turns: int = 2_000
    of_session: int = 250


ROOM = Queues()
"""What is right for most."""


class Mailboxes:
    """A lock for every session that somebody waits for.

    Args:
        queues: how many may wait.
    """

    def __init__(self, queues: Queues = ROOM) -> None:
        self._queues = queues
        self._users = 0
        self._locks: dict[SessionKey, tuple[asyncio.Lock, int]] = {}
        self._closing = False
        self._empty = asyncio.Event()

    def open(self) -> None:
        """Let turns be begun, also after a ``close``."""
        self._closing = False

    async def close(self) -> None:
        """Let no more turns be begun, and wait until all that were begun have ended."""
        self._closing = True
        while self._locks:
            self._empty.clear()
            await self._empty.wait()

    @asynccontextmanager
    async def turn(self, key: SessionKey, *, refusable: bool = False) -> AsyncIterator[None]:
        """Wait until all who came earlier have left.

        Args:
            key: whose turn.
            refusable: whether somebody waits for it who can ask again. What this process itself
                has begun is never refused: it would have to be begun again.

        Raises:
            StorageUnavailable: the runtime is being closed.
            Overloaded: too many wait.
        """
        if self._closing:
            raise StorageUnavailable("the runtime is being closed; ask again when it is back")
        lock, users = self._locks.get(key) or (asyncio.Lock(), 0)
        if refusable:
            self._check_room(users)
        self._locks[key] = lock, users + 1
        self._users += 1
        try:
            async with lock:
                yield
        finally:
            self._users -= 1
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
                if not self._locks:
                    self._empty.set()
            else:
                self._locks[key] = lock, users - 1

    def _check_room(self, users: int) -> None:
        if self._users >= self._queues.turns:
            raise Overloaded(f"{self._users:,} turns wait in this process")
        if users >= self._queues.of_session:
            raise Overloaded(f"{users:,} turns of this session wait")
