"""Which version of its flow a session ran in each of its turns: it may be migrated in between."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_HISTORY = "statewright_history"


def upgrade() -> None:
    """Add the column; until now, sessions have run one version all their life."""
    number = sa.Column("version", sa.BigInteger, nullable=False, server_default="0")
    op.add_column(_HISTORY, number)
    op.execute(
        f"update {_HISTORY} as h set version = (select s.version from statewright_sessions s "  # noqa: S608 (our own words)
        "where s.tenant = h.tenant and s.session = h.session)"
    )
