"""Rows that somebody has changed by hand, or a disk has spoilt: told as what they are."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from statewright.storage import SQLStore
from tests.http.drawings import GREETING, published, started
from tests.http.serving import Client, serving

FLOWS = "/api/v1/flows"
SAID = {"input": "Eve", "input_type": "text"}
BROKEN: list[tuple[str, str, str | int]] = [
    *(
        (table, column, value)
        for table, column in (
            ("sessions", "snapshot"),
            ("sessions", "state_hash"),
            ("history", "answer"),
            ("publications", "release"),
            ("receipts", "answer"),
        )
        for value in ("", "null", '{"x": 1}', "[" * 5_000)
    ),
    ("sessions", "status", "asleep"),
    ("sessions", "revision", 99),
    ("sessions", "revision", -1),
    ("sessions", "episode", "x"),
    ("sessions", "version", 7),
    ("sessions", "created_at", 2**62),
    ("sessions", "updated_at", "x"),
    ("history", "event", "{"),
    ("history", "at", 2**62),
    ("history", "at", "x"),
    ("publications", "version", "x"),
    ("publications", "at", 2**62),
    ("profiles", "data", "{"),
    ("drafts", "ui", "{"),
    ("drafts", "updated_at", 2**62),
    ("receipts", "at", "x"),
]


def requests(token: str) -> Iterator[tuple[str, str, Any, dict[str, str]]]:
    """Every way to read a row, and every way to change one."""
    session = f"/v1/chat/sessions/{token}"
    key = {"Idempotency-Key": "key"}
    yield "GET", session, None, {}
    yield "GET", f"{session}/history", None, {}
    yield "GET", f"/api/v1/executions/{token}", None, {}
    yield "GET", FLOWS, None, {}
    yield "GET", f"{FLOWS}/greeting", None, {}
    yield "GET", f"{FLOWS}/greeting/versions", None, {}
    yield "GET", "/readyz", None, {}
    yield "POST", f"{session}/interact", SAID, key
    yield "POST", FLOWS, {"flow": GREETING}, key
    yield "POST", "/v1/chat/start", {"flow_id": "greeting"}, {}
    yield "POST", f"{session}/interact", {"input": "4", "input_type": "text"}, {}
    yield "PATCH", f"{session}/state", {"updates": {"age": 1}}, {}
    yield "POST", f"{session}/end", None, {}
    yield "POST", f"{FLOWS}/greeting/publish", None, {}


def answers(client: Client, token: str) -> list[httpx.Response]:
    return [
        client.request(method, path, json=body, headers=headers)
        for method, path, body, headers in requests(token)
    ]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with a row in every table that a request reads; the token of its session."""
    file = tmp_path_factory.mktemp("written") / "flows.db"
    with serving(SQLStore(f"sqlite:///{file}")) as client:
        published(client)
        token = str(started(client)["session_token"])
        key = {"Idempotency-Key": "key"}
        client.post(f"/v1/chat/sessions/{token}/interact", SAID, headers=key)
        client.post(FLOWS, {"flow": GREETING}, headers=key)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("insert into statewright_profiles values ('default', '', '{}')")
    return file, token


@pytest.fixture
def copied(written: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """The same, to be changed by one test."""
    file, token = written
    return Path(shutil.copy(file, tmp_path)), token


@pytest.mark.parametrize(("table", "column", "value"), BROKEN)
def test_a_broken_row_is_told_as_such(
    copied: tuple[Path, str],
    table: str,
    column: str,
    value: str | int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    file, token = copied
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(f"update statewright_{table} set {column} = ?", (value,))  # noqa: S608
    with (
        serving(SQLStore(f"sqlite:///{file}")) as client,
        caplog.at_level(logging.ERROR, "statewright"),
    ):
        told = answers(client, token)
    broken = [answer for answer in told if answer.status_code >= 500]
    assert broken
    assert {answer.json()["code"] for answer in broken} == {"CORRUPTED_DATA"}
    assert len([one for one in caplog.records if one.name.startswith("statewright.http")]) == len(
        broken
    )


def test_nothing_is_wrong_with_rows_as_they_were_written(copied: tuple[Path, str]) -> None:
    file, token = copied
    with serving(SQLStore(f"sqlite:///{file}")) as client:
        assert [answer.status_code for answer in answers(client, token) if answer.is_error] == []


def test_a_session_whose_state_was_tampered_with_goes_nowhere(copied: tuple[Path, str]) -> None:
    file, token = copied
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "update statewright_sessions set snapshot = replace(snapshot, 'Eve', 'Mallory')"
        )
        before = list(database.execute("select * from statewright_sessions"))
    with serving(SQLStore(f"sqlite:///{file}")) as client:
        refused = client.post(f"/v1/chat/sessions/{token}/interact", {**SAID, "input": "5"})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (500, "CORRUPTED_DATA")
    assert "Mallory" not in problem["message"]
    with closing(sqlite3.connect(file)) as database:
        assert list(database.execute("select * from statewright_sessions")) == before
