"""PostgreSQL: one statement a batch, which decides, writes and commits."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import URL, Connection, create_engine, event

from statewright.storage.arbitration import committed, outcomes_of
from statewright.storage.patches import Patch
from statewright.storage.records import (
    Committed,
    Loaded,
    Lookup,
    Outcome,
    SessionKey,
    Turn,
)
from statewright.storage.sql import rows
from statewright.storage.sql.database import Database, Held
from statewright.storage.sql.questions import Questions, Tell, answered, loading, lost
from statewright.storage.sql.rows import Parameters, json_text
from statewright.storage.sql.statements import numbered
from statewright.storage.sql.wires import Wire, Wires

_SETTINGS = (
    # Planning takes longer than running, and no plan depends on what a batch holds.
    "plan_cache_mode = force_generic_plan",
    "jit = off",
)

_COMPRESSION = """
select set_config(name, 'lz4', false) from pg_settings
where name = 'default_toast_compression' and 'lz4' = any (enumvals)
"""
"""A server that was built with LZ4 has a third less to do for a turn if it compresses by that."""

_PATIENCE = {
    # Seconds, for a server that cannot be reached; milliseconds, for one that went away silently.
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""How long a server is waited for that does not answer at all; the URL may say otherwise."""

_QUICK = ("load", "commit", "standing")
"""The statements of every turn."""

_WIRES = 5
"""How many batches may be under way without a thread."""

_MIGRATION_LOCK = int.from_bytes(b"stwright")
"""The advisory lock under which migrations run: any number that nobody else uses."""


