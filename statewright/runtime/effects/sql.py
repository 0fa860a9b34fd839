"""The action ``sql``: one statement on a database that the host has a name for.

What is asked is ``{database, query, parameters}``. The query is a text of the flow's author, never
a template: values come into it as parameters, ``:name``, which the driver binds. The result is
``{rows, count, truncated}``.

``:effect`` is bound to the id of the effect, the same for every try, so that what is written can be
written once: ``insert … values (:effect, …) on conflict do nothing``.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, bindparam, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import TextClause

from statewright.errors import EffectFailed, EvaluationError
from statewright.expressions.printing.texts import plain_from_value
from statewright.runtime.effects.handling import Order
from statewright.runtime.effects.parameters import parameters_of, seconds_of, text_of
from statewright.runtime.effects.secret_texts import Secrets, host_secret
from statewright.runtime.effects.statements import failure_from, opened_engine, rows_from

EFFECT: Final = "effect"
"""The parameter that stands for the id of the effect."""

LONGEST_QUERY: Final = 64 * 1024
"""The most characters of a query."""


@dataclass(frozen=True, slots=True)
class Source:
    """A database.

    Attributes:
        url: of SQLAlchemy, without a password.
        password: the name of the host's secret that it is opened with, or ``""`` for none.
        read_only: whether nothing may be changed.
        rows: how many rows a result has at most; what is beyond is left out.
        largest: how many characters a result has at most, as JSON.
        seconds: how long a statement may take.
        connections: how many statements run at once.
        tenants: whose flows may ask it; None for all.
    """

    url: URL
    password: str = ""
    read_only: bool = True
    rows: int = 1_000
    largest: int = 1024 * 1024
    seconds: float = 10.0
    connections: int = 4
    tenants: tuple[str, ...] | None = None


class SqlHandler:
    """Asks databases.

    Args:
        sources: name → database.
        secrets: gives the passwords.
    """

    def __init__(self, sources: Mapping[str, Source], secrets: Secrets) -> None:
        self._sources = sources
        self._secrets = secrets
        self._opened: dict[str, _Opened] = {}

    async def __call__(self, order: Order) -> Any:
        """Run a statement, in a transaction of its own.

        Raises:
            EffectFailed: there is no such database (``database``), the statement is none
                (``request``) or refused (``query``, ``constraint``), takes too long (``timeout``),
                has a result that is too large (``result``), or there is no connection
                (``connect``).
        """
        given = parameters_of(order)
        name = text_of(given, "database", wanted=True) or ""
        source = self._sources.get(name)
        if source is None or (
            source.tenants is not None and order.key.tenant not in source.tenants
        ):
            raise EffectFailed("database", "there is no database of that name; see the settings")
        statement, values = _statement(given, order.id)
        password = await host_secret(self._secrets, source.password) if source.password else ""
        opened = self._open(name, source, password)
        seconds = min(source.seconds, seconds_of(order))
        return await opened.run(partial(_run, source, statement, values, seconds), seconds)

    async def aclose(self) -> None:
        """Let go of everything."""
        opened, self._opened = self._opened, {}
        for one in opened.values():
            await one.close()

    def _open(self, name: str, source: Source, password: str) -> _Opened:
        opened = self._opened.get(name)
        if opened is None or opened.password != password:
            if opened is not None:
                opened.retire()
            opened = self._opened[name] = _Opened(source, password)
        return opened


class _Opened:
    """A database that is open, and the threads in which it is asked."""

    def __init__(self, source: Source, password: str) -> None:
        self.password = password
        url = source.url.set(password=password) if password else source.url
        self._engine = opened_engine(
            url,
            read_only=source.read_only,
            connections=source.connections,
            seconds=source.seconds,
        )
        self._threads = ThreadPoolExecutor(source.connections, "statewright sql")

    async def run(self, work: Callable[[Engine, list[Connection]], Any], seconds: float) -> Any:
        """Do something in a thread; what takes too long is interrupted."""
        running: list[Connection] = []
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, work, self._engine, running)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise EffectFailed(
                "timeout", "the database did not answer in time", transient=True
            ) from None
        finally:
            if not future.done():
                future.add_done_callback(_forgotten)
                for connection in running:
                    _interrupt(connection)

    def retire(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False)
        self._engine.dispose(close=False)

    async def close(self) -> None:
        """Wait for what is running, and close."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def _forgotten(future: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more, nor for its error."""
    if not future.cancelled():
        future.exception()


