"""Tallies in SQL: their rows are locked from reading to writing, in the order of their keys."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.storage.sql.database import Database
from statewright.storage.sql.rows import json_text
from statewright.storage.tallies import Change, Place


def tally(database: Database, places: Sequence[Place], change: Change) -> None:
    """See ``KeepsTallies.tally``."""
    asked = [{"tenant": tenant, "name": name} for tenant, name in sorted(set(places))]
    with database.transaction() as connection:
        found = database.run(connection, "tallies", {"places": json_text(asked)})
        texts = dict.fromkeys(places, "") | {(row.tenant, row.name): row.state for row in found}
        changed = change(texts)
        rows = [
            {"tenant": tenant, "name": name, "state": state}
            for (tenant, name), state in changed.items()
        ]
        if rows:
            database.run(connection, "tally", {"tallies": json_text(rows)})
        if not all({**texts, **changed}.values()):
            database.run(connection, "untally", {"places": json_text(asked)})


def tallied(database: Database, after: Place, limit: int) -> tuple[Place, ...]:
    """See ``KeepsTallies.tallied``."""
    tenant, name = after
    found = database.read("tallied", tenant=tenant, tally=name, limit=limit)
    return tuple((row.tenant, row.name) for row in found)
