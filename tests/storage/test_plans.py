"""What is asked again and again, by every process, goes along an index, however much there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from statewright.storage.sql import upgrade
from statewright.storage.sql.statements import statements_for
from statewright.storage.sql.upgrading import is_current

KEYS = json.dumps([{"tenant": "t", "session": f"s{number}", "position": 1} for number in range(9)])
TIMES = {"now": 1, "held_until": 2, "limit": 64}

ASKED: dict[str, dict[str, Any]] = {
    "look": TIMES,
    "forget": {"mailboxes": KEYS},
    "wait": {"mailboxes": KEYS},
    "lend": {"heads": KEYS, "held_until": 2},
    "put_off": {"mailboxes": KEYS},
    "due": TIMES,
    "claim": {**TIMES, "token": "t"},
}
"""Statement → parameters."""

NUMBERS = (
    "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 30000)"
)
FULL: dict[str, dict[str, str]] = {
    "mailboxes": {"position": "1", "cleared": "n - n / 2 * 2", "look_at": "9"},
    "inbox": {"position": "1", "message": "'m'", "at": "9", "held_until": "9", "body": "''"},
    "history": {
        "revision": "1",
        "message": "'m'",
        "position": "1",
        "at": "9",
        "version": "1",
        **dict.fromkeys(("state_hash", "event", "answer", "effects", "incidents"), "''"),
    },
    "sessions": {
        "revision": "1",
        "version": "1",
        "status": "'active'",
        "due_at": "9",
        "held_until": "0",
        "created_at": "9",
        "updated_at": "9",
        "episode": "1",
        **dict.fromkeys(("flow", "channel", "conversation", "contact"), "'c'"),
        **dict.fromkeys(("secret_hash", "state_hash", "snapshot"), "''"),
    },
    "outbox": {
        "revision": "1",
        "ordinal": "0",
        "attempts": "0",
        "available_at": "9",
        **dict.fromkeys(("key", "kind", "stream", "token", "payload"), "''"),
    },
}
"""Table → column → what stands in it: much that waits, and nothing of it for now."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Connection]:
    """A connection to a database in which much waits."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/flows.db"
        yield from filled(url, url)
        return
    cluster = request.getfixturevalue("postgresql_cluster")
    name = cluster.create()
    url = cluster.url_of(name)
    yield from filled(url, url.replace("postgresql://", "postgresql+psycopg://"))
    cluster.drop(name)


def filled(url: str, driver: str) -> Iterator[sa.Connection]:
    upgrade(url)
    engine = sa.create_engine(
        driver, isolation_level="AUTOCOMMIT", **({"paramstyle": "named"} if "sqlite" in url else {})
    )
    with engine.connect() as connection:
        assert is_current(connection)
        for table, columns in FULL.items():
            connection.exec_driver_sql(
                f"insert into statewright_{table} (tenant, session, {', '.join(columns)}) "  # noqa: S608
                f"{NUMBERS} select 't', 's' || n, {', '.join(columns.values())} from numbers"
            )
        connection.exec_driver_sql("analyze")
        yield connection
    engine.dispose()


@pytest.mark.parametrize("name", ASKED)
def test_it_goes_along_an_index(name: str, full: sa.Connection) -> None:
    plan = plan_of(full, name)
    assert re.search(r"statewright_\w+", plan), plan
    assert not whole_tables(plan), plan


def test_a_statement_that_goes_through_a_table_is_noticed(full: sa.Connection) -> None:
    assert whole_tables(explained(full, "delete from statewright_inbox where body = 'x'", {}))


def plan_of(connection: sa.Connection, name: str) -> str:
    """How a database would carry a statement out."""
    return explained(connection, statements_for(connection.dialect)[name], ASKED[name])


def explained(connection: sa.Connection, statement: str, parameters: dict[str, Any]) -> str:
    kind = "explain query plan" if connection.dialect.name == "sqlite" else "explain"
    rows = connection.exec_driver_sql(f"{kind} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def whole_tables(plan: str) -> list[str]:
    """The tables that a plan goes through from one end to the other."""
    return re.findall(r"Seq Scan on statewright\w+|^SCAN (?!json_each|k\b).*$", plan, re.MULTILINE)
