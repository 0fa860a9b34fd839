"""SQLite: one writer at a time, whose transactions see and decide everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, cast

from sqlalchemy import URL, Connection, create_engine, event

from statewright.storage.arbitration import committed, outcomes_of
from statewright.storage.records import Committed, Outcome, SessionKey, Turn
from statewright.storage.sql import rows
from statewright.storage.sql.database import Database, Held
from statewright.storage.sql.questions import answered, standing
from statewright.storage.sql.rows import Parameters

PRAGMAS = (
    "busy_timeout = 5000",
    "journal_mode = wal",
    # Each commit is on the disk before it is acknowledged.
    "synchronous = full",
    "cache_size = -16384",
    # Pages between two checkpoints, each of which waits for the disk several times.
    "wal_autocheckpoint = 4000",
)


class SQLiteDatabase(Database):
    """A file of SQLite.

    Args:
        url: names the file.
    """

    def __init__(self, url: URL) -> None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", paramstyle="named")
        event.listen(engine, "connect", _prepare)
        super().__init__(engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection; each statement sees one moment."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction in which nobody else writes."""
        with self.engine.connect() as connection:
            driver = _driver_of(connection)
            driver.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                # A disk that is full, and some other troubles, have rolled it back already.
                if driver.in_transaction:
                    driver.execute("rollback")
                raise
            driver.execute("commit")

    transaction = migrating = writing

    def run_bare(
        self, connection: Connection, name: str, parameters: Parameters
    ) -> Sequence[Sequence[Any]]:
        """See ``Database.run_bare``."""
        return _driver_of(connection).execute(self.statements[name], parameters).fetchall()

    def commit(self, turns: Sequence[Turn]) -> Sequence[Outcome]:
        """See ``Store.commit``."""
        with self.writing() as connection:
            found = answered(standing(turns), partial(self.run_bare, connection))
            revisions = {turn.key: row[0] for turn, row in zip(turns, found, strict=True)}
            quiet = {turn.key: row[1] for turn, row in zip(turns, found, strict=True)}
            contacts = {turn.key: row[2] for turn, row in zip(turns, found, strict=True)}
            handled = {
                (turn.key, turn.message): row[3]
                for turn, row in zip(turns, found, strict=True)
                if row[3]
            }
            outcomes = outcomes_of(turns, revisions, handled, quiet)
            written = committed(turns, outcomes)
            self._write(connection, written)
            contacts |= {turn.key: turn.birth.contact for turn in written if turn.birth}
            patching = [turn for turn in written if turn.patches]
            unfit = self.patch(connection, patching, contacts) if patching else {}
            if onward := [(message, 0) for turn in written for message in turn.onward]:
                self._accept(connection, onward)
        return [
            replace(outcome, unfit=unfit.get((turn.key, turn.revision), ()))
            if isinstance(outcome, Committed)
            else outcome
            for turn, outcome in zip(turns, outcomes, strict=True)
        ]

    def _write(self, connection: Connection, turns: Sequence[Turn]) -> None:
        chains = rows.chains_of(turns)
        born = [rows.session_row(chain) for chain in chains if chain[0].birth]
        moved = [rows.session_row(chain) for chain in chains if not chain[0].birth]
        past = [rows.history_row(turn) for turn in turns]
        each = {
            "move": moved,
            "bear": born,
            "begin": born,
            "record": past,
            "answer": [row for row in past if row["position"]],
            "ask": [row for turn in turns for row in rows.outbox_rows(turn)],
        }
        for name, written in each.items():
            if written:
                _driver_of(connection).executemany(self.statements[name], written)

    def accept(self, messages: Sequence[Held]) -> None:
        """See ``Database.accept``."""
        with self.writing() as connection:
            self._accept(connection, messages)

    def _accept(self, connection: Connection, messages: Sequence[Held]) -> None:
        asked = rows.message_rows([message for message, _ in messages])
        standing = self.run(connection, "positions", {"messages": asked})
        lasts = {
            message.key: row.last or 0 for (message, _), row in zip(messages, standing, strict=True)
        }
        fresh: dict[tuple[SessionKey, str], Held] = {}
        for (message, held_until), row in zip(messages, standing, strict=True):
            if row.position is None:
                fresh.setdefault((message.key, message.message), (message, held_until))
        arrivals = []
        for message, held_until in fresh.values():
            lasts[message.key] += 1
            arrivals.append(
                rows.inbox_row(message, position=lasts[message.key], held_until=held_until)
            )
        self.run(connection, "count", arrivals)
        self.run(connection, "accept", arrivals)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    """The connection of the driver behind one of SQLAlchemy."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _prepare(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
