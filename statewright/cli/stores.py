"""Commands that work on what is stored: a runtime on the database that was named."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final, TypeVar

from statewright.cli.failure import Failure
from statewright.errors import UnknownFlow

if TYPE_CHECKING:
    from statewright.runtime import Runtime
    from statewright.storage import Store
    from statewright.storage.records import Publication

TENANT: Final = "default"
"""Whose flows and sessions the command line works on."""

SQLITE: Final = "sqlite:///"

Result = TypeVar("Result")


def on_store(database: str, work: Callable[[Runtime], Awaitable[Result]]) -> Result:
    """Do something with a runtime that does nothing by itself.

    Args:
        database: the URL of the database; its tables are made where they are missing.
        work: what is to be done.

    Raises:
        Failure: the parts that keep things in databases are not installed.
        HostError: the database cannot be used.
    """
    store = store_at(database)
    from statewright.runtime import Runtime  # noqa: PLC0415 (only these commands need it)

    async def opened() -> Result:
        await store.open()
        try:
            return await work(Runtime(store, engine=None, schedules=None))
        finally:
            await store.close()

    return asyncio.run(opened())


def on_existing_store(database: str, work: Callable[[Runtime], Awaitable[Result]]) -> Result:
    """As ``on_store``, for what makes no sense without data.

    Raises:
        Failure: there is no such file, or as for ``on_store``.
    """
    check_existing(database)
    return on_store(database, work)


def check_existing(database: str) -> None:
    """Refuse a database in a file that is not there, instead of making an empty one.

    Raises:
        Failure: there is no such file.
    """
    file = database.removeprefix(SQLITE).partition("?")[0]
    if database.startswith(SQLITE) and file and not Path(file).exists():
        raise Failure(f"there is no database at {file!r}; `statewright publish` makes it")


def store_at(database: str) -> Store:
    """A store that is not open yet.

    Raises:
        Failure: the parts that keep things in databases are not installed.
    """
    try:
        # Only here: the server is a part that is not always installed.
        from statewright.storage import SQLStore  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Failure(
            f"{error.name} is not installed; pip install 'statewright[server]' has all it takes"
        ) from None
    return SQLStore(database)


def sql_part() -> ModuleType:
    """What changes the tables of databases.

    Raises:
        Failure: the parts that keep things in databases are not installed.
    """
    try:
        from statewright.storage import sql  # noqa: PLC0415 (as above)
    except ModuleNotFoundError as error:
        raise Failure(
            f"{error.name} is not installed; pip install 'statewright[server]' has all it takes"
        ) from None
    return sql


async def published(runtime: Runtime, flow: str, version: int | None = None) -> Publication:
    """A version of a flow; the newest one where none is named.

    Raises:
        UnknownFlow: it is not published.
    """
    publication = await runtime.store.publication(TENANT, flow, version=version)
    if publication is None:
        what = "the flow" if version is None else f"version {version} of the flow"
        raise UnknownFlow(f"{what} {flow!r} is not published")
    return publication


def moment(micros: int) -> str:
    """A time as it is written: ``2026-01-05T09:00:00Z``.

    >>> moment(1_767_603_600_000_000)
    '2026-01-05T09:00:00Z'
    """
    return datetime.fromtimestamp(micros // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
