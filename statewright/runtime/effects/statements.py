"""Databases as flows ask them: how they are opened, what they give, and what their errors mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import URL, CursorResult, Engine, create_engine, event
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)

from statewright.errors import EffectFailed, FailureKind

CHUNK: Final = 100
"""How many rows are read at a time."""

READ_ONLY: Final = frozenset({"sqlite", "postgresql", "mysql", "mariadb"})
"""The databases that can be kept from being written to, by their names in URLs."""

_DENIED: Final = frozenset({19, 24, 25})
"""What SQLite is not to do where nothing may be changed: PRAGMA, ATTACH, DETACH."""

_OK, _DENY = 0, 1


def opened_engine(url: URL, *, read_only: bool, connections: int, seconds: float) -> Engine:
    """An engine that logs no parameters and, where that is wanted, lets nothing be changed.

    Args:
        url: of SQLAlchemy.
        read_only: whether nothing may be changed.
        connections: how many statements run at once.
        seconds: how long SQLite waits for others.

    Raises:
        EffectFailed: there is no such driver, or the URL is none (``database``).
    """
    name = url.get_backend_name()
    arguments: dict[str, Any] = {"execution_options": {}}
    if name == "sqlite":
        arguments["connect_args"] = {"check_same_thread": False, "timeout": seconds}
    if name == "postgresql" and read_only:
        arguments["execution_options"] = {"postgresql_readonly": True}
    try:
        engine = create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            pool_recycle=1_800,
            # Parameters are what users have said: they belong into no log and no error.
            hide_parameters=True,
            **arguments,
        )
    except (ArgumentError, ModuleNotFoundError, SQLAlchemyError, TypeError):
        raise EffectFailed(
            "database", "the database cannot be used: its url is none, or its driver is missing"
        ) from None
    if read_only and name in _GUARDS:
        event.listen(engine, "connect", _GUARDS[name])
    return engine


def _guard_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("pragma query_only = on")
    connection.set_authorizer(lambda what, *_: _DENY if what in _DENIED else _OK)


def _guard_mysql(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("set session transaction read only")
    cursor.close()


_GUARDS: Final = {"sqlite": _guard_sqlite, "mysql": _guard_mysql, "mariadb": _guard_mysql}


def rows_from(
    result: CursorResult[Any], most: int, largest: int
) -> tuple[list[Mapping[str, Any]], bool]:
    """The rows of a result by the names of their columns, and whether there are more.

    Args:
        result: of a statement.
        most: how many rows are wanted at most.
        largest: how many characters they may have as JSON.

    Raises:
        EffectFailed: they have more (``result``).
    """
    rows: list[Mapping[str, Any]] = []
    if not result.returns_rows:
        return rows, False
    mappings, left = result.mappings(), largest
    while chunk := mappings.fetchmany(min(CHUNK, most + 1 - len(rows))):
        for row in chunk:
            made = {str(name): _value(value) for name, value in row.items()}
            left -= len(json.dumps(made, default=str))
            if left < 0:
                raise EffectFailed(
                    "result", f"the result has more than {largest:,} characters; ask for less"
                )
            rows.append(made)
        if len(rows) > most:
            return rows[:most], True
    return rows, False


def _value(value: Any) -> Any:
    """A value of a database as flows know it."""
    if isinstance(value, dict):
        return {str(key): _value(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_value(part) for part in value]
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value)
    return value


def _number(value: Decimal) -> int | float:
    whole = value.is_finite() and value == value.to_integral_value()
    return int(value) if whole else float(value)


def _moment(value: datetime) -> datetime:
    """A time without a zone counts as one of UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


_CONVERSIONS: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (Decimal, _number),
    (datetime, _moment),
    (date, date.isoformat),
    (time, time.isoformat),
    (UUID, str),
    (bytearray, bytes),
    (memoryview, bytes),
)
"""Types in this order: a ``datetime`` is a ``date``, too."""

_BUSY: Final = frozenset({"40", "53", "55", "57"})
_NO_CONNECTION: Final = frozenset({"08"})
_CANCELLED: Final = "57014"
_NOT_LET_IN: Final = "28"
"""Classes of SQLSTATE (PostgreSQL, appendix A)."""

_SQLITE_BUSY: Final = frozenset({5, 6})
_SQLITE_INTERRUPTED: Final = 9
_SQLITE_CANNOT_OPEN: Final = 14


def failure_from(error: Exception) -> EffectFailed:
    """What an error of a database calls for. What it says is not told: it may repeat values."""
    if isinstance(error, IntegrityError):
        return EffectFailed("constraint", "the database refuses it: a constraint would not hold")
    original = error.orig if isinstance(error, DBAPIError) else None
    state = str(getattr(original, "sqlstate", None) or "")
    number = getattr(original, "sqlite_errorcode", None)
    code = number & 0xFF if isinstance(number, int) else None
    for happened, named, message, kind in (
        (
            state == _CANCELLED or code == _SQLITE_INTERRUPTED,
            "timeout",
            "the database did not answer in time",
            FailureKind.TRANSIENT,
        ),
        (
            state[:2] == _NOT_LET_IN,
            "authentication",
            "the database does not let us in",
            FailureKind.AUTHENTICATION,
        ),
        (
            state[:2] in _BUSY or code in _SQLITE_BUSY,
            "busy",
            "the database is too busy",
            FailureKind.TRANSIENT,
        ),
        (
            _is_lost(error, state, code),
            "connect",
            "there is no connection to the database",
            FailureKind.TRANSIENT,
        ),
    ):
        if happened:
            return EffectFailed(named, message, kind=kind)
    about = f" ({state or original.__class__.__name__})" if original is not None else ""
    return EffectFailed("query", f"the database refuses the statement{about}")


def _is_lost(error: Exception, state: str, code: int | None) -> bool:
    """Whether there is no connection, or none any more."""
    if not isinstance(error, DBAPIError):
        return False
    unknown = isinstance(error, OperationalError | InterfaceError) and not state and code is None
    known = state[:2] in _NO_CONNECTION or code == _SQLITE_CANNOT_OPEN
    return known or unknown or error.connection_invalidated
