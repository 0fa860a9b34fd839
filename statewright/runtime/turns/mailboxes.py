"""One turn of a session at a time in this process, first come, first served.

This keeps the order and spares vain steps. That a turn is not lost or taken twice does not depend
on it: see ``turn``. It also knows what is under way, so that this comes to its end before the
runtime does.
"""

from __future__ import annotations

import asyncio
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
    """A mailbox for every session that somebody waits for.

    Args:
        queues: how many may wait.
    """

    def __init__(self, queues: Queues = ROOM) -> None:
        self._queues = queues
        self._users = 0
        self._mailboxes: dict[SessionKey, _Mailbox] = {}
        self._closing = False
        self._empty = asyncio.Event()

    def open(self) -> None:
        """Let turns be begun, also after a ``close``."""
        self._closing = False

    async def close(self) -> None:
        """Let no more turns be begun, and wait until all that were begun have ended."""
        self._closing = True
        while self._mailboxes:
            self._empty.clear()
            await self._empty.wait()

    def turn(self, key: SessionKey, *, refusable: bool = False) -> Waiting:
        """What is entered when all who came earlier have left.

        Args:
            key: whose turn.
            refusable: whether somebody waits for it who can ask again. What this process itself
                has begun is never refused: it would have to be begun again.
        """
        return Waiting(self, key, refusable=refusable)

    def enter(self, key: SessionKey, *, refusable: bool) -> asyncio.Lock:
        """Be one of those who wait for a session; the lock is theirs one after another.

        Raises:
            StorageUnavailable: the runtime is being closed.
            Overloaded: too many wait.
        """
        if self._closing:
            raise StorageUnavailable("the runtime is being closed; ask again when it is back")
        mailbox = self._mailboxes.get(key)
        if refusable:
            self._check_room(mailbox.users if mailbox else 0)
        if mailbox is None:
            mailbox = self._mailboxes[key] = _Mailbox()
        mailbox.users += 1
        self._users += 1
        return mailbox.lock

    def leave(self, key: SessionKey) -> None:
        """Be none of them any more."""
        self._users -= 1
        mailbox = self._mailboxes[key]
        mailbox.users -= 1
        if not mailbox.users:
            del self._mailboxes[key]
            if not self._mailboxes:
                self._empty.set()

    def _check_room(self, users: int) -> None:
        if self._users >= self._queues.turns:
            raise Overloaded(f"{self._users:,} turns wait in this process")
        if users >= self._queues.of_session:
            raise Overloaded(f"{users:,} turns of this session wait")


class _Mailbox:
    """One session's: a lock, and how many hold it or wait for it."""

    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


class Waiting:
    """Waits for a turn, and holds it: every turn goes through here, so it is no generator.

    Args:
        mailboxes: where.
        key: whose turn.
        refusable: whether it may be refused.
    """

    __slots__ = ("_key", "_lock", "_mailboxes", "_refusable")

    def __init__(self, mailboxes: Mailboxes, key: SessionKey, *, refusable: bool) -> None:
        self._mailboxes = mailboxes
        self._key = key
        self._refusable = refusable

    async def __aenter__(self) -> None:
        self._lock = self._mailboxes.enter(self._key, refusable=self._refusable)
        try:
            await self._lock.acquire()
        except BaseException:
            self._mailboxes.leave(self._key)
            raise

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
        self._mailboxes.leave(self._key)