class PostgreSQLDatabase(Database):
    """A database of PostgreSQL 12 or later.

    Args:
        url: where it is.
        connections: how many connections are kept.
    """

    def __init__(self, url: URL, connections: int) -> None:
        engine = create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            pool_size=connections,
            connect_args={
                "prepare_threshold": 0,
                **{name: wait for name, wait in _PATIENCE.items() if name not in url.query},
            },
        )
        event.listen(engine, "connect", _prepare)
        super().__init__(engine)
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._numbered = numbered(create_engine(url, paramstyle="numeric_dollar").dialect, _QUICK)
        self._wires = Wires(self._wire, _WIRES)
        self._transactional = engine.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection; each statement is a transaction."""
        with self.engine.connect() as connection:
            yield connection

    writing = reading

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of several statements."""
        with self._transactional.begin() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction in which nobody else migrates."""
        with self.transaction() as connection:
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})")
            yield connection

    def run_bare(
        self, connection: Connection, name: str, parameters: Parameters
    ) -> Sequence[Sequence[Any]]:
        """See ``Database.run_bare``; here the statement has to be a transaction of its own.

        Where it fails, nothing was done, or nobody can know. So it is run again, as any other, by
        SQLAlchemy, which finds out whether the connection is lost, and lets go of all that were
        made as early as that one.
        """
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.statements[name], parameters)
            return cursor.fetchall()
        except self._driver_error:
            return self.run(connection, name, parameters)
        finally:
            cursor.close()

    def commit(self, turns: Sequence[Turn]) -> Sequence[Outcome]:
        """See ``Store.commit``."""
        # What takes several statements goes in a transaction of its own.
        more = {turn.key for turn in turns if _takes_more(turn)}
        plain = [turn for turn in turns if turn.key not in more]
        told: dict[bool, Iterator[Outcome]] = {}
        if plain:
            with self.writing() as connection:
                told[False] = iter(answered(committing(plain), partial(self.run_bare, connection)))
        if more:
            rest = [turn for turn in turns if turn.key in more]
            with self.transaction() as connection:
                after = partial(self._finish, connection)
                ask = partial(self.run, connection)
                told[True] = iter(answered(committing(rest, after), ask))
        return [next(told[turn.key in more]) for turn in turns]

    def _finish(
        self, connection: Connection, won: Sequence[Turn], contacts: Mapping[SessionKey, str]
    ) -> Unfit:
        """Do what takes more statements of turns that were just committed."""
        unfit = self.patch(connection, won, contacts)
        if onward := [(message, 0) for turn in won for message in turn.onward]:
            self._accept(connection, onward)
        return unfit

    def begin_load(self, lookups: Sequence[Lookup], tell: Tell[Sequence[Loaded]]) -> bool:
        """See ``Database.begin_load``."""
        return self._wires.put(loading(lookups), tell)

    def begin_commit(self, turns: Sequence[Turn], tell: Tell[Sequence[Outcome]]) -> bool:
        """See ``Database.begin_commit``."""
        return not any(map(_takes_more, turns)) and self._wires.put(committing(turns), tell)

    async def close(self) -> None:
        """See ``Database.close``."""
        await self._wires.close()
        await super().close()

    def _wire(self, loop: AbstractEventLoop) -> Wire:
        """A connection for the event loop, as those of the pool are."""
        pooled = self.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        try:
            return Wire(connection, self.engine.dialect.loaded_dbapi, self._numbered, loop)
        except BaseException:
            connection.close()
            raise

    def accept(self, messages: Sequence[Held]) -> None:
        """See ``Database.accept``."""
        with self.writing() as connection:
            self._accept(connection, messages)

    def _accept(self, connection: Connection, messages: Sequence[Held]) -> None:
        asked = [
            {**rows.inbox_row(message, position=0, held_until=held_until), "number": number}
            for number, (message, held_until) in enumerate(messages)
        ]
        self.run(connection, "accept", {"messages": json_text(asked)})


Unfit: TypeAlias = Mapping[tuple[SessionKey, int], tuple[Patch, ...]]
"""Session and revision → the patches of that turn that did not fit."""


def committing(
    turns: Sequence[Turn],
    after: Callable[[Sequence[Turn], Mapping[SessionKey, str]], Unfit] = lambda _won, _contacts: {},
) -> Questions[list[Outcome]]:
    """See ``Store.commit``.

    The batch is laid out as if every session were where its first turn expects it to be; the
    statement writes those that are. What became of the others is looked up afterwards.

    Args:
        turns: the batch.
        after: is given the turns that were committed, and the contacts of their sessions; gives the
            patches that did not fit.
    """
    hoped = {turn.key: turn.expected for turn in reversed(turns)}
    quiet = {turn.key: turn.recalled for turn in reversed(turns)}
    outcomes = outcomes_of(turns, hoped, {}, quiet)
    chains = rows.chains_of(committed(turns, outcomes))
    found = (yield "commit", _written(chains)) if chains else ()
    won = _won(chains, found)
    unfit = after([turn for chain in chains for turn in chain if turn.key in won], won)
    results: list[Outcome | None] = [
        _as_fitted(turn, outcome, unfit)
        if isinstance(outcome, Committed) and turn.key in won
        else None
        for turn, outcome in zip(turns, outcomes, strict=True)
    ]
    losers = [turn for turn, result in zip(turns, results, strict=True) if result is None]
    told = iter((yield from lost(losers)) if losers else ())
    return [result or next(told) for result in results]


def _as_fitted(turn: Turn, outcome: Committed, unfit: Unfit) -> Committed:
    left = unfit.get((turn.key, turn.revision)) if unfit else None
    return Committed(turn.revision, left) if left else outcome


def _takes_more(turn: Turn) -> bool:
    return bool(turn.patches or turn.onward)


def _written(chains: Sequence[Sequence[Turn]]) -> Parameters:
    """What is written of chains of turns."""
    turns = [turn for chain in chains for turn in chain]
    sessions = [rows.session_row(chain) for chain in chains]
    history = [rows.history_row(turn) for turn in turns]
    outbox = [row for turn in turns for row in rows.outbox_rows(turn)]
    # What is long comes first: it is taken out of the rows.
    return {
        "snapshots": _taken("snapshot", sessions),
        "events": _taken("event", history),
        "answers": _taken("answer", history),
        "effects": _taken("effects", history),
        "payloads": _taken("payload", outbox),
        "sessions": json_text(sessions),
        "history": json_text(history),
        "outbox": json_text(outbox),
    }


def _taken(column: str, written: Sequence[Parameters]) -> list[str]:
    """The texts in a column of rows, taken out of them."""
    return [row.pop(column) for row in written]


def _won(chains: Sequence[Sequence[Turn]], found: Sequence[Sequence[Any]]) -> dict[SessionKey, str]:
    """The contact of each session of which the turns were committed."""
    contacts = {(tenant, session): contact for tenant, session, contact in found}
    keys = [chain[0].key for chain in chains]
    return {
        key: contacts[key.tenant, key.session]
        for key in keys
        if (key.tenant, key.session) in contacts
    }


def _prepare(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    try:
        for setting in _SETTINGS:
            connection.execute(f"set {setting}")
        connection.execute(_COMPRESSION)
        connection.commit()
    except BaseException:
        connection.close()
        raise