def _interrupt(connection: Connection) -> None:
    """Ask the driver to stop what a connection does; not every driver can."""
    with suppress(Exception):
        driver: Any = connection.connection.driver_connection
        for name in ("interrupt", "cancel_safe", "cancel"):
            if hasattr(driver, name):
                getattr(driver, name)()
                return


def _statement(given: Mapping[str, Any], effect: str) -> tuple[TextClause, dict[str, Any]]:
    """The statement and its parameters; a list is as many of them as it has elements."""
    query = given.get("query")
    if not isinstance(query, str) or not query.strip() or len(query) > LONGEST_QUERY:
        raise EffectFailed("request", f"`query` is a text of at most {LONGEST_QUERY:,} characters")
    query = query.strip().removesuffix(";")
    if ";" in query:
        # Some drivers run several statements where there are no parameters, and of those the
        # second may end the transaction in which nothing is written.
        raise EffectFailed(
            "request", "`query` is one statement; a text with a semicolon is to be a parameter"
        )
    named = given.get("parameters") or {}
    if not isinstance(named, Mapping) or EFFECT in named:
        raise EffectFailed(
            "request", f"`parameters` is a map of values by name, without `{EFFECT}`"
        )
    statement = text(query)
    wanted = set(statement.compile().params)
    values = {str(name): _bound(value) for name, value in {**named, EFFECT: effect}.items()}
    if missing := sorted(wanted - values.keys()):
        raise EffectFailed("request", f"the query has `:{missing[0]}`, and `parameters` has not")
    if unused := sorted(values.keys() - wanted - {EFFECT}):
        raise EffectFailed("request", f"`parameters` has `{unused[0]}`, and the query has not")
    lists = [name for name in wanted if isinstance(values[name], list)]
    statement = statement.bindparams(*(bindparam(name, expanding=True) for name in lists))
    return statement, {name: values[name] for name in wanted}


def _bound(value: Any) -> Any:
    """A value as drivers take it: maps as JSON."""
    if isinstance(value, datetime | timedelta | bytes):
        return value
    try:
        plain = plain_from_value(value)
    except EvaluationError:
        raise EffectFailed("request", "a parameter has no value that a database takes") from None
    return json.dumps(plain) if isinstance(plain, dict) else plain


def _run(
    source: Source,
    statement: TextClause,
    values: Mapping[str, Any],
    seconds: float,
    engine: Engine,
    running: list[Connection],
) -> dict[str, Any]:
    """Run a statement in this thread; what is not committed is rolled back."""
    try:
        with engine.connect() as opened:
            streamed = source.read_only and bool(_STREAMED.match(statement.text))
            connection = opened.execution_options(stream_results=streamed)
            running.append(connection)
            try:
                if engine.dialect.name == "postgresql":
                    limit = {"limit": str(max(1, round(seconds * 1_000)))}
                    connection.execute(_LIMIT, limit).close()
                with connection.execute(statement, values) as result:
                    rows, more = rows_from(result, source.rows, source.largest)
                    count = len(rows) if result.returns_rows else max(result.rowcount, 0)
                if not source.read_only:
                    connection.commit()
            finally:
                running.clear()
    except (SQLAlchemyError, OverflowError, ValueError, TypeError) as error:
        raise failure_from(error) from None
    return {"rows": rows, "count": count, "truncated": more}


_LIMIT: Final = text("select set_config('statement_timeout', :limit, true)")
_STREAMED: Final = re.compile(r"\s*(?:select|with|values|table)\b", re.IGNORECASE)
"""Statements whose rows need not come all at once."""
