"""The server is killed in the middle of turns: nothing acknowledged is missing, nothing is twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from statewright.runtime import Runtime
from statewright.storage import SQLStore
from statewright.storage.identity import read_token

KILLS = 20
TALKERS = 6
SEED = 7
PATIENCE = 60.0
"""Seconds after which a talker that gets no answer gives up."""

ECHO: dict[str, Any] = {
    "statewright": 1,
    "id": "echo",
    "start": "ask",
    "variables": {
        "said": {"type": "string"},
        "heard": {"type": "list", "default": []},
        "count": {"type": "int", "default": 0},
    },
    "nodes": {
        "ask": {
            "type": "question",
            "text": "{{ count }} so far",
            "variable": "said",
            "next": "note",
        },
        "note": {
            "type": "set",
            "actions": [{"append": "heard", "value": "{{ said }}"}, {"increment": "count"}],
            "next": "ask",
        },
    },
}
"""Remembers everything that it is told, in order."""


class MortalServer:
    """A server that is killed and comes back at the same address."""

    def __init__(self, database: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.deaths = 0
        script = Path(__file__).with_name("forking.py")
        self._parent = subprocess.Popen(
            [sys.executable, str(script), database, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "STATEWRIGHT_SIGNING_KEY": "a key for this test"},
        )
        self.revive()

    def revive(self) -> None:
        """Start it, and wait until it serves."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write("go\n")
        self._parent.stdin.flush()
        self._process = int(self._parent.stdout.readline())

    def kill(self) -> None:
        """Kill it with what no process can refuse."""
        os.kill(self._process, signal.SIGKILL)
        self.deaths += 1

    def end(self) -> None:
        """End it for good."""
        self.kill()
        self._parent.communicate(timeout=PATIENCE)


@contextmanager
def mortal(database: str) -> Iterator[MortalServer]:
    server = MortalServer(database)
    try:
        yield server
    finally:
        server.end()


@dataclass
class Talker:
    """Talks to a session of its own and to one of all, and sends again what was not answered."""

    url: str
    number: int
    common: str
    stop: threading.Event
    tokens: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: dict[tuple[str, str], bytes] = field(default_factory=dict)
    unanswered: int = 0
    failures: list[str] = field(default_factory=list)

    def talk(self) -> None:
        with httpx.Client(base_url=self.url, timeout=10) as client:
            while not self.stop.is_set():
                if not self.tokens or len(self.said[self.tokens[-1]]) >= 12:
                    self._begin(client)
                for token in (self.tokens[-1], self.common):
                    self._say(client, token)

    def _begin(self, client: httpx.Client) -> None:
        key = str(uuid.uuid4())
        begun = self._until_answered(client, "/v1/chat/start", {"flow_id": "echo"}, key)
        self.tokens.append(begun.json()["session_token"])
        self.said[self.tokens[-1]] = []

    def _say(self, client: httpx.Client, token: str) -> None:
        said = self.said.setdefault(token, [])
        text = f"{self.number}-{len(said)}"
        said.append(text)
        path = f"/v1/chat/sessions/{token}/interact"
        body = {"input": text, "input_type": "text"}
        answer = self._until_answered(client, path, body, f"key-{text}")
        self.acknowledged[token, text] = answer.content

    def _until_answered(
        self, client: httpx.Client, path: str, body: Any, key: str
    ) -> httpx.Response:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError as error:
                # Whether it was handled is not known, unless there was nobody to send it to.
                self.unanswered += not isinstance(error, httpx.ConnectError)
                time.sleep(0.01)
                continue
            if answer.is_success:
                return answer
            self.failures.append(answer.text)
            break
        self.stop.set()
        raise AssertionError(self.failures)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork processes")
def test_a_server_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/flows.db"
    chance = random.Random(SEED)
    stop = threading.Event()
    with mortal(database) as server:
        common = _published_and_begun(server.url)
        talkers = [Talker(server.url, number, common, stop) for number in range(TALKERS)]
        threads = [threading.Thread(target=talker.talk) for talker in talkers]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.35))
            server.kill()
            server.revive()
        time.sleep(0.3)
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert [talker.failures for talker in talkers] == [[]] * TALKERS
        assert server.deaths == KILLS
        _same_bytes_again(server.url, talkers, chance)
    # The deaths were in the middle of something.
    assert sum(talker.unanswered for talker in talkers) >= KILLS
    assert sum(len(talker.acknowledged) for talker in talkers) > 2 * KILLS
    asyncio.run(_each_exactly_once(database, talkers, common))


def _published_and_begun(url: str) -> str:
    assert httpx.post(f"{url}/api/v1/flows", json={"flow": ECHO}).is_success
    assert httpx.post(f"{url}/api/v1/flows/echo/publish").is_success
    begun = httpx.post(f"{url}/v1/chat/start", json={"flow_id": "echo"})
    return str(begun.json()["session_token"])


def _same_bytes_again(url: str, talkers: list[Talker], chance: random.Random) -> None:
    """What was acknowledged before any of the deaths is acknowledged in the same bytes now."""
    with httpx.Client(base_url=url) as client:
        for talker in talkers:
            for token, text in chance.sample(sorted(talker.acknowledged), 20):
                answer = client.post(
                    f"/v1/chat/sessions/{token}/interact",
                    json={"input": "something else", "input_type": "text"},
                    headers={"Idempotency-Key": f"key-{text}"},
                )
                assert answer.content == talker.acknowledged[token, text]


async def _each_exactly_once(database: str, talkers: list[Talker], common: str) -> None:
    """Every message that was sent was handled once, in the order in which its talker sent it."""
    async with Runtime(SQLStore(database), engine=None) as runtime:
        tokens = {common} | {token for talker in talkers for token in talker.tokens}
        assert len(await runtime.store.sessions("default", limit=1_000)) == len(tokens)
        for token in tokens:
            key = await runtime.key_of(token)
            assert read_token(token) is not None
            view = await runtime.session(key)
            heard = view.data["heard"]
            turns = [
                turn.message
                for after in range(0, view.revision, 100)
                for turn in await runtime.store.history(key, after=after, limit=100)
            ]
            assert view.revision == len(turns) == view.data["count"] + 1
            assert turns[1:] == [f"key-{text}" for text in heard]
            assert max(Counter(heard).values(), default=1) == 1
            for talker in talkers:
                own = [text for text in heard if text.startswith(f"{talker.number}-")]
                assert own == talker.said.get(token, [])
            assert (await runtime.replay(key)).differences == ()
