"""Which sessions may have messages that wait, so that it is not for the whole inbox to say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MAILBOXES = "statewright_mailboxes"


def upgrade() -> None:
    """Add the columns and their index; nothing waits where nothing is in the inbox."""
    for name in ("cleared", "look_at"):
        column = sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))
        op.add_column(_MAILBOXES, column)
    op.execute(
        "update statewright_mailboxes set cleared = position where not exists ("
        "select 1 from statewright_inbox i where i.tenant = statewright_mailboxes.tenant "
        "and i.session = statewright_mailboxes.session)"
    )
    waiting = sa.text("position > cleared")
    op.create_index(
        "statewright_mailboxes_waiting",
        _MAILBOXES,
        ["look_at"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
