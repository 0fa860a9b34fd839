"""``Drafts`` on SQL databases: in the tables beside those of the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from statewright.errors import DraftChanged
from statewright.storage.drafts import ABSENT, Draft, Heading, Saved, saved_from
from statewright.storage.receipts import Receipt
from statewright.storage.sql.database import Database
from statewright.storage.sql.rows import Row, as_written
from statewright.storage.store import PAGE

Result = TypeVar("Result")


class Threads(Protocol):
    """A database that is open, and the threads in which it is used."""

    database: Database

    def read(self, work: Callable[[], Result]) -> Awaitable[Result]:
        """The result of some work that only reads."""
        ...

    def write(self, work: Callable[[], Result], *, tries: int) -> Awaitable[Result]:
        """The result of some work that writes."""
        ...


class SQLDrafts:
    """``Drafts`` in the database of a store.

    Args:
        opened: gives the database; raises ``StorageUnavailable`` while the store is not open.
    """

    def __init__(self, opened: Callable[[], Threads]) -> None:
        self._opened = opened

    async def read(self, tenant: str, flow: str) -> Saved | None:
        """See ``Drafts``."""
        opened = self._opened()
        return await opened.read(partial(_read, opened.database, tenant, flow))

    async def headings(
        self, tenant: str, *, after: str = "", limit: int = PAGE
    ) -> tuple[Heading, ...]:
        """See ``Drafts``."""
        opened = self._opened()
        return await opened.read(partial(_headings, opened.database, tenant, after, limit))

    async def save(
        self,
        draft: Draft,
        *,
        seen: str | None = None,
        receipt: Callable[[Saved], Receipt] | None = None,
    ) -> Saved:
        """See ``Drafts``."""
        opened = self._opened()
        # Tried once: after a change that only seems to have failed, the draft is not what was seen.
        return await opened.write(partial(_save, opened.database, draft, seen, receipt), tries=1)

    async def remove(
        self, tenant: str, flow: str, *, seen: str | None = None, receipt: Receipt | None = None
    ) -> bool:
        """See ``Drafts``."""
        opened = self._opened()
        return await opened.write(
            partial(_remove, opened.database, tenant, flow, seen, receipt), tries=1
        )

    async def receipt(self, tenant: str, key: str) -> Receipt | None:
        """See ``KeepsReceipts``."""
        opened = self._opened()
        return await opened.read(partial(opened.database.receipt, tenant, key))


def _read(database: Database, tenant: str, flow: str) -> Saved | None:
    found = database.read("draft", tenant=tenant, flow=flow)
    return _saved_from(found[0]) if found else None


def _headings(database: Database, tenant: str, after: str, limit: int) -> tuple[Heading, ...]:
    found = database.read("drafts", tenant=tenant, after=after, limit=limit)
    return tuple(map(_heading_from, found))


def _save(
    database: Database,
    draft: Draft,
    seen: str | None,
    receipt: Callable[[Saved], Receipt] | None,
) -> Saved:
    digest = draft.digest
    columns = {
        "tenant": draft.tenant,
        "flow": draft.flow,
        "title": draft.name,
        "digest": digest,
        "dialect": draft.dialect,
        "at": draft.at,
        "text": draft.text,
        "ui": draft.ui,
    }
    statement = "change_draft"
    if seen is None:
        statement = "put_draft"
    elif seen == ABSENT:
        statement = "add_draft"
    else:
        columns["seen"] = seen
    with database.transaction() as connection:
        if found := database.run(connection, statement, columns):
            saved = saved_from(draft, found[0].created_at)
            database.keep(connection, receipt and receipt(saved))
            return saved
    raise DraftChanged(draft.flow, _digest(database, draft.tenant, draft.flow), seen or ABSENT)


def _remove(
    database: Database, tenant: str, flow: str, seen: str | None, receipt: Receipt | None
) -> bool:
    which = {"tenant": tenant, "flow": flow, "seen": seen}
    with database.transaction() as connection:
        if database.run(connection, "remove_draft", which):
            database.keep(connection, receipt)
            return True
    there = _digest(database, tenant, flow)
    if seen not in {None, there}:
        raise DraftChanged(flow, there, seen or ABSENT)
    return False


def _digest(database: Database, tenant: str, flow: str) -> str:
    saved = _read(database, tenant, flow)
    return saved.heading.digest if saved else ABSENT


@as_written
def _saved_from(row: Row) -> Saved:
    return Saved(_heading_from(row), row.text, row.dialect, row.ui)


@as_written
def _heading_from(row: Row) -> Heading:
    return Heading(row.tenant, row.flow, row.name, row.digest, row.created_at, row.updated_at)
