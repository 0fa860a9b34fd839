"""Where publications and sessions are kept: one protocol, in memory, on SQLite and PostgreSQL.

``Store`` and its laws are in ``store``, the values that go in and out in ``records``, ids and
tokens in ``identity``. ``SQLStore`` is imported when it is first asked for: it needs SQLAlchemy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from statewright.storage.memory import MemoryStore
from statewright.storage.store import Store

if TYPE_CHECKING:
    from statewright.storage.sql import SQLStore

__all__ = ["MemoryStore", "SQLStore", "Store"]


def __getattr__(name: str) -> type[SQLStore]:
    """``SQLStore``, so that a program without a database needs no SQLAlchemy.

    Raises:
        AttributeError: there is no public part of that name.
    """
    if name != "SQLStore":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from statewright.storage.sql import SQLStore  # noqa: PLC0415 (on first use, see above)

    return SQLStore
