"""The journal of a tenant on SQL databases; see ``storage.journal``.

Each row of the history has a ``moment``. On PostgreSQL it is the number of its transaction, and a
row is shown once every transaction with a lower number has ended: so nothing appears behind a
reader, and turns that are committed at once do not wait for each other as they would for a
counter. On SQLite, where one writes at a time, it is the time, and always greater than the one
before.
"""

from __future__ import annotations

from statewright.errors import InvalidCursor
from statewright.storage.journal import Cursor, Noted
from statewright.storage.records import Birth, PastTurn
from statewright.storage.sql import rows
from statewright.storage.sql.database import Database
from statewright.storage.sql.rows import Row


def journal(database: Database, tenant: str, after: Cursor, limit: int) -> tuple[Noted, ...]:
    """See ``KeepsJournal.journal``."""
    found = database.read(
        "journal",
        tenant=tenant,
        moment=after.moment,
        session=after.session,
        revision=after.revision,
        limit=limit,
    )
    if not found and after.moment > database.read("journal_reach")[0].moment:
        raise InvalidCursor(
            f"the journal has not come to {after}: the cursor is that of another database, or this "
            "one was restored; begin again"
        )
    return tuple(map(_noted_from, found))


def journal_end(database: Database, tenant: str) -> Cursor:
    """See ``KeepsJournal.journal_end``."""
    (row,) = database.read("journal_end", tenant=tenant)
    return Cursor(row.moment)


@rows.as_written
def _noted_from(row: Row) -> Noted:
    moment, _, session, flow, channel, conversation, episode, contact, *turn = row
    past = PastTurn(*turn)
    return Noted(
        Cursor(moment, session, past.revision),
        rows.key_of(row),
        Birth(flow, channel, conversation, episode, contact),
        past,
    )
