"""What Alembic runs to apply migrations, on the connection that ``upgrading`` hands it."""

from __future__ import annotations

from alembic import context

from statewright.storage.sql.schema import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
