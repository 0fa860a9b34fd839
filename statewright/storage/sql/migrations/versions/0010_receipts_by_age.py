"""Receipts by their age, so that old ones are found and deleted."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the index."""
    op.create_index("statewright_receipts_age", "statewright_receipts", ["tenant", "at", "key"])
