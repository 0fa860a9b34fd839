"""How many turns a second go over HTTP, beside the same server giving the same answer without work.

Run: ``python -m benchmarks.http [memory] [sqlite]``. One server process, uvicorn on one event loop;
one client process with as many connections as said, each of which sends its next request when it
has its answer. A turn is all of it: token, load, step, commit (SQLite: on the disk), answer.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from statewright import compiler, flows
from statewright.http import create_app
from statewright.http.answers import answer
from statewright.runtime import Runtime
from statewright.storage import MemoryStore, SQLStore, Store

SECONDS = 0.5
ROUNDS = 6
"""Both are measured in turns, so that whatever else the machine does slows both."""
CONNECTIONS = (1, 8, 32)
BUDGET = 0.5

ECHO = {
    "statewright": 1,
    "id": "echo",
    "start": "ask",
    "variables": {"said": {"type": "string"}, "count": {"type": "int", "default": 0}},
    "nodes": {
        "ask": {
            "type": "question",
            "text": "{{ count }} so far",
            "variable": "said",
            "next": "note",
        },
        "note": {"type": "set", "actions": [{"increment": "count"}], "next": "ask"},
    },
}
BODY = b'{"input": "hello", "input_type": "text"}'


async def serve(store: Store, report: Connection) -> None:
    """Serve sessions, and one path that answers what a turn answers, without a turn."""
    async with Runtime(store) as runtime:
        release = compiler.compile(flows.parse(json.dumps(ECHO))).release()
        await runtime.publish(release, flow="echo")
        tokens = [(await runtime.start("echo")).token for _ in range(max(CONNECTIONS))]
        app = create_app(runtime, manages_runtime=False)
        same: dict[str, Any] = json.loads(await _turn(app, tokens[0]))

        async def no_work(request: Request) -> Response:
            await request.body()
            return answer(same)

        app.router.routes.append(Route("/no-work", no_work, methods=["POST"]))
        config = uvicorn.Config(app, port=0, lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 (uvicorn has nothing else to wait for)
            await asyncio.sleep(0.01)
        report.send((server.servers[0].sockets[0].getsockname()[1], tokens))
        await task


async def _turn(app: Any, token: str) -> bytes:
    """What a turn answers."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/v1/chat/sessions/{token}/interact",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await app(scope, receive, send)
    return bytes(sent[1]["body"])


def run_server(kind: str, folder: str, report: Connection) -> None:
    store = MemoryStore() if kind == "memory" else SQLStore(f"sqlite:///{folder}/flows.db")
    asyncio.run(serve(store, report))


async def talk(port: int, path: str, until: float) -> int:
    """Send requests on one connection, one after another; how many were answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(BODY)}\r\n\r\n"
    ).encode() + BODY
    count = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(size)
        count += 1
    writer.close()
    return count


async def answered(port: int, paths: list[str]) -> int:
    """How many requests are answered, on as many connections as there are paths."""
    until = time.perf_counter() + SECONDS
    return sum(await asyncio.gather(*(talk(port, path, until) for path in paths)))


def measure(kind: str) -> list[float]:
    """Measure a store; the ratio to no work at each number of connections."""
    context = multiprocessing.get_context("spawn")
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        here, there = context.Pipe()
        server = context.Process(target=run_server, args=(kind, folder, there), daemon=True)
        server.start()
        port, tokens = here.recv()
        for connections in CONNECTIONS:
            paths = [f"/v1/chat/sessions/{token}/interact" for token in tokens[:connections]]
            limit = turns = 0.0
            for _ in range(ROUNDS):
                limit += asyncio.run(answered(port, ["/no-work"] * connections))
                turns += asyncio.run(answered(port, paths))
            ratios.append(turns / limit)
            limit, turns = limit / SECONDS / ROUNDS, turns / SECONDS / ROUNDS
            print(
                f"{kind:<8}{connections:>4} connections: {turns:>8,.0f} turns/s, no work "
                f"{limit:>8,.0f}/s, ratio {turns / limit:.2f}"
            )
        server.kill()
        server.join()
    return ratios


def main() -> None:
    kinds = sys.argv[1:] or ["memory", "sqlite"]
    best = max(ratio for kind in kinds for ratio in measure(kind))
    print(f"best ratio {best:.2f}; the budget is {BUDGET}")


if __name__ == "__main__":
    main()
