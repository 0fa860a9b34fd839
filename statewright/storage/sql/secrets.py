"""``SealedSecrets`` on SQL databases: in a table beside those of the store."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from statewright.storage.secrets import SealedSecret
from statewright.storage.sql.database import Database
from statewright.storage.sql.drafts import Threads
from statewright.storage.sql.rows import Row, as_written
from statewright.storage.store import PAGE

TRIES = 3
"""How often a change is tried: each of them may be made twice."""


class SQLSecrets:
    """``SealedSecrets`` in the database of a store.

    Args:
        opened: gives the database; raises ``StorageUnavailable`` while the store is not open.
    """

    def __init__(self, opened: Callable[[], Threads]) -> None:
        self._opened = opened

    async def read(self, tenant: str, name: str) -> SealedSecret | None:
        """See ``SealedSecrets``."""
        opened = self._opened()
        return await opened.read(partial(_read, opened.database, tenant, name))

    async def page(
        self, *, after: tuple[str, str] | None = None, limit: int = PAGE
    ) -> tuple[SealedSecret, ...]:
        """See ``SealedSecrets``."""
        opened = self._opened()
        return await opened.read(partial(_page, opened.database, after or ("", ""), limit))

    async def save(self, secret: SealedSecret) -> None:
        """See ``SealedSecrets``."""
        opened = self._opened()
        await opened.write(partial(_save, opened.database, secret), tries=TRIES)

    async def reseal(self, before: SealedSecret, sealed: str) -> bool:
        """See ``SealedSecrets``."""
        opened = self._opened()
        return await opened.write(partial(_reseal, opened.database, before, sealed), tries=1)

    async def remove(self, tenant: str, name: str) -> bool:
        """See ``SealedSecrets``."""
        opened = self._opened()
        return await opened.write(partial(_remove, opened.database, tenant, name), tries=1)


def _read(database: Database, tenant: str, name: str) -> SealedSecret | None:
    found = database.read("secret", tenant=tenant, secret=name)
    return _secret_from(found[0]) if found else None


def _page(database: Database, after: tuple[str, str], limit: int) -> tuple[SealedSecret, ...]:
    found = database.read("secrets", tenant=after[0], secret=after[1], limit=limit)
    return tuple(map(_secret_from, found))


def _save(database: Database, secret: SealedSecret) -> None:
    database.write(
        "put_secret", tenant=secret.tenant, secret=secret.name, sealed=secret.sealed, at=secret.at
    )


def _reseal(database: Database, before: SealedSecret, sealed: str) -> bool:
    which = {"tenant": before.tenant, "secret": before.name, "seen": before.sealed}
    return bool(database.write("reseal_secret", **which, sealed=sealed))


def _remove(database: Database, tenant: str, name: str) -> bool:
    return bool(database.write("remove_secret", tenant=tenant, secret=name))


@as_written
def _secret_from(row: Row) -> SealedSecret:
    return SealedSecret(row.tenant, row.name, row.sealed, row.at)
