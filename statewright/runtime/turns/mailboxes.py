"""One turn of a session at a time in this process, first come, first served.

This keeps the order and spares vain steps. That a turn is not lost or taken twice does not depend
on it: see ``turn``. It also knows what is under way, so that this comes to its end before the
runtime does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from statewright.errors import StorageUnavailable
from statewright.storage.records import SessionKey


class Mailboxes:
    """A lock for every session that somebody waits for."""

    def __init__(self) -> None:
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
    async def turn(self, key: SessionKey) -> AsyncIterator[None]:
        """Wait until all who came earlier have left.

        Raises:
            StorageUnavailable: the runtime is being closed.
        """
        if self._closing:
            raise StorageUnavailable("the runtime is being closed; ask again when it is back")
        lock, users = self._locks.get(key) or (asyncio.Lock(), 0)
        self._locks[key] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
                if not self._locks:
                    self._empty.set()
            else:
                self._locks[key] = lock, users - 1
