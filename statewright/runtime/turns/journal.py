"""Following all sessions of a tenant: for alerts, customer records, statistics."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.feed import Feed
from statewright.storage.journal import Noted, cursor_from
from statewright.storage.records import SessionKey
from statewright.storage.store import PAGE, Store

NOW: Final = "now"
"""The cursor behind which there is only what is still to come."""


@dataclass(frozen=True, slots=True)
class Told:
    """A turn of one of the sessions of a tenant.

    Attributes:
        cursor: give it to go on behind this turn.
        key: whose turn.
        flow: what the session runs.
        version: of the flow.
        channel: how the contact talks to us.
        conversation: which talk on that channel.
        contact: who talks, or ``""``.
        message: the id of what was handled.
        event: what was handled, as JSON.
        at: when, in microseconds since 1970 UTC.
        answer: what became of it.
    """

    cursor: str
    key: SessionKey
    flow: str
    version: int
    channel: str
    conversation: str
    contact: str
    message: str
    event: str
    at: int
    answer: Answer


class Journal:
    """Tells of every turn of a tenant: once, in one order, also of those of other processes.

    A follower notes the cursor of what it has done, in the same transaction if it can, and goes on
    behind it after a crash.

    Args:
        store: where turns are.
        feed: tells of new ones in this process.
        poll: seconds after which it looks for those of other processes.
    """

    def __init__(self, store: Store, feed: Feed, poll: float) -> None:
        self._store = store
        self._feed = feed
        self._poll = poll

    async def end(self, tenant: str = "default") -> str:
        """The cursor behind which there is only what is still to come."""
        return str(await self._store.journal_end(tenant))

    async def read(
        self, tenant: str = "default", *, after: str = "", limit: int = PAGE, wait: float = 0.0
    ) -> tuple[Told, ...]:
        """The next turns behind a cursor.

        Args:
            tenant: whose sessions.
            after: the ``cursor`` of the last one, ``""`` for the beginning, ``"now"`` for the end.
            limit: how many at most.
            wait: for how many seconds to wait where there are none.

        Raises:
            InvalidCursor: it is none of this journal.
        """
        place = await self._store.journal_end(tenant) if after == NOW else cursor_from(after)
        with self._feed.listening(tenant) as listener:
            while True:
                found = await self._store.journal(tenant, after=place, limit=limit)
                if found or wait <= 0 or self._feed.closed:
                    return tuple(map(_told, found))
                seconds = min(wait, self._poll)
                await listener.wait(seconds)
                wait -= seconds

    async def follow(
        self, tenant: str = "default", *, after: str = ""
    ) -> AsyncGenerator[Told, None]:
        """The turns behind a cursor, and those to come, until the runtime is closed.

        Raises:
            InvalidCursor: it is none of this journal.
        """
        place = await self.end(tenant) if after == NOW else after
        while not self._feed.closed:
            for told in await self.read(tenant, after=place, wait=self._poll):
                place = told.cursor
                yield told


def _told(entry: Noted) -> Told:
    turn, birth = entry.turn, entry.birth
    return Told(
        cursor=str(entry.cursor),
        key=entry.key,
        flow=birth.flow,
        version=turn.version,
        channel=birth.channel,
        conversation=birth.conversation,
        contact=birth.contact,
        message=turn.message,
        event=turn.event,
        at=turn.at,
        answer=answer_from_json(turn.answer),
    )
