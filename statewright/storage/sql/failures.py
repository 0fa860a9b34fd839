"""What a driver raises → what a store raises."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from statewright.errors import HostError, StorageUnavailable, UnusableDatabase

_PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")
"""SQLSTATE classes (PostgreSQL, appendix A) of what may be gone at the next try: connection,
rollback, resources, locks, intervention, the system."""

_PASSING_WORDS = ("locked", "busy", "disk i/o", "disk is full", "interrupted")
"""What SQLite says where trying again may help; it tells more by words than by codes."""


FAILURES = (SQLAlchemyError, sqlite3.Error)
"""What is raised where a database fails: by SQLAlchemy, or by a driver that is spoken to."""


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed at the next try."""
    if isinstance(error, sqlite3.Error):
        return any(word in str(error).lower() for word in _PASSING_WORDS)
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING_CLASSES)
    if hasattr(error.orig, "sqlstate"):
        # The driver itself has given up: no server was reached, or it went away.
        return isinstance(error, OperationalError)
    return isinstance(error.orig, sqlite3.Error) and is_passing(error.orig)


def translated(error: Exception) -> HostError:
    """The error of ours that says what an error of the database layer says, on one line."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    said = " ".join(str(cause).split()) or type(cause).__name__
    if is_passing(error):
        return StorageUnavailable(f"the database does not do its work: {said}; try again later")
    return UnusableDatabase(f"the database refuses to work with us: {said}")
