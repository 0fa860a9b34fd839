"""The server is asked to end while many talk: what it acknowledged is there, and nothing hangs."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from statewright.runtime import Runtime
from statewright.storage import SQLStore
from tests.faults.test_kill import ECHO
from tests.http.servers import Server, statewright

TALKERS = 12
PATIENCE = 30.0


@dataclass
class Talker:
    """Talks to a session of its own until the server is gone."""

    url: str
    number: int
    token: str = ""
    said: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def talk(self) -> None:
        with httpx.Client(base_url=self.url, timeout=PATIENCE) as client:
            begun = client.post("/v1/chat/start", json={"flow_id": "echo"})
            self.token = begun.json()["session_token"]
            while not self.refused:
                text = f"{self.number}-{len(self.said)}"
                self.said.append(text)
                try:
                    answer = self._say(client, text)
                except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError):
                    return
                if answer.is_success:
                    self.acknowledged.append(text)
                else:
                    assert answer.headers["content-type"] == "application/problem+json"
                    self.refused.append(answer.status_code)

    def _say(self, client: httpx.Client, text: str) -> httpx.Response:
        body: dict[str, Any] = {"input": text, "input_type": "text"}
        path = f"/v1/chat/sessions/{self.token}/interact"
        return client.post(path, json=body, headers={"Idempotency-Key": f"key-{text}"})


def ended_while_they_talk(server: Server) -> list[Talker]:
    """Have some talk, and ask the server to end in the middle of it."""
    assert httpx.post(f"{server.url}/api/v1/flows", json={"flow": ECHO}).is_success
    assert httpx.post(f"{server.url}/api/v1/flows/echo/publish").is_success
    talkers = [Talker(server.url, number) for number in range(TALKERS)]
    threads = [threading.Thread(target=talker.talk) for talker in talkers]
    for thread in threads:
        thread.start()
    until = time.monotonic() + PATIENCE
    while min(len(one.acknowledged) for one in talkers) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    assert server.end(signal.SIGTERM) == 0
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return talkers


async def each_acknowledged_once(database: str, talkers: list[Talker]) -> None:
    async with Runtime(SQLStore(database), engine=None) as runtime:
        for talker in talkers:
            view = await runtime.session(await runtime.key_of(talker.token))
            heard = view.data["heard"]
            assert heard[: len(talker.acknowledged)] == talker.acknowledged
            # The last one may have been handled without its talker hearing of it.
            assert heard in (talker.acknowledged, talker.said)
            assert view.revision == len(heard) + 1


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/flows.db"
    make: Callable[[], str] = request.getfixturevalue("postgresql")
    return make()


def test_a_server_that_is_asked_to_end_keeps_what_it_acknowledged(
    database: str, tmp_path: Path
) -> None:
    with statewright(tmp_path, "--database", database) as server:
        talkers = ended_while_they_talk(server)
        assert not any("Traceback" in line for line in server.printed), server.printed
    assert all(set(talker.refused) <= {503} for talker in talkers)
    asyncio.run(each_acknowledged_once(database, talkers))
