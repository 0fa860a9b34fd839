"""Bringing the tables of a database up to this version of the program, and refusing later ones."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from statewright.errors import UnusableDatabase
from statewright.storage.sql.schema import VERSION_TABLE

_MIGRATIONS = Path(__file__).parent / "migrations"

_ALEMBIC: Final = Lock()
"""Held while Alembic works: what its migrations are told of lies in the globals of the process.

It is taken with the database locked, and no database is waited for while it is held.
"""


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version.

    Raises:
        UnusableDatabase: they are those of a later one.
    """
    scripts = ScriptDirectory(str(_MIGRATIONS))
    known = [script.revision for script in scripts.walk_revisions()]
    version = version_of(connection)
    if version is not None and version not in known:
        raise UnusableDatabase(
            f"the tables of the database are at migration {version}, which this version of "
            f"Statewright does not know (it ends at {known[0]}); use the version that made them"
        )
    return version == known[0]


def upgrade_tables(connection: Connection) -> None:
    """Apply the migrations that are missing, in the transaction of the connection.

    Threads may do so at the same time, each for a database of its own.
    """
    config = _config()
    config.attributes["connection"] = connection
    with _ALEMBIC:
        command.upgrade(config, "head")


def version_of(connection: Connection) -> str | None:
    """The last migration that the tables have seen; None where there are none."""
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def sql_of_upgrade(dialect: str, version: str | None) -> str:
    """The SQL of the migrations that are missing, as a script.

    Args:
        dialect: for which database: ``sqlite`` or ``postgresql``.
        version: the last migration that the tables have seen; None where there are none.
    """
    script = StringIO()
    config = _config(output_buffer=script)
    config.attributes["dialect"] = dialect
    with _ALEMBIC:
        command.upgrade(config, f"{version or 'base'}:head", sql=True)
    return script.getvalue()


def _config(**options: Any) -> Config:
    config = Config(**options)
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
