"""``Store`` on SQL databases: the asynchronous shell around ``Database``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from statewright.errors import Overloaded, StorageUnavailable, UnusableDatabase
from statewright.statechart import Release
from statewright.statechart.snapshot import Status
from statewright.storage.journal import BEGINNING, Cursor, Noted
from statewright.storage.lane import ROOM, Lane
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
from statewright.storage.sql.database import Database, attempted
from statewright.storage.sql.drafts import SQLDrafts
from statewright.storage.sql.postgresql import PostgreSQLDatabase
from statewright.storage.sql.secrets import SQLSecrets
from statewright.storage.sql.sqlite import SQLiteDatabase
from statewright.storage.sql.upgrading import is_current, sql_of_upgrade, version_of
from statewright.storage.store import PAGE
from statewright.storage.tallies import PLACES, Change, Place

_BATCH = 64
"""How many turns go into one transaction."""

_THREADS = 4
"""How many calls of one kind run at once, where the database lets them."""

Result = TypeVar("Result")


class SQLStore:
    """``Store`` on SQLite (``sqlite:///flows.db``) or PostgreSQL (``postgresql://host/name``).

    Concurrent calls of ``load`` and ``commit`` share round trips and transactions. A store belongs
    to the event loop in which it was opened.

    Args:
        url: which database, as SQLAlchemy writes it.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: _Opened | None = None

    async def open(self) -> None:
        """See ``Store``."""
        if self._opened is None:
            self._opened = await asyncio.to_thread(_opened, self._url)

    async def close(self) -> None:
        """See ``Store``."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.close()

    @property
    def _open(self) -> _Opened:
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
        opened = self._open
        await opened.write(partial(opened.database.accept, messages, held_until))
        return await opened.read(partial(opened.database.positions, messages))

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
        opened = self._open
        return await opened.write(partial(opened.database.finish, settlements))

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


class _Opened:
    """What an open store has: a database, and threads in which its calls run.

    Args:
        database: is up to date.
        writers: how many calls may write at once.
    """

    def __init__(self, database: Database, writers: int) -> None:
        self.database = database
        self._calls = 0
        self._readers = ThreadPoolExecutor(_THREADS, "statewright-read")
        self._writers = ThreadPoolExecutor(writers, "statewright-write")
        self.loads: Lane[Lookup, Loaded] = Lane(
            lambda lookups: attempted(partial(database.load, lookups)),
            self._readers,
            width=min(2, writers),
            length=_BATCH,
            quick=database.begin_load,
        )
        self.commits: Lane[Turn, Outcome] = Lane(
            lambda turns: attempted(partial(database.commit, turns)),
            self._writers,
            width=min(2, writers),
            length=_BATCH,
            quick=database.begin_commit,
        )

    async def read(self, work: Callable[[], Result]) -> Result:
        """The result of some work that only reads."""
        return await self._result(self._readers, partial(attempted, work))

    async def write(self, work: Callable[[], Result], **how: int) -> Result:
        """The result of some work that writes; ``how`` is that of ``attempted``."""
        return await self._result(self._writers, partial(attempted, work, **how))

    async def _result(self, executor: ThreadPoolExecutor, call: Callable[[], Result]) -> Result:
        """The result of a call in a thread.

        Raises:
            Overloaded: too many calls wait for one.
        """
        if self._calls >= ROOM:
            raise Overloaded(f"{self._calls:,} calls of the database wait in this process")
        self._calls += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, call)
        finally:
            self._calls -= 1

    async def close(self) -> None:
        """Let what was begun come to its end, and let go of every connection."""
        await self.loads.drain()
        await self.commits.drain()
        await asyncio.to_thread(self._shut)
        await self.database.close()

    def _shut(self) -> None:
        self._readers.shutdown()
        self._writers.shutdown()


def upgrade(url: str) -> None:
    """Make the tables of a database those of this version: what ``open`` does, and no more.

    Raises:
        UnusableDatabase: the database is not known, or belongs to a later version.
        StorageUnavailable: it does not answer.
    """
    database, _ = _connected(url)
    try:
        attempted(database.upgrade)
    finally:
        database.engine.dispose()


def upgrade_sql(url: str) -> str:
    """What ``upgrade`` would do, as a script of SQL; ``""`` where nothing is to be done.

    A file of SQLite that is not there is not made.

    Raises:
        UnusableDatabase, StorageUnavailable: as for ``upgrade``.
    """
    database, _ = _connected(url)
    try:
        name = database.engine.dialect.name
        file = make_url(url).database
        if name == "sqlite" and file and not Path(file).exists():
            return sql_of_upgrade(name, None)
        return attempted(partial(_missing_sql, database))
    finally:
        database.engine.dispose()


def _missing_sql(database: Database) -> str:
    with database.reading() as connection:
        if is_current(connection):
            return ""
        return sql_of_upgrade(database.engine.dialect.name, version_of(connection))


def _opened(url: str) -> _Opened:
    database, writers = _connected(url)
    try:
        attempted(database.upgrade)
    except BaseException:
        database.engine.dispose()
        raise
    return _Opened(database, writers)


def _connected(url: str) -> tuple[Database, int]:
    """The database that a URL names, and how many calls may write to it at once."""
    try:
        parsed = make_url(url)
        return _DATABASES[parsed.get_backend_name()](parsed)
    except (ArgumentError, KeyError):
        raise UnusableDatabase(
            "the URL names no database that can be used; it is written like sqlite:///flows.db "
            "or postgresql://user:password@host/name"
        ) from None
    except ModuleNotFoundError as error:
        raise UnusableDatabase(
            f"the driver {error.name} is not installed; install statewright[server,postgres]"
        ) from None


def _sqlite(url: URL) -> tuple[Database, int]:
    if url.database in {None, "", ":memory:"}:
        raise UnusableDatabase(
            "the URL names no file; write sqlite:///flows.db, or use MemoryStore for a test"
        )
    return SQLiteDatabase(url), 1


def _postgresql(url: URL) -> tuple[Database, int]:
    return PostgreSQLDatabase(url.set(drivername="postgresql+psycopg"), 2 * _THREADS), _THREADS


_DATABASES: dict[str, Callable[[URL], tuple[Database, int]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}
