"""The outbox as people see it: what is still to be done, and what has failed for good."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.storage.queues import Entry
from statewright.storage.sql import rows
from statewright.storage.sql.database import Database
from statewright.storage.sql.rows import json_text


def pending(database: Database, tenant: str, after: Entry | None, limit: int) -> tuple[Entry, ...]:
    """See ``Store.pending``."""
    return _page(database, "pending", tenant, after, limit)


def failed(database: Database, tenant: str, after: Entry | None, limit: int) -> tuple[Entry, ...]:
    """See ``Store.failed``."""
    return _page(database, "failed", tenant, after, limit)


def revive(database: Database, entries: Sequence[Entry], at: int) -> tuple[bool, ...]:
    """See ``Store.revive``."""
    asked = [
        {
            "tenant": entry.key.tenant,
            "session": entry.key.session,
            "revision": entry.revision,
            "ordinal": entry.ordinal,
        }
        for entry in entries
    ]
    found = database.write("revive", entries=json_text(asked), at=at)
    revived = {(rows.key_of(row), row.revision, row.ordinal) for row in found}
    return tuple((entry.key, entry.revision, entry.ordinal) in revived for entry in entries)


def _page(
    database: Database, name: str, tenant: str, after: Entry | None, limit: int
) -> tuple[Entry, ...]:
    found = database.read(
        name,
        tenant=tenant,
        at=after.at if after else -1,
        session=after.key.session if after else "",
        revision=after.revision if after else 0,
        ordinal=after.ordinal if after else 0,
        limit=limit,
    )
    return tuple(map(rows.entry_from, found))
