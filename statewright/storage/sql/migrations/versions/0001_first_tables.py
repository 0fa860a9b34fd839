"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables and their indexes."""
    _publications_and_conversations()
    _sessions()
    _history()
    _inbox()
    _outbox()
    _table("profiles", ("tenant", "contact"), _text("data"))


def _publications_and_conversations() -> None:
    _table(
        "publications",
        ("tenant", "flow"),
        _number("version"),
        _key("label"),
        _text("digest"),
        _number("at"),
        _text("release"),
        also_key=("version",),
    )
    _table(
        "conversations",
        ("tenant", "channel", "conversation", "flow"),
        _number("episode"),
        _key("session"),
    )


def _sessions() -> None:
    _table(
        "sessions",
        ("tenant", "session"),
        _number("revision"),
        _number("version"),
        _text("status"),
        sa.Column("due_at", sa.BigInteger),
        _number("held_until"),
        _number("created_at"),
        _number("updated_at"),
        _key("flow"),
        _key("channel"),
        _key("conversation"),
        _number("episode"),
        _key("contact"),
        _text("secret_hash"),
        _text("state_hash"),
        _text("snapshot"),
        fillfactor=70,
    )
    _index("sessions", "due", ("due_at",), where="due_at is not null")
    _index("sessions", "age", ("tenant", "created_at", "session"))


def _history() -> None:
    _table(
        "history",
        ("tenant", "session"),
        _number("revision"),
        _key("message"),
        _number("position"),
        _number("at"),
        _text("state_hash"),
        _text("event"),
        _text("answer"),
        _text("effects"),
        _text("incidents"),
        _one_of_a_session("history", "message"),
        also_key=("revision",),
    )


def _inbox() -> None:
    _table("mailboxes", ("tenant", "session"), _number("position"))
    _table(
        "inbox",
        ("tenant", "session"),
        _number("position"),
        _key("message"),
        _number("at"),
        _number("held_until"),
        _text("body"),
        _one_of_a_session("inbox", "message"),
        also_key=("position",),
    )


def _outbox() -> None:
    _table(
        "outbox",
        ("tenant", "session"),
        _number("revision"),
        sa.Column("ordinal", sa.Integer, nullable=False),
        _text("key"),
        _key("kind"),
        _key("stream"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _text("token"),
        sa.Column("available_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        _text("payload"),
        sa.Column("result", sa.Text),
        also_key=("revision", "ordinal"),
    )
    _index("outbox", "available", ("available_at",), where="available_at is not null")
    _index(
        "outbox",
        "stream",
        ("tenant", "session", "stream", "revision", "ordinal"),
        where="available_at is not null and stream <> ''",
    )


def _table(
    name: str,
    key: tuple[str, ...],
    *parts: sa.schema.SchemaItem,
    also_key: tuple[str, ...] = (),
    fillfactor: int = 100,
) -> None:
    """Make a table. Its key is made of the texts ``key`` and of ``also_key`` among its columns."""
    table = f"statewright_{name}"
    op.create_table(
        table,
        *(_key(column) for column in key),
        *parts,
        sa.PrimaryKeyConstraint(*key, *also_key, name=f"{table}_pkey"),
        postgresql_with={"fillfactor": str(fillfactor)},
    )


def _index(name: str, suffix: str, columns: tuple[str, ...], where: str = "") -> None:
    table = f"statewright_{name}"
    condition = sa.text(where) if where else None
    op.create_index(
        f"{table}_{suffix}",
        table,
        list(columns),
        postgresql_where=condition,
        sqlite_where=condition,
    )


def _one_of_a_session(name: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant", "session", column, name=f"statewright_{name}_{column}")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _KEY, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)
