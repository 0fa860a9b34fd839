"""How many requests a second each engine carries out, and how soon: the one that is built in beside
DBOS, on the same database.

Run: ``python -m benchmarks.engines [sqlite] [postgresql]``. A request goes to a handler that does
nothing, its result is brought back in a turn of its session, and all of it is on the disk: what is
measured is the engine, and the turn that both have in common.

- ``backlog``: requests wait when the engine begins; how many a second are over, and the CPU time of
  this process for each.
- ``idle``: one request at a time; from the message of the user to the answer to its result.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

from statewright.expressions import Literal
from statewright.runtime import InProcessEngine, Runtime
from statewright.runtime.effects.dbos.engine import DbosEngine
from statewright.runtime.effects.dbos.workflows import system_database_of
from statewright.runtime.effects.engine import Engine, Host
from statewright.runtime.effects.handling import Order
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey
from tests.postgres import Server
from tests.runtime.worlds import caller, release

REQUESTS = 1_000
CALLS = 50


async def nothing(_order: Order) -> str:
    """Does the work."""
    return "done"


async def asked(url: str) -> list[SessionKey]:
    """Sessions that wait for a request that nobody makes yet."""
    async with Runtime(SQLStore(url), engine=None, schedules=None) as runtime:
        chart = caller(Literal({}), type_="work")
        await runtime.publish(release(chart), flow="flow")
        starts = await asyncio.gather(*(runtime.start("flow") for _ in range(REQUESTS)))
        await asyncio.gather(*(runtime.send(one.key, "go") for one in starts))
        return [one.key for one in starts]


async def measured(url: str, engine: Callable[[Host], Engine]) -> tuple[float, float, float]:
    """Requests a second, milliseconds of CPU for each, and milliseconds until an answer."""
    keys = await asked(url)
    runtime = Runtime(SQLStore(url), handlers={"work": nothing}, engine=engine, schedules=None)
    async with runtime:
        begun, cpu = time.perf_counter(), time.process_time()
        for key in keys:
            async for _ in runtime.subscribe(key, after=2):
                break
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        waits = []
        for key in keys[:CALLS]:
            sent = time.perf_counter()
            await runtime.send(key, "go", settle=30)
            waits.append(time.perf_counter() - sent)
    return REQUESTS / seconds, 1e3 * cpu / REQUESTS, 1e3 * statistics.median(waits)


def compared(make: Callable[[], str], name: str) -> None:
    """Measure both engines, each on a database of its own, and print their ratio."""
    found = {}
    for engine in ("builtin", "dbos"):
        url = make()
        built = (
            InProcessEngine
            if engine == "builtin"
            else partial(DbosEngine, url=system_database_of(url))
        )
        found[engine] = rate, cpu, wait = asyncio.run(measured(url, built))
        print(f"{name:11}{engine:8}{rate:7.0f}/s{cpu:8.2f} ms CPU{wait:8.1f} ms idle")
    ratios = [a / b for a, b in zip(found["builtin"], found["dbos"], strict=True)]
    print(f"{name:11}ratio   {ratios[0]:7.1f} {ratios[1]:9.2f} {ratios[2]:12.2f}")


def main() -> None:
    """Compare the engines on the databases that are named, or on both."""
    wanted = sys.argv[1:] or ["sqlite", "postgresql"]
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as directory:
            files = iter(f"sqlite:///{directory}/{number}.db" for number in range(2))
            compared(lambda: next(files), "sqlite")
    if "postgresql" in wanted:
        server = Server({})
        try:
            names = iter(("postgres", "template1"))
            compared(lambda: server.url(next(names)), "postgresql")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
