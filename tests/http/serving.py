"""An application without a network: requests go straight into it, one after another or together.

Every answer that a test gets is held against the description of the API.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx

from statewright.http import create_app
from statewright.runtime import Handler, Queues, Runtime
from statewright.runtime.clock import Clock, system_clock
from statewright.storage import MemoryStore, Store
from tests.http.describing import as_described

Result = TypeVar("Result")


class Client:
    """Sends requests to an application, in an event loop of its own."""

    def __init__(self, runner: asyncio.Runner, client: httpx.AsyncClient, runtime: Runtime) -> None:
        self._runner = runner
        self._client = client
        self.runtime = runtime

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        return as_described(self.run(self._client.request(method, path, **rest)))

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request as it is."""
        return as_described(self.run(self._client.send(request)))

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("GET", path, **rest)

    def post(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        return self.request("POST", path, json=json, **rest)

    def put(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        return self.request("PUT", path, json=json, **rest)

    def patch(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        return self.request("PATCH", path, json=json, **rest)

    def delete(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("DELETE", path, **rest)

    def together(self, *requests: tuple[str, str, Any], **rest: Any) -> list[httpx.Response]:
        """Send several requests, method, path and JSON, at the same moment."""

        async def all_of_them() -> list[httpx.Response]:
            sent = (self._client.request(m, path, json=json, **rest) for m, path, json in requests)
            return [as_described(answer) for answer in await asyncio.gather(*sent)]

        return self.run(all_of_them())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(work)


@contextmanager
def serving(
    store: Store | None = None,
    *,
    is_open: bool = True,
    handlers: Mapping[str, Handler] | None = None,
    queues: Queues | None = None,
    clock: Clock = system_clock,
    **options: Any,
) -> Iterator[Client]:
    """An application on a store."""
    runtime = Runtime(
        store or MemoryStore(), handlers=handlers, queues=queues or Queues(), clock=clock
    )
    app = create_app(runtime, manages_runtime=False, **options)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=transport, base_url="http://test")
        if is_open:
            runner.run(runtime.open())
        try:
            yield Client(runner, client, runtime)
        finally:
            runner.run(client.aclose())
            runner.run(runtime.close())
