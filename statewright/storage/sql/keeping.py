"""How long rows are kept: finding what nobody has used for long, and deleting it."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.storage.records import Session, SessionKey
from statewright.storage.sql import rows
from statewright.storage.sql.database import Database
from statewright.storage.sql.rows import json_text

_TABLES = ("history", "outbox", "inbox", "mailboxes", "sessions")
"""What holds something of a session, beside how many episodes its conversation has had."""


def tenants(database: Database, after: str, limit: int) -> tuple[str, ...]:
    """See ``Store.tenants``."""
    return tuple(row.tenant for row in database.read("tenants", after=after, limit=limit))


def receipted(database: Database, after: str, limit: int) -> tuple[str, ...]:
    """See ``Store.receipted``."""
    return tuple(row.tenant for row in database.read("receipted", after=after, limit=limit))


def forget_receipts(database: Database, tenant: str, before: int, limit: int) -> int:
    """See ``Store.forget_receipts``."""
    return len(database.write("forget_receipts", tenant=tenant, before=before, limit=limit))


def idle(
    database: Database, tenant: str, before: int, after: Session | None, limit: int
) -> tuple[Session, ...]:
    """See ``Store.idle``."""
    found = database.read(
        "idle",
        tenant=tenant,
        before=before,
        created_at=after.created_at if after else -1,
        session=after.key.session if after else "",
        limit=limit,
    )
    return tuple(map(rows.session_from, found))


def forget(database: Database, keys: Sequence[SessionKey], before: int) -> tuple[bool, ...]:
    """See ``Store.forget``."""
    asked = [{"tenant": key.tenant, "session": key.session} for key in dict.fromkeys(keys)]
    with database.transaction() as connection:
        over = database.run(connection, "over", {"keys": json_text(asked), "before": before})
        gone = {rows.key_of(row) for row in over}
        doomed = [{"tenant": key.tenant, "session": key.session} for key in sorted(gone)]
        if doomed:
            for table in _TABLES:
                database.run(connection, f"erase_{table}", {"keys": json_text(doomed)})
    return tuple(key in gone for key in keys)
