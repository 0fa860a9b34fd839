"""A worker is killed in the middle of requests to the world: another makes them again in time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.runtime import Runtime
from statewright.storage import SQLStore
from tests.runtime.servers import Asked, Reply, Server, serving
from tests.runtime.worlds import texts

LEASE = float(os.environ.get("STATEWRIGHT_LEASE", "2"))
"""Seconds for which a worker borrows; the acceptance run has those of the engine itself."""

SLOW = 2.5 * LEASE
"""Seconds that the service takes for the first request: longer than a lease."""

WORKER = Path(__file__).with_name("asking.py")
ROOT = Path(__file__).parents[2]


MANY = int(os.environ.get("STATEWRIGHT_REQUESTS", "40"))
"""How many requests two workers share of which one is killed."""


@contextmanager
def worker(url: str, engine: str = "builtin") -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, str(WORKER), url, str(LEASE), engine], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def asking(url: str) -> dict[str, Any]:
    """A flow that asks a web service, and gives it a minute."""
    return {
        "statewright": 1,
        "id": "asking",
        "start": "call",
        "variables": {"found": {"type": "int"}},
        "nodes": {
            "call": {
                "type": "http",
                "method": "POST",
                "url": f"{url}/orders",
                "timeout": "60s",
                "save": {"found": "response.body.number"},
                "success": "tell",
                "error": "sorry",
            },
            "tell": {"type": "message", "text": "order {{ found }}", "next": "done"},
            "sorry": {"type": "message", "text": "no answer", "next": "done"},
            "done": {"type": "end"},
        },
    }


async def taken_over(url: str) -> None:
    numbers = iter(range(1, 100))
    asked = asyncio.Event()

    def reply(_asked: Asked) -> Reply:
        asked.set()
        number = next(numbers)
        return Reply(b'{"number": %d}' % number, delay=SLOW if number == 1 else 0.0)

    async with serving(reply) as service, Runtime(SQLStore(url), engine=None) as runtime:
        flow = flows.parse(json.dumps(asking(service.url)))
        await runtime.publish(compiler.compile(flow).release(), flow="asking")
        with worker(url) as first:
            key = (await runtime.start("asking")).key
            await asyncio.wait_for(asked.wait(), 30)
            with worker(url):
                # It lives as long as its own lease would have lasted: nobody else asks meanwhile.
                await asyncio.sleep(1.2 * LEASE)
                assert len(service.asked) == 1
                first.kill()
                killed = time.monotonic()
                async with asyncio.timeout(LEASE + 10):
                    answers = [answer async for answer in runtime.subscribe(key)]
                seconds = time.monotonic() - killed
        assert texts(*answers) == ["order 2"]
        assert len({one.headers["idempotency-key"] for one in service.asked}) == 1
        assert len(service.asked) == 2
        assert len(answers) == 2, "the start, and one turn for the result"
        assert (await runtime.replay(key)).differences == ()
        assert seconds < LEASE + 5


async def until_asked(service: Server, times: int) -> None:
    async with asyncio.timeout(60):
        while len(service.asked) < times:  # noqa: ASYNC110 (the server of tests tells nobody)
            await asyncio.sleep(0.01)


async def shared(url: str, engine: str) -> None:
    """Two workers share requests; one is killed when both have begun some, the other goes on."""

    def reply(asked: Asked) -> Reply:
        return Reply(b'{"number": %d}' % len(asked.body), delay=0.2)

    async with serving(reply) as service, Runtime(SQLStore(url), engine=None) as runtime:
        flow = flows.parse(json.dumps(asking(service.url)))
        await runtime.publish(compiler.compile(flow).release(), flow="asking")
        with worker(url, engine) as first, worker(url, engine):
            keys = [(await runtime.start("asking")).key]
            await until_asked(service, 1)
            keys += [(await runtime.start("asking")).key for _ in range(MANY - 1)]
            await until_asked(service, MANY // 4)
            first.kill()
            async with asyncio.timeout(2 * LEASE + 60):
                for key in keys:
                    answers = [answer async for answer in runtime.subscribe(key)]
                    assert len(answers) == 2, "the start, and one turn for the result"
                    assert texts(*answers) == ["order 0"]
        assert len({one.headers["idempotency-key"] for one in service.asked}) == MANY
        assert await runtime.store.pending("default") == ()


@pytest.mark.parametrize("engine", ["builtin", "dbos"])
def test_requests_of_two_workers_are_all_made_when_one_is_killed(url: str, engine: str) -> None:
    if engine == "dbos":
        pytest.importorskip("dbos")
    asyncio.run(shared(url, engine))


def test_a_request_whose_worker_was_killed_is_made_again(url: str) -> None:
    asyncio.run(taken_over(url))
