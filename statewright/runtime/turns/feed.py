"""Who waits for news of a session in this process, and how they are woken.

A hint says only that there may be something new; what it is, is read from the history. So nothing
is lost where a hint is, and other processes are noticed a little later, by looking.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from statewright.runtime.clock import happened
from statewright.storage.records import SessionKey


class Feed:
    """Sessions and tenants → those who wait for news of them.

    Attributes:
        closed: whether there will be no more news.
    """

    def __init__(self) -> None:
        self._waiting: dict[SessionKey | str, set[asyncio.Event]] = {}
        self.closed = False

    def hint(self, key: SessionKey) -> None:
        """Wake all who wait for news of a session, or of its tenant."""
        for event in self._waiting.get(key, ()):
            event.set()
        for event in self._waiting.get(key.tenant, ()):
            event.set()

    def hint_all(self) -> None:
        """Wake everybody."""
        for events in self._waiting.values():
            for event in events:
                event.set()

    @contextmanager
    def listening(self, key: SessionKey | str) -> Iterator[Listener]:
        """Hints for a session, or for a tenant, as long as the context is open."""
        event = asyncio.Event()
        self._waiting.setdefault(key, set()).add(event)
        try:
            yield Listener(event)
        finally:
            waiting = self._waiting[key]
            waiting.discard(event)
            if not waiting:
                del self._waiting[key]


class Listener:
    """One who waits for news. Hints that come while it is busy are not lost."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float) -> None:
        """Wait for a hint that came since the last one, or until the time is over."""
        await happened(self._event, seconds)
        self._event.clear()
