"""The application inside others, and without anybody who starts it."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from statewright.http import create_app
from statewright.runtime import Runtime
from statewright.storage import MemoryStore
from tests.http.servers import ROOT, Server
from tests.http.serving import serving


def test_the_example_serves_its_own_pages_beside_conversations(tmp_path: Path) -> None:
    options = ("--app-dir", str(ROOT / "examples"), "--port", "0")
    command = [sys.executable, "-m", "uvicorn", *options, "embed_http:app"]
    with Server(command, tmp_path, mark="running on") as server:
        with httpx.Client(base_url=server.url) as client:
            assert client.get("/").json() == {"games": 0, "play": "/talk/v1/chat/start"}
            begun = client.post("/talk/v1/chat/start", json={"flow_id": "quiz"})
            assert begun.status_code == 201
            path = f"/talk/v1/chat/sessions/{begun.json()['session_token']}"
            assert client.get(path).json()["status"] == "active"
            assert client.get("/").json()["games"] == 1
            problem = client.get("/talk/nowhere").json()
            assert problem["type"] == "/talk/problems/NO_SUCH_PATH"
            assert client.get(problem["type"]).json()["code"] == "NO_SUCH_PATH"
            assert client.get("/talk/openapi.json").json()["servers"] == [{"url": "/talk"}]
        server.end()
    assert not [line for line in server.printed if "Error" in line or "Traceback" in line]


def test_it_opens_and_closes_the_runtime_itself_where_a_server_starts_it() -> None:
    store = Watched()
    app = create_app(Runtime(store))
    with serving() as client:
        client.run(_lived(app))
    assert store.seen == ["open", "close"]


def test_it_leaves_the_runtime_alone_where_that_is_somebody_elses() -> None:
    store = Watched()
    app = create_app(Runtime(store), manages_runtime=False)
    with serving() as client:
        client.run(_lived(app))
    assert store.seen == []


def test_two_of_them_serve_two_tenants_from_one_runtime() -> None:
    with serving() as client:
        runtime = client.runtime
        outer = Starlette(
            routes=[
                Mount(f"/{name}", create_app(runtime, tenant=name, manages_runtime=False))
                for name in ("a", "b")
            ]
        )

        async def talk() -> None:
            transport = httpx.ASGITransport(outer)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
                flow = {
                    "statewright": 1,
                    "start": "q",
                    "nodes": {
                        "q": {"type": "question", "text": "?", "next": "e"},
                        "e": {"type": "end"},
                    },
                }
                assert (await http.put("/a/api/v1/flows/f", json={"flow": flow})).is_success
                assert (await http.post("/a/api/v1/flows/f/publish")).is_success
                begun = await http.post("/a/v1/chat/start", json={"flow_id": "f"})
                token = begun.json()["session_token"]
                assert (await http.get(f"/a/v1/chat/sessions/{token}")).is_success
                assert (await http.get(f"/b/v1/chat/sessions/{token}")).status_code == 404
                assert (await http.get("/b/api/v1/flows")).json()["flows"] == []
                refused = await http.post("/b/v1/chat/start", json={"flow_id": "f"})
                assert refused.status_code == 404

        client.run(talk())


class Watched(MemoryStore):
    """A store that notes when it is opened and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    async def open(self) -> None:
        self.seen.append("open")

    async def close(self) -> None:
        self.seen.append("close")


async def _lived(app: Starlette) -> None:
    """Start an application as a server does, and end it again."""
    async with app.router.lifespan_context(app):
        pass
