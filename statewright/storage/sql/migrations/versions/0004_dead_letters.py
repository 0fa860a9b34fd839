"""When a request failed for good, so that those which did can be found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OUTBOX = "statewright_outbox"


def upgrade() -> None:
    """Add the column and its index, and note what has failed so far."""
    op.add_column(_OUTBOX, sa.Column("failed_at", sa.BigInteger, nullable=True))
    op.execute(
        f"update {_OUTBOX} set failed_at = finished_at "  # noqa: S608 (our own words)
        "where substr(result, 1, 9) = '{\"error\":'"
    )
    failed = sa.text("failed_at is not null")
    op.create_index(
        "statewright_outbox_failed",
        _OUTBOX,
        ["tenant", "failed_at", "session", "revision", "ordinal"],
        postgresql_where=failed,
        sqlite_where=failed,
    )
