"""Turns by several processes at once, which share a database: as ``serve --workers`` has them."""

from __future__ import annotations

import asyncio
import os
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.measuring import Measured
from benchmarks.processor import spent_by
from benchmarks.sessions import CHANCE, KEYS, SAID
from statewright.runtime import Runtime
from statewright.runtime.residents import spare_residents
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey

WARMING = 0.5
"""Seconds before turns are counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one process did.

    Attributes:
        times: seconds that each turn took which was counted.
        spent: processor time of the process while they were counted.
        acknowledged: how many turns there were in all.
    """

    times: tuple[float, ...]
    spent: float
    acknowledged: int


async def acquainted(runtime: Runtime, keys: Sequence[SessionKey], life: str) -> None:
    """Have a turn of each of some sessions."""
    left = iter(keys)

    async def client() -> None:
        for key in left:
            await runtime.send(key, CHANCE.choice(SAID), message_id=life)

    await asyncio.gather(*(client() for _ in range(64)))


async def turns_of_runtime(
    runtime: Runtime, clients: int, measured: Measured, keys: Sequence[SessionKey] = KEYS
) -> int:
    """Whole turns by some clients at once until the measuring ends; how many there were."""
    life, counts = f"{os.getpid()}-{time.time_ns()}", [0] * clients

    async def client(who: int) -> None:
        while measured.goes_on():
            began = time.perf_counter()
            key = keys[CHANCE.randrange(len(keys))]
            name = f"{life}-{who}-{counts[who]}"
            answer = await runtime.send(key, CHANCE.choice(SAID), message_id=name)
            assert answer.messages
            counts[who] += 1
            measured.count(began)

    await asyncio.gather(*map(client, range(clients)))
    return sum(counts)


async def _part(
    url: str, clients: int, seconds: float, keys: Sequence[SessionKey], wait: Callable[[], None]
) -> Part:
    async with Runtime(SQLStore(url), engine=None, schedules=None) as runtime:
        await acquainted(runtime, keys, f"{os.getpid()}-{time.time_ns()}")
        spare_residents()
        await asyncio.to_thread(wait)
        measured = Measured(seconds, WARMING)
        count = await turns_of_runtime(runtime, clients, measured, keys)
    return Part(tuple(measured.times), measured.spent()[0], len(keys) + count)


def turns_together(
    url: str,
    processes: int,
    clients: int,
    seconds: float,
    *,
    server: int | None = None,
    apart: bool = False,
) -> tuple[Measured, int]:
    """Turns by so many processes, each with so many clients.

    Args:
        url: of the database.
        processes: how many.
        clients: of each of them.
        seconds: how long turns are counted.
        server: the id of the process of the database.
        apart: whether each process has sessions of its own; else each has turns of all.

    Returns:
        what was measured of all of them, and how many turns were acknowledged in all.
    """
    ready, going = os.pipe(), os.pipe()
    pipes = []
    for who in range(processes):
        reading, writing = os.pipe()
        if not os.fork():
            CHANCE.seed(who)
            keys = KEYS[who::processes] if apart else KEYS

            def wait() -> None:
                os.write(ready[1], b"r")
                os.read(going[0], 1)

            part = asyncio.run(_part(url, clients, seconds, keys, wait))
            with os.fdopen(writing, "wb") as told:
                pickle.dump(part, told)
            os._exit(0)
        os.close(writing)
        pipes.append(reading)
    for _ in range(processes):
        os.read(ready[0], 1)
    os.write(going[1], b"g" * processes)
    time.sleep(WARMING)
    before = spent_by(server)
    time.sleep(seconds)
    there = spent_by(server) - before
    parts = []
    for reading in pipes:
        with os.fdopen(reading, "rb") as file:
            parts.append(pickle.load(file))  # noqa: S301 (a process of ours has written it)
        os.wait()
    for descriptor in (*ready, *going):
        os.close(descriptor)
    times = [one for part in parts for one in part.times]
    measured = Measured.of(seconds, times, (sum(part.spent for part in parts), there))
    return measured, sum(part.acknowledged for part in parts)
