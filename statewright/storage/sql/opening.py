"""An open store on a SQL database: which one it is, and the threads and lanes of its calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from statewright.errors import Overloaded, UnusableDatabase
from statewright.storage.lane import ROOM, Lane
from statewright.storage.queues import Settlement
from statewright.storage.records import Loaded, Lookup, Outcome, Turn
from statewright.storage.sql.database import Database, Held, attempted
from statewright.storage.sql.postgresql import PostgreSQLDatabase
from statewright.storage.sql.sqlite import SQLiteDatabase
from statewright.storage.sql.upgrading import is_current, sql_of_upgrade, version_of

_BATCH: Final = 64
"""How many turns go into one transaction."""

_THREADS: Final = 4
"""How many calls of one kind run at once, where the database lets them."""

Result = TypeVar("Result")


class OpenDatabase:
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
            width=min(3, writers),
            length=_BATCH,
            quick=database.begin_commit,
        )
        self.arrivals: Lane[Held, int] = Lane(
            database.receive, self._writers, width=1, length=_BATCH
        )
        self.settlements: Lane[Settlement, bool] = Lane(
            lambda settlements: attempted(partial(database.finish, settlements)),
            self._writers,
            width=1,
            length=_BATCH,
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
        await self.arrivals.drain()
        await self.settlements.drain()
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


def opened(url: str) -> OpenDatabase:
    """A database, with its tables as they are now.

    Raises:
        UnusableDatabase, StorageUnavailable: as for ``upgrade``.
    """
    database, writers = _connected(url)
    try:
        attempted(database.upgrade)
    except BaseException:
        database.engine.dispose()
        raise
    return OpenDatabase(database, writers)


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
