"""Bringing the tables of a database up to this version of the program, and refusing later ones."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from statewright.errors import UnusableDatabase
from statewright.storage.sql.schema import VERSION_TABLE

_MIGRATIONS = Path(__file__).parent / "migrations"


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version.

    Raises:
        UnusableDatabase: they are those of a later one.
    """
    scripts = ScriptDirectory(str(_MIGRATIONS))
    known = [script.revision for script in scripts.walk_revisions()]
    options = {"version_table": VERSION_TABLE}
    version = MigrationContext.configure(connection, opts=options).get_current_revision()
    if version is not None and version not in known:
        raise UnusableDatabase(
            f"the tables of the database are at migration {version}, which this version of "
            f"Statewright does not know (it ends at {known[0]}); use the version that made them"
        )
    return version == known[0]


def upgrade_tables(connection: Connection) -> None:
    """Apply the migrations that are missing, in the transaction of the connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
