"""`effects` and `worker`: what is asked of the world, by whom, and what came of it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from statewright.errors import EffectFailed
from statewright.expressions import Literal
from statewright.http.server import NO_WORKER, runtime_on
from statewright.http.watching import Watch, watchers_of
from statewright.runtime import Order, Runtime
from statewright.statechart import Statechart
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey
from tests.cli.commands import CommandLine
from tests.runtime.worlds import caller, counter, release, texts

PATIENCE = 60.0
"""Seconds after which something is broken that takes less than one."""


async def refuses(_order: Order) -> None:
    raise EffectFailed("request", "that cannot be done")


async def begun(url: str, chart: Statechart, *, works: bool) -> SessionKey:
    """A session that has asked the world for something; in vain where somebody works."""
    store = SQLStore(url)
    await store.open()
    try:
        runtime = Runtime(store, handlers={"ledger": refuses})
        await runtime.publish(release(chart), flow="flow")
        key = (await runtime.start("flow")).key
        await runtime.send(key, "go")
        assert not works or await runtime.work(runtime.clock()) == 1
    finally:
        await store.close()
    return key


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/flows.db"


def test_dead_letters_are_listed_and_sent_again(statewright: CommandLine, url: str) -> None:
    key = asyncio.run(begun(url, counter(), works=True))
    at = ("--database", url)
    told = statewright("effects", "dead", *at)
    assert told.code == 0
    assert told.out.splitlines()[0].split()[:4] == ["effect", "kind", "name", "state"]
    assert told.out.splitlines()[1].split()[0].startswith(f"{key.session}:listening:")
    (row,) = json.loads(statewright("effects", "dead", *at, "--format", "json").out)
    effect = row["effect"]
    assert {name: row[name] for name in ("session", "kind", "name", "code", "message")} == {
        "session": key.session,
        "kind": "send",
        "name": "ledger",
        "code": "request",
        "message": "that cannot be done",
    }
    assert statewright("effects", "list", *at).out == "there are none\n"
    assert statewright("effects", "retry", effect, *at).out == f"{effect}\n"
    assert statewright("effects", "dead", *at).out == "there are none\n"
    (pending,) = json.loads(statewright("effects", "list", *at, "--format", "json").out)
    assert (pending["effect"], pending["attempts"]) == (effect, 0)
    assert json.loads(statewright("effects", "retry", "--all", *at, "--format", "json").out) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("retry",), "name effects as `effects dead` lists them, or give --all"),
        (("retry", "--all", "x"), "name effects as `effects dead` lists them, or give --all"),
        (("retry", "x\x1b"), "`x\\x1b` has not failed for good"),
        (("list", "--limit", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_said(
    statewright: CommandLine, url: str, arguments: tuple[str, ...], message: str
) -> None:
    asyncio.run(begun(url, counter(), works=False))
    told = statewright("effects", *arguments, "--database", url)
    assert (told.code, told.out) == (2, "")
    assert message in told.err


def test_there_is_no_outbox_without_a_database(statewright: CommandLine, url: str) -> None:
    told = statewright("effects", "dead", "--database", url)
    assert told.code == 2
    assert "there is no database at" in told.err


@pytest.mark.parametrize("engine", ["builtin", "dbos"])
def test_a_worker_makes_requests_until_it_is_told_to_end(url: str, engine: str) -> None:
    if engine == "dbos":
        pytest.importorskip("dbos")
    # The address is one that is refused, so that nobody has to be there.
    chart = caller(Literal({"url": "http://127.0.0.1:1/"}))
    key = asyncio.run(begun(url, chart, works=False))
    worker = subprocess.Popen(
        [sys.executable, "-m", "statewright", "worker", "--database", url, "--engine", engine],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stderr is not None
        assert "Statewright works" in worker.stderr.readline()
        assert asyncio.run(said(url, key)) == ["address"]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    finally:
        worker.kill()
        worker.communicate()


def test_a_limit_that_is_none_is_told(url: str, statewright: CommandLine) -> None:
    found = statewright("worker", "--database", url, "--limit", "host=fast")
    assert found.code == 2
    assert "'host=fast' is no limit: write one like" in found.err


def test_an_engine_that_is_not_installed_is_told(
    url: str, statewright: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATEWRIGHT_ENGINE", "dbos")
    for name in [
        name for name in sys.modules if name.startswith("statewright.runtime.effects.dbos")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "dbos", None)
    found = statewright("worker", "--database", url)
    assert found.code == 2
    assert "pip install 'statewright[server,dbos]'" in found.err


async def said(url: str, key: SessionKey) -> list[str]:
    """What a session says once its request has a result."""
    async with Runtime(SQLStore(url), engine=None) as runtime, asyncio.timeout(PATIENCE):
        async for answer in runtime.subscribe(key, after=2):
            return texts(answer)
    return []


def test_a_server_without_a_worker_leaves_requests_alone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(begun(url, counter(), works=False))

    async def worked() -> int:
        runtime = runtime_on(url, watchers_of(Watch()))
        await runtime.store.open()
        try:
            return await runtime.work(runtime.clock())
        finally:
            await runtime.close()

    monkeypatch.setenv(NO_WORKER, "1")
    assert asyncio.run(worked()) == 0
    monkeypatch.delenv(NO_WORKER)
    assert asyncio.run(worked()) == 1
