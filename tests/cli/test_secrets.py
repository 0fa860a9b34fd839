"""`secrets`: set, listed, rotated and deleted, and never shown."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

from statewright.runtime.secrets.sealing import keys_from
from statewright.runtime.secrets.table import TableSecrets
from statewright.storage import SQLStore
from tests.cli.commands import CommandLine, Result

VALUE = "s3cr3t-marker"
KEYS = "STATEWRIGHT_SEALING_KEYS"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/flows.db"


def new_key(statewright: CommandLine) -> str:
    made = statewright("secrets", "key")
    assert made.code == 0
    return made.out.strip()


def read(url: str, keys: str, tenant: str, name: str) -> str | None:
    async def found() -> str | None:
        store = SQLStore(url)
        await store.open()
        try:
            return await TableSecrets(store.secrets, keys_from(keys))(tenant, name)
        finally:
            await store.close()

    return asyncio.run(found())


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_secret_is_set_listed_rotated_and_deleted_without_being_shown(
    statewright: CommandLine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--database", url)
    told: list[Result] = []
    old = new_key(statewright)
    monkeypatch.setenv(KEYS, old)
    give(monkeypatch, f"{VALUE}\n")
    told.append(statewright("secrets", "set", "crm", *at))
    (tmp_path / "value").write_text(f"{VALUE}2")
    told.append(statewright("secrets", "set", "smtp", "--host", "--from", tmp_path / "value", *at))
    assert [one.code for one in told] == [0, 0]
    assert read(url, old, "default", "crm") == VALUE
    assert read(url, old, "", "smtp") == f"{VALUE}2"

    new = new_key(statewright)
    monkeypatch.setenv(KEYS, f"{new},{old}")
    listed = statewright("secrets", "list", *at, "--format", "json")
    rows = [(row["tenant"], row["name"], row["key"]) for row in json.loads(listed.out)]
    assert rows == [(None, "smtp", "older"), ("default", "crm", "older")]
    told += [listed, statewright("secrets", "rotate", *at), statewright("secrets", "list", *at)]
    assert "older" not in told[-1].out
    assert "(host)" in told[-1].out
    assert "2 sealed anew, 0 were already" in told[-2].err
    assert read(url, new, "default", "crm") == VALUE

    assert statewright("secrets", "delete", "crm", *at).code == 0
    again = statewright("secrets", "delete", "crm", *at)
    assert (again.code, again.err) == (2, "Error: there is no secret 'crm' of default\n")
    for one in told:
        assert VALUE not in one.out + one.err
    assert VALUE.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("flows.db*"))


def test_what_no_key_opens_is_told_by_rotating(
    statewright: CommandLine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEYS, new_key(statewright))
    give(monkeypatch, VALUE)
    assert statewright("secrets", "set", "crm", "--database", url).code == 0
    monkeypatch.setenv(KEYS, new_key(statewright))
    told = statewright("secrets", "rotate", "--database", url)
    assert told.code == 1
    assert "none of the keys opens crm of default; set it again" in told.err


@pytest.mark.parametrize(
    ("keys", "given", "message"),
    [
        ("", "x", "set STATEWRIGHT_SEALING_KEYS"),
        ("c2hvcnQ", "x", "at least one key of 32 bytes"),
        (None, "", "a secret has from 1 to 65,536 characters"),
        (None, "x" * 65_537, "a secret has from 1 to 65,536 characters"),
    ],
)
def test_what_cannot_be_set_is_refused(
    keys: str | None,
    given: str,
    message: str,
    statewright: CommandLine,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEYS, new_key(statewright) if keys is None else keys)
    give(monkeypatch, given)
    told = statewright("secrets", "set", "crm", "--database", url)
    assert told.code == 2
    assert message in told.err


def test_a_name_that_cannot_be_kept_is_refused(
    statewright: CommandLine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEYS, new_key(statewright))
    give(monkeypatch, VALUE)
    told = statewright("secrets", "set", "x" * 300, "--database", url)
    assert told.code == 2
    assert "Traceback" not in told.err
