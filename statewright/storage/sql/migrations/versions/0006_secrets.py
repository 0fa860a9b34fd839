"""Secrets, sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "statewright_secrets",
        sa.Column("tenant", _KEY, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name="statewright_secrets_pkey"),
    )
