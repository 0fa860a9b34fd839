"""The examples of docs/embedding.md run, and keep what the page promises."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from statewright import compiler, flows

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "embedding.md").read_text()
TARGETS = (ROOT / "docs" / "targets.md").read_text()


def printed_by(name: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("name", ["embed_orm.py", "embed_worker.py"])
def test_an_example_prints_what_the_page_shows(name: str) -> None:
    shown = re.findall(rf"```console\n\$ python examples/{name}\n(.*?)```", PAGE, re.DOTALL)
    assert shown == [printed_by(name)]


@pytest.mark.parametrize("name", ["run_python_statemachine.py", "run_transitions.py"])
def test_a_machine_of_another_library_prints_what_the_page_of_targets_shows(name: str) -> None:
    shown = re.findall(rf"```console\n\$ python examples/{name}\n(.*?)```", TARGETS, re.DOTALL)
    assert shown == [printed_by(name)]


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    namespace: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "docs/embedding.md", "exec"), namespace)  # noqa: S102 - it is our own page


def test_the_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def module_of(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), EXAMPLES / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # FastAPI and dataclasses look names up where a module says that it is.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


# Behind FastAPI


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("TALKS", str(tmp_path / "talks.db"))
    yield module_of("embed_fastapi.py")
    del sys.modules["embed_fastapi"]


class Service:
    """The service, as somebody talks to it over HTTP."""

    def __init__(self, talks: Any) -> None:
        transport = httpx.ASGITransport(app=talks.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://talks")

    async def begin(self) -> dict[str, Any]:
        return await self._post("/talks", {})

    async def say(self, talk: int, message: str, text: str) -> dict[str, Any]:
        return await self._post(f"/talks/{talk}/messages", {"id": message, "text": text})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.client.post(path, json=body)
        assert response.status_code in {200, 201}, response.text
        found: dict[str, Any] = response.json()
        return found


def test_a_talk_goes_on_through_requests_and_a_restart(talks: Any) -> None:
    async def talk() -> None:
        service = Service(talks)
        async with talks.lifespan(talks.app):
            begun = await service.begin()
            assert begun["revision"] == 1
            assert begun["says"][1]["text"] == "What may I call you?"
            answer = await service.say(1, "m1", "Ada")
            assert "Ada" in answer["says"][0]["text"]
        async with talks.lifespan(talks.app):
            for number, text in enumerate(("demo", "60", "ada@example.com")):
                answer = await Service(talks).say(1, f"n{number}", text)
            assert (answer["status"], answer["revision"]) == ("completed", 5)
            again = await service.client.post("/talks/1/messages", json={"id": "x", "text": "hm"})
            assert again.status_code == 409
            nobody = await service.client.post("/talks/7/messages", json={"id": "x", "text": "hm"})
            assert nobody.status_code == 404

    asyncio.run(talk())
    with talks.database() as connection:
        rows = connection.execute("select id, effect from outbox").fetchall()
    assert [name for name, _ in rows] == ["talk-1:sales:5:1"]


def test_a_request_that_cannot_be_used_is_refused_in_words(talks: Any) -> None:
    messages = "/talks/1/messages"
    requests = [
        (messages, r'{"id": "\ud800", "text": "hi"}'),
        (messages, r'{"id": "m", "text": "half \ud83d"}'),
        (messages, '{"id": 99999999999999999999999, "text": "hi"}'),
        (messages, '{"id": "m"}'),
        (messages, "not json"),
        ("/talks/99999999999999999999999/messages", '{"id": "m", "text": "hi"}'),
        ("/talks/-1/messages", '{"id": "m", "text": "hi"}'),
        ("/talks/x/messages", '{"id": "m", "text": "hi"}'),
    ]

    async def answers() -> list[httpx.Response]:
        async with talks.lifespan(talks.app):
            service = Service(talks)
            await service.begin()
            json = {"content-type": "application/json"}
            return [
                await service.client.post(path, content=body, headers=json)
                for path, body in requests
            ]

    for request, answer in zip(requests, asyncio.run(answers()), strict=True):
        assert 400 <= answer.status_code < 500, request
        assert answer.json()["detail"], request


def test_a_message_that_comes_twice_gets_the_same_answer_and_is_handled_once(talks: Any) -> None:
    async def twice() -> list[dict[str, Any]]:
        async with talks.lifespan(talks.app):
            service = Service(talks)
            await service.begin()
            return await asyncio.gather(*(service.say(1, "m1", "Ada") for _ in range(8)))

    answers = asyncio.run(twice())
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["revision"] == 2


def test_messages_at_the_same_time_are_all_handled_one_after_the_other(talks: Any) -> None:
    async def crowd() -> list[dict[str, Any]]:
        async with talks.lifespan(talks.app):
            service = Service(talks)
            await service.begin()
            return await asyncio.gather(*(service.say(1, f"m{n}", "A") for n in range(4)))

    assert sorted(answer["revision"] for answer in asyncio.run(crowd())) == [2, 3, 4, 5]


def test_timers_fire_when_somebody_looks(talks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait() -> None:
        async with talks.lifespan(talks.app):
            service = Service(talks)
            await service.begin()
            assert (await service.client.post("/ticks")).json() == 0
            hour = 3_600_000_000
            later = talks.now() + hour
            monkeypatch.setattr(talks, "now", lambda: later)
            assert (await service.client.post("/ticks")).json() == 1
            assert (await service.client.post("/ticks")).json() == 0

    asyncio.run(wait())
    with talks.database() as connection:
        assert connection.execute("select revision, status from talks").fetchall() == [
            (2, "completed")
        ]


# Behind a queue


def test_half_a_character_in_a_queue_stops_nobody() -> None:
    example = module_of("embed_worker.py")
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(example.TABLES)
    release = compiler.compile(flows.read(example.FLOW)).release()
    worker = example.Worker(database, release)
    assert worker.handle(example.Message("ada", 1, "A\ud800da", example.NOON)) == 1
    assert worker.handle(example.Message("ada", 2, "demo", example.NOON)) == 1


@pytest.mark.parametrize("seed", range(8))
def test_a_queue_that_repeats_and_mixes_up_makes_no_difference(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = module_of("embed_worker.py")
    database = worker.sqlite3.connect(":memory:", isolation_level=None)
    try:
        said = worker.work(database, seed)
        assert said[-1] == "(handoff)"
        assert len(said) == len(set(said)) == 8
        assert database.execute("select count(*) from waiting").fetchone() == (0,)
        snapshots = dict(database.execute("select name, snapshot from talks"))
        assert {
            name: worker.snapshot_from_json(text).turns for name, text in snapshots.items()
        } == {
            "ada": 6,
            "bob": 6,
        }
    finally:
        database.close()
        del sys.modules["embed_worker"]
    assert "deliveries" in capsys.readouterr().out
