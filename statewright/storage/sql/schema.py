"""The tables, as they are after the last migration.

Every key starts with the tenant, then the session; no key holds a sequence, and nothing is unique
but within a tenant. So the tables can be partitioned or distributed by tenant as they stand.

Keys are compared by code point on every database (``C`` is PostgreSQL's name for that), so that
order does not depend on the machine. JSON is kept as text: ``jsonb`` would turn 1e16 into an
integer, and a NUL character, which JSON escapes, into an error.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

VERSION_TABLE = "statewright_version"
"""Where the migrations note how far they came."""

METADATA = MetaData()


def _key(name: str) -> Column[str]:
    return Column(name, Text().with_variant(Text(collation="C"), "postgresql"), nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _since(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _maybe(name: str, kind: type[BigInteger | Text]) -> Column[Any]:
    return Column(name, kind, nullable=True)


PUBLICATIONS = Table(
    "statewright_publications",
    METADATA,
    _key("tenant"),
    _key("flow"),
    _number("version"),
    _key("label"),
    _text("digest"),
    _number("at"),
    _text("release"),
    PrimaryKeyConstraint("tenant", "flow", "version", name="statewright_publications_pkey"),
)

CONVERSATIONS = Table(
    "statewright_conversations",
    METADATA,
    _key("tenant"),
    _key("channel"),
    _key("conversation"),
    _key("flow"),
    _number("episode"),
    _key("session"),
    PrimaryKeyConstraint(
        "tenant", "channel", "conversation", "flow", name="statewright_conversations_pkey"
    ),
)

SESSIONS = Table(
    "statewright_sessions",
    METADATA,
    _key("tenant"),
    _key("session"),
    _number("revision"),
    _number("version"),
    _text("status"),
    _maybe("due_at", BigInteger),
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
    PrimaryKeyConstraint("tenant", "session", name="statewright_sessions_pkey"),
    # Room for the next version of a row beside it spares an update of every index.
    postgresql_with={"fillfactor": "70"},
)
Index(
    "statewright_sessions_due",
    SESSIONS.c.due_at,
    postgresql_where=SESSIONS.c.due_at.is_not(None),
    sqlite_where=SESSIONS.c.due_at.is_not(None),
)
Index("statewright_sessions_age", SESSIONS.c.tenant, SESSIONS.c.created_at, SESSIONS.c.session)

HISTORY = Table(
    "statewright_history",
    METADATA,
    _key("tenant"),
    _key("session"),
    _number("revision"),
    _key("message"),
    _number("position"),
    _number("at"),
    _number("version"),
    _text("state_hash"),
    _text("event"),
    _text("answer"),
    _text("effects"),
    _text("incidents"),
    _since("moment"),
    PrimaryKeyConstraint("tenant", "session", "revision", name="statewright_history_pkey"),
    UniqueConstraint("tenant", "session", "message", name="statewright_history_message"),
)
Index("statewright_history_moment", HISTORY.c.tenant, HISTORY.c.moment)
"""The journal is read along it; PostgreSQL gives ``moment`` itself, as ``txid_current()``."""

MAILBOXES = Table(
    "statewright_mailboxes",
    METADATA,
    _key("tenant"),
    _key("session"),
    _number("position"),
    _since("cleared"),
    _since("look_at"),
    PrimaryKeyConstraint("tenant", "session", name="statewright_mailboxes_pkey"),
)
"""The last position that was given to a message of each session, and up to which none waits.

