"""A server that is watched: metrics, alerts, and a log for machines."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import httpx
import pytest

from statewright.cli import run
from statewright.http import create_app
from statewright.http.watching import Watch, watch_of
from statewright.runtime import Runtime
from statewright.runtime.observing.metrics import Metrics
from statewright.storage import MemoryStore
from tests.http.servers import statewright
from tests.http.serving import Client

ENDLESS = {
    "statewright": 1,
    "id": "endless",
    "suppress": {"C201": "the server is to tell of it"},
    "start": "ask",
    "variables": {"name": {"type": "string", "pii": True}},
    "nodes": {
        "ask": {"type": "question", "text": "Name?", "variable": "name", "next": "a"},
        "a": {"type": "message", "text": "x", "next": "b"},
        "b": {"type": "jump", "to": "a"},
    },
}


def free_port() -> int:
    """Of several processes only a port that is named can be told."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_metrics_are_served_where_they_are_asked_for(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    metrics = Metrics()
    runtime = Runtime(MemoryStore(), observers=[metrics], engine=None)
    app = create_app(runtime, metrics=metrics, manages_runtime=False)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with runtime, httpx.AsyncClient(transport=transport, base_url="http://x") as one:
            return await one.get("/metrics")

    answer = asyncio.run(asked())
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE statewright_turns_total counter" in answer.text


def test_processes_that_serve_together_are_watched_alike() -> None:
    watch = Watch("json", metrics=True, tracing=False, alerts=("log", "https://x.example/a?b"))
    assert watch_of(watch.environment()) == watch
    assert watch_of(Watch().environment()) == watch_of({}) == Watch()


@pytest.mark.parametrize("where", ["nowhere", "ftp://x", "http://a b", ""])
def test_an_alert_goes_to_the_log_or_to_a_web_server(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", "--alert", where]) == 2
    assert "--alert takes" in capsys.readouterr().err


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_tells_of_failures_and_shows_nothing_private(tmp_path: Path, workers: str) -> None:
    options = ("--metrics", "--log-format", "json", "--alert", "log", "--workers", workers)
    port = () if workers == "1" else ("--port", str(free_port()))
    with (
        statewright(tmp_path, *options, *port) as server,
        httpx.Client(base_url=server.url, transport=httpx.HTTPTransport(retries=20)) as client,
    ):
        client.post("/api/v1/flows", json={"flow": ENDLESS})
        client.post("/api/v1/flows/endless/publish")
        begun = client.post("/v1/chat/start", json={"flow_id": "endless"}).json()
        path = f"/v1/chat/sessions/{begun['session_token']}/interact"
        answer = client.post(path, json={"input": "Ada Lovelace", "input_type": "text"})
        assert answer.json()["session_ended"]
        metrics = client.get("/metrics").text
        assert 'statewright_turns_total{event="message",status="failed"} 1.0' in metrics
        assert server.end() == 0
    lines = [json.loads(line) for line in server.printed if line.startswith("{")]
    (alert,) = [line for line in lines if line["logger"] == "statewright.alerts"]
    assert (alert["kind"], alert["name"]) == ("failed", "error.limit")
    assert "Ada" not in "".join(server.printed)
