"""``db``: tables are upgraded, or it is shown how; and data are kept by a policy."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from statewright.storage import SQLStore
from statewright.storage.receipts import Receipt
from tests.cli.commands import CommandLine
from tests.storage.examples import release
from tests.storage.laws_of_receipts import always


def test_the_sql_of_an_upgrade_is_printed_and_not_run(
    statewright: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "flows.db"
    url = f"sqlite:///{file}"
    script = statewright("db", "upgrade", "--database", url, "--dry-run").out
    assert "CREATE TABLE statewright_sessions" in script
    assert not file.exists()
    with sqlite3.connect(file) as connection:
        connection.executescript(script)
    connection.close()
    result = statewright("db", "upgrade", "--database", url, "--dry-run")
    assert (result.out, result.err) == ("", "the tables are those of this version\n")


def test_tables_are_upgraded(statewright: CommandLine, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    assert statewright("db", "upgrade", "--database", url).code == 0
    assert statewright("db", "upgrade", "--database", url).code == 0
    assert statewright("flows", "--database", url).out == "nothing is published\n"


def test_the_script_is_what_an_upgrade_of_postgresql_does(
    statewright: CommandLine, postgresql: Callable[[], str]
) -> None:
    url = postgresql()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("drop schema public cascade; create schema public")
    script = statewright("db", "upgrade", "--database", url, "--dry-run").out
    assert script.startswith("BEGIN;")
    with engine.connect() as connection:
        made = connection.execute(text("select to_regclass('statewright_sessions')"))
        assert made.scalar() is None
        connection.exec_driver_sql(script)
    engine.dispose()
    result = statewright("db", "upgrade", "--database", url, "--dry-run")
    assert (result.out, result.err) == ("", "the tables are those of this version\n")


def test_a_database_that_is_none_is_told(statewright: CommandLine) -> None:
    result = statewright("db", "upgrade", "--database", "nonsense")
    assert result.code == 2
    assert "names no database" in result.err


FLOW = """
statewright: 1
id: quick
start: ask
nodes:
  ask: {type: question, text: Hm?, next: bye}
  bye: {type: end, text: Bye.}
"""


@pytest.fixture
def url(statewright: CommandLine, tmp_path: Path) -> str:
    """A database with a session that waits since long, and one that is over since long."""
    url = f"sqlite:///{tmp_path}/flows.db"
    (tmp_path / "quick.yaml").write_text(FLOW)
    (tmp_path / "script.json").write_text('["x"]')
    (tmp_path / "nothing.json").write_text("[]")
    statewright("publish", tmp_path / "quick.yaml", "--database", url)
    for name in ("script.json", "nothing.json"):
        statewright("chat", "quick", "--database", url, "--new", "--script", tmp_path / name)
    with sqlite3.connect(tmp_path / "flows.db") as connection:
        connection.execute("update statewright_sessions set created_at = 1, updated_at = 1000")
    connection.close()
    return url


def test_data_are_kept_by_a_policy(statewright: CommandLine, url: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("abandon: 7d\nflows: {quick: {delete: 30d}}\n")
    clean = ("db", "clean", "--database", url, "--policy", policy)
    for _ in range(2):
        told = statewright(*clean, "--dry-run").out.splitlines()
        assert [line.split() for line in told[1:]] == [
            ["default", "quick", "deleted", "1"],
            ["default", "quick", "ended", "1"],
        ]
    document = json.loads(statewright(*clean, "--format", "json").out)
    assert [(one["fate"], one["sessions"]) for one in document["done"]] == [
        ("deleted", 1),
        ("ended", 1),
    ]
    (row,) = json.loads(statewright("sessions", "--database", url, "--format", "json").out)
    assert row["status"] == "completed"
    assert statewright(*clean).out == "nothing is to be done\n"


def test_keys_of_requests_are_forgotten_by_a_policy(statewright: CommandLine, url: str) -> None:
    store = SQLStore(url)

    async def publish() -> None:
        await store.open()
        for tenant in ("acme", "other"):
            told = always(Receipt(tenant, "key", "", "", 1))
            await store.publish(release(), tenant=tenant, flow="x", at=1, receipt=told)
        await store.close()

    asyncio.run(publish())
    clean = ("db", "clean", "--database", url, "--policy", '{"tenants": {"acme": {"keys": "1d"}}}')
    assert statewright(*clean).out.splitlines()[-1] == "keys of requests that were forgotten: 1"
    assert json.loads(statewright(*clean, "--format", "json").out)["keys"] == {}


@pytest.mark.parametrize(
    "policy",
    [
        '{"abandn": "1d"}',
        '{"delete": 7}',
        '{"delete": "soon"}',
        '{"tenants": []}',
        '{"tenants": {"a": 1}}',
        '{"tenants": {"a": {"tenants": {}}}}',
        '{"flows": {"a": {"flows": {}}}}',
        '{"flows": {"a": {"keys": "1d"}}}',
        '{"tenants": {"a": {"keys": "soon"}}}',
        "nowhere.yaml",
    ],
)
def test_what_is_no_policy_is_told(statewright: CommandLine, url: str, policy: str) -> None:
    result = statewright("db", "clean", "--database", url, "--policy", policy)
    assert result.code == 2
    assert result.err
    assert "internal error" not in result.err
