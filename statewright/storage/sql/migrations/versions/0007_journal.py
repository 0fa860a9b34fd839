"""The order in which turns were committed, so that all of a tenant can be followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_HISTORY = "statewright_history"


def upgrade() -> None:
    """Add the column and its index; turns that are there already stay out of the journal."""
    op.add_column(
        _HISTORY, sa.Column("moment", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    if op.get_context().dialect.name == "postgresql":
        # Not at once: that would write every row anew.
        op.execute(f"alter table {_HISTORY} alter column moment set default txid_current()")
    op.create_index("statewright_history_moment", _HISTORY, ["tenant", "moment"])
