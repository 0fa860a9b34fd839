"""``statewright serve``: a real server, from its address to its last breath."""

from __future__ import annotations

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from statewright.cli import run
from tests.http.servers import ROOT, statewright

EXAMPLE = (ROOT / "examples" / "lead-capture.yaml").read_text()


def test_it_serves_from_an_empty_directory_and_sessions_outlive_it(tmp_path: Path) -> None:
    with statewright(tmp_path) as server, httpx.Client(base_url=server.url) as client:
        assert client.post("/api/v1/flows", json={"flow": EXAMPLE}).status_code == 201
        assert client.post("/api/v1/flows/lead-capture/publish").json()["version"] == 1
        begun = client.post("/v1/chat/start", json={"flow_id": "lead-capture"}).json()
        path = f"/v1/chat/sessions/{begun['session_token']}"
        client.post(f"{path}/interact", json={"input": "Ada", "input_type": "text"})
        before = client.get(path).json()
        assert server.end() == 0
    assert (tmp_path / "flows.db").exists()
    with statewright(tmp_path) as server, httpx.Client(base_url=server.url) as client:
        assert client.get(path).json() == before
        answer = client.post(f"{path}/interact", json={"input": "demo", "input_type": "choice"})
        assert answer.json()["session_updated"]["revision"] == 3
        assert client.get("/api/v1/flows/lead-capture").json()["flow"] == EXAMPLE
        assert yaml.safe_load(EXAMPLE)["id"] == "lead-capture"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with statewright(tmp_path) as server:
        assert server.end(number) == 0
    assert len(server.printed) == 1
    assert "127.0.0.1" in server.printed[0]


def test_what_was_begun_before_the_signal_is_answered(tmp_path: Path) -> None:
    with statewright(tmp_path) as server:
        host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
        body = b'{"flow": {"id": "late"}}'
        head = (
            f"POST /api/v1/flows HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((host, port)) as connection:
            connection.sendall(head.encode() + body[:5])
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.sendall(body[5:])
            assert b" 201 " in connection.recv(1_000)
        assert server._gone() == 0


def test_bytes_that_are_no_http_do_not_end_it(tmp_path: Path) -> None:
    with statewright(tmp_path) as server:
        host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
        for said in (
            b"\x16\x03\x01\x02\x00\x01",
            b"GET /nowhere HTTP/9.9\r\n\r\n",
            b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /v1/chat/start HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST /v1/chat/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        ):
            with socket.create_connection((host, port), timeout=5) as connection:
                try:
                    connection.sendall(said)
                    answer = connection.recv(1_000)
                except ConnectionError:
                    answer = b""
            assert not answer or b" 4" in answer.split(b"\r\n")[0], answer
        assert httpx.get(f"{server.url}/healthz").json() == {"status": "ok"}


def test_a_body_in_chunks_is_bounded(tmp_path: Path) -> None:
    with statewright(tmp_path) as server:
        answer = httpx.post(
            f"{server.url}/v1/chat/start",
            content=(b" " * 10_000 for _ in range(150)),
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_several_processes_serve_one_session(tmp_path: Path) -> None:
    port = _free_port()
    with (
        statewright(tmp_path, "--workers", "2", "--port", str(port)) as server,
        ThreadPoolExecutor(8) as threads,
    ):
        _wait_for(server.url)
        httpx.post(f"{server.url}/api/v1/flows", json={"flow": EXAMPLE})
        httpx.post(f"{server.url}/api/v1/flows/lead-capture/publish")
        begun = httpx.post(f"{server.url}/v1/chat/start", json={"flow_id": "lead-capture"})
        token = begun.json()["session_token"]
        body = {"updates": {"score": 1}}
        path = f"{server.url}/v1/chat/sessions/{token}"
        patches = [
            threads.submit(httpx.patch, f"{path}/state", json=body, timeout=30) for _ in range(24)
        ]
        revisions = sorted(patch.result().json()["revision"] for patch in patches)
        assert revisions == list(range(2, 26))
        assert server.end() == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_an_address_that_is_taken_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        database = f"sqlite:///{tmp_path}/flows.db"
        assert run(["serve", "--port", port, "--database", database]) == 2
    told = f"Error: cannot listen at 127.0.0.1, port {port}: address already in use\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:////nowhere/at/all/flows.db"])
def test_a_database_that_cannot_be_used_is_told(
    capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert run(["serve", "--port", "0", "--database", url]) == 2
    assert capsys.readouterr().err.startswith("Error: ")
