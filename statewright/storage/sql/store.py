"""``Store`` on SQL databases: the asynchronous shell around ``Database``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from statewright.errors import StorageUnavailable
from statewright.statechart import Release
from statewright.statechart.snapshot import Status
from statewright.storage.journal import BEGINNING, Cursor, Noted
from statewright.storage.limits import NUMBER_LIMIT
from statewright.storage.queues import Claim, Entry, Settlement
from statewright.storage.receipts import Receipt
from statewright.storage.records import (
    Episode,
    Loaded,
    Lookup,
    Message,
    Outcome,
    PastTurn,
    Publication,
    Session,
    SessionKey,
    Turn,
)
from statewright.storage.sql import journal, keeping, letters, tallies
from statewright.storage.sql.drafts import SQLDrafts
from statewright.storage.sql.opening import OpenDatabase, opened
from statewright.storage.sql.secrets import SQLSecrets
from statewright.storage.store import PAGE
from statewright.storage.tallies import PLACES, Change, Place


class SQLStore:
    """``Store`` on SQLite (``sqlite:///flows.db``) or PostgreSQL (``postgresql://host/name``).

    Concurrent calls of ``load``, ``commit``, ``accept`` and ``finish`` share round trips and
    transactions, each with those of its kind. A store belongs
    to the event loop in which it was opened.

    Args:
        url: which database, as SQLAlchemy writes it.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: OpenDatabase | None = None

    async def open(self) -> None:
        """See ``Store``."""
        if self._opened is None:
            self._opened = await asyncio.to_thread(opened, self._url)

    async def close(self) -> None:
        """See ``Store``."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.close()

    @property
    def _open(self) -> OpenDatabase:
        if self._opened is None:
            raise StorageUnavailable("the store is not open; call `open()` first")
        return self._opened

    @property
    def drafts(self) -> SQLDrafts:
        """Where drafts of flows are kept, in the same database."""
        return SQLDrafts(lambda: self._open)

    @property
    def secrets(self) -> SQLSecrets:
        """Where sealed secrets are kept, in the same database."""
        return SQLSecrets(lambda: self._open)

    async def publish(
        self,
        release: Release,
        *,
        tenant: str,
        flow: str,
        at: int,
        label: str = "",
        receipt: Callable[[Publication], Receipt] | None = None,
    ) -> Publication:
        """See ``Store``."""
        opened = self._open
        proposed = Publication(tenant, flow, 1, label, release.digest, at)
        publish = partial(opened.database.publish, release, proposed, receipt)
        # Tried once: what seems to have failed may be there, and would be there twice.
        return await opened.write(publish, tries=1)

    async def publication(
        self, tenant: str, flow: str, *, version: int | None = None, label: str | None = None
    ) -> Publication | None:
        """See ``Store``."""
        if version is not None and not 0 <= version <= NUMBER_LIMIT:
            return None  # There is none: no column could hold the number.
        opened = self._open
        return await opened.read(partial(opened.database.publication, tenant, flow, version, label))

    async def publications(
        self, tenant: str, *, flow: str = "", after: Publication | None = None, limit: int = PAGE
    ) -> tuple[Publication, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(opened.database.publications, tenant, flow, after, limit))

    async def newest(
        self, tenant: str, *, after: str = "", limit: int = PAGE
    ) -> tuple[Publication, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(opened.database.newest, tenant, after, limit))

    async def receipt(self, tenant: str, key: str) -> Receipt | None:
        """See ``KeepsReceipts``."""
        opened = self._open
        return await opened.read(partial(opened.database.receipt, tenant, key))

    async def release(self, publication: Publication) -> Release:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(opened.database.release, publication))

    async def conversation(
        self, tenant: str, channel: str, conversation: str
    ) -> tuple[Episode, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(
            partial(opened.database.conversation, tenant, channel, conversation)
        )

    async def load(self, lookups: Sequence[Lookup]) -> tuple[Loaded, ...]:
        """See ``Store``."""
        return await self._open.loads.answers(lookups)

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        """See ``Store``."""
        return await self._open.commits.answers(turns)

    async def accept(self, messages: Sequence[Message], *, held_until: int = 0) -> tuple[int, ...]:
        """See ``Store``."""
        held = [(message, held_until) for message in messages]
        return await self._open.arrivals.answers(held)

    async def ready(
        self, now: int, *, held_until: int, limit: int = PAGE
    ) -> tuple[SessionKey, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.write(partial(opened.database.ready, now, held_until, limit))

    async def claim(
        self, token: str, now: int, *, held_until: int, limit: int = PAGE
    ) -> tuple[Claim, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.write(partial(opened.database.claim, token, now, held_until, limit))

    async def renew(self, claims: Sequence[Claim], *, held_until: int) -> tuple[bool, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.write(partial(opened.database.renew, claims, held_until))

    async def finish(self, settlements: Sequence[Settlement]) -> tuple[bool, ...]:
        """See ``Store``."""
        return await self._open.settlements.answers(settlements)

    async def requests(self, keys: Sequence[SessionKey]) -> tuple[tuple[Claim, ...], ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(opened.database.requests, keys))

    async def pending(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(letters.pending, opened.database, tenant, after, limit))

    async def failed(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(letters.failed, opened.database, tenant, after, limit))

    async def revive(self, entries: Sequence[Entry], *, at: int) -> tuple[bool, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.write(partial(letters.revive, opened.database, entries, at))

    async def tally(self, places: Sequence[Place], change: Change) -> None:
        """See ``KeepsTallies``."""
        opened = self._open
        await opened.write(partial(tallies.tally, opened.database, places, change))

    async def tallied(self, *, after: Place = ("", ""), limit: int = PLACES) -> tuple[Place, ...]:
        """See ``KeepsTallies``."""
        opened = self._open
        return await opened.read(partial(tallies.tallied, opened.database, after, limit))

    async def tenants(self, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(keeping.tenants, opened.database, after, limit))

    async def idle(
        self,
        tenant: str,
        *,
        before: int,
        after: Session | None = None,
        limit: int = PAGE,
    ) -> tuple[Session, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(
            partial(keeping.idle, opened.database, tenant, before, after, limit)
        )

    async def forget(self, keys: Sequence[SessionKey], *, before: int) -> tuple[bool, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.write(partial(keeping.forget, opened.database, keys, before))

    async def receipted(self, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(keeping.receipted, opened.database, after, limit))

    async def forget_receipts(self, tenant: str, *, before: int, limit: int = PAGE) -> int:
        """See ``Store``."""
        opened = self._open
        return await opened.write(
            partial(keeping.forget_receipts, opened.database, tenant, before, limit)
        )

    async def history(
        self, key: SessionKey, *, after: int = 0, limit: int = PAGE
    ) -> tuple[PastTurn, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(partial(opened.database.history, key, after, limit))

    async def journal(
        self, tenant: str, *, after: Cursor = BEGINNING, limit: int = PAGE
    ) -> tuple[Noted, ...]:
        """See ``KeepsJournal``."""
        opened = self._open
        return await opened.read(partial(journal.journal, opened.database, tenant, after, limit))

    async def journal_end(self, tenant: str) -> Cursor:
        """See ``KeepsJournal``."""
        opened = self._open
        return await opened.read(partial(journal.journal_end, opened.database, tenant))

    async def sessions(
        self,
        tenant: str,
        *,
        flow: str = "",
        status: Status | None = None,
        after: str = "",
        limit: int = PAGE,
    ) -> tuple[Session, ...]:
        """See ``Store``."""
        opened = self._open
        return await opened.read(
            partial(opened.database.sessions, tenant, flow, status or "", after, limit)
        )