Behind ``cleared`` there may be some; that is looked into from ``look_at``.
"""
_WAITING = MAILBOXES.c.position > MAILBOXES.c.cleared
Index(
    "statewright_mailboxes_waiting",
    MAILBOXES.c.look_at,
    postgresql_where=_WAITING,
    sqlite_where=_WAITING,
)

INBOX = Table(
    "statewright_inbox",
    METADATA,
    _key("tenant"),
    _key("session"),
    _number("position"),
    _key("message"),
    _number("at"),
    _number("held_until"),
    _text("body"),
    PrimaryKeyConstraint("tenant", "session", "position", name="statewright_inbox_pkey"),
    UniqueConstraint("tenant", "session", "message", name="statewright_inbox_message"),
)

OUTBOX = Table(
    "statewright_outbox",
    METADATA,
    _key("tenant"),
    _key("session"),
    _number("revision"),
    Column("ordinal", Integer, nullable=False),
    _text("key"),
    _key("kind"),
    _key("stream"),
    Column("attempts", Integer, nullable=False),
    _text("token"),
    _maybe("available_at", BigInteger),
    _maybe("finished_at", BigInteger),
    _text("payload"),
    _maybe("result", Text),
    _maybe("failed_at", BigInteger),
    PrimaryKeyConstraint(
        "tenant", "session", "revision", "ordinal", name="statewright_outbox_pkey"
    ),
)
"""A request may be claimed from ``available_at``; it is null once the request is finished."""
Index(
    "statewright_outbox_available",
    OUTBOX.c.available_at,
    postgresql_where=OUTBOX.c.available_at.is_not(None),
    sqlite_where=OUTBOX.c.available_at.is_not(None),
)
Index(
    "statewright_outbox_failed",
    OUTBOX.c.tenant,
    OUTBOX.c.failed_at,
    OUTBOX.c.session,
    OUTBOX.c.revision,
    OUTBOX.c.ordinal,
    postgresql_where=OUTBOX.c.failed_at.is_not(None),
    sqlite_where=OUTBOX.c.failed_at.is_not(None),
)
_IN_STREAM = OUTBOX.c.available_at.is_not(None) & (OUTBOX.c.stream != "")
Index(
    "statewright_outbox_stream",
    OUTBOX.c.tenant,
    OUTBOX.c.session,
    OUTBOX.c.stream,
    OUTBOX.c.revision,
    OUTBOX.c.ordinal,
    postgresql_where=_IN_STREAM,
    sqlite_where=_IN_STREAM,
)

PROFILES = Table(
    "statewright_profiles",
    METADATA,
    _key("tenant"),
    _key("contact"),
    _text("data"),
    PrimaryKeyConstraint("tenant", "contact", name="statewright_profiles_pkey"),
)
"""Values of contacts; those of the tenant itself are at the contact ``""``."""

RECEIPTS = Table(
    "statewright_receipts",
    METADATA,
    _key("tenant"),
    _key("key"),
    _text("request"),
    _text("answer"),
    _number("at"),
    PrimaryKeyConstraint("tenant", "key", name="statewright_receipts_pkey"),
)
"""What was told of changes to which callers gave a key."""
Index("statewright_receipts_age", RECEIPTS.c.tenant, RECEIPTS.c.at, RECEIPTS.c.key)

DRAFTS = Table(
    "statewright_drafts",
    METADATA,
    _key("tenant"),
    _key("flow"),
    _text("name"),
    _text("digest"),
    _text("dialect"),
    _number("created_at"),
    _number("updated_at"),
    _text("text"),
    _text("ui"),
    PrimaryKeyConstraint("tenant", "flow", name="statewright_drafts_pkey"),
)

TALLIES = Table(
    "statewright_tallies",
    METADATA,
    _key("tenant"),
    _key("name"),
    _text("state"),
    PrimaryKeyConstraint("tenant", "name", name="statewright_tallies_pkey"),
    # Rows are changed often, and are small: room for their next versions beside them.
    postgresql_with={"fillfactor": "50"},
)
"""What processes count together; those of whoever runs the server are at the tenant ``""``."""

SECRETS = Table(
    "statewright_secrets",
    METADATA,
    _key("tenant"),
    _key("name"),
    _text("sealed"),
    _number("at"),
    PrimaryKeyConstraint("tenant", "name", name="statewright_secrets_pkey"),
)
"""Sealed secrets; those of whoever runs the server are at the tenant ``""``."""
