"""The store on SQL databases. No other package knows SQLAlchemy."""

from __future__ import annotations

from statewright.storage.sql.opening import upgrade, upgrade_sql
from statewright.storage.sql.store import SQLStore

__all__ = ["SQLStore", "upgrade", "upgrade_sql"]
