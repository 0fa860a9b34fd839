"""A worker is killed in the middle of its turns, again and again: nothing that it acknowledged is
missing, and nothing is there twice.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from statewright.runtime import Order, Runtime
from statewright.runtime.effects.engine import LEASE
from statewright.runtime.timers import HOLD
from statewright.storage import SQLStore, Store
from statewright.storage.records import SessionKey
from tests.runtime.worlds import counter, release

KILLS = int(os.environ.get("STATEWRIGHT_KILLS", "4"))
"""How often the worker is killed; the acceptance run kills it 20 times."""

WORKER = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).parents[2]


def killed(url: str, key: SessionKey, first: int, seconds: float) -> list[str]:
    """Let a worker run, kill it some time after its first turn, and tell what it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, str(WORKER), url, key.session, str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline()]
    time.sleep(seconds)
    process.kill()
    acknowledged += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return [line.strip() for line in acknowledged if line.endswith("\n")]


async def begun(store: Store) -> SessionKey:
    async with Runtime(store, engine=None) as runtime:
        await runtime.publish(release(counter()), flow="flow")
        return (await runtime.start("flow")).key


async def checked(store: Store, key: SessionKey, acknowledged: list[str]) -> None:
    """Finish what was begun, and compare the session with what was acknowledged."""
    receipts: list[str] = []

    async def ledger(order: Order) -> None:
        receipts.append(order.id)

    runtime = Runtime(store, handlers={"ledger": ledger})
    await store.open()
    later = runtime.clock() + max(HOLD, LEASE) + 1
    await runtime.sweep(later)
    while await runtime.work(later):
        pass
    view = await runtime.session(key)
    heard = view.data["heard"]
    assert set(acknowledged) <= set(heard), "something that was acknowledged is missing"
    assert len(heard) == len(set(heard)), "something is there twice"
    assert view.data["count"] == len(heard) == view.revision - 1
    result = await runtime.replay(key)
    assert (result.turns, result.differences) == (view.revision, ())
    assert len(receipts) == len(set(receipts))
    await runtime.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/flows.db"
    made: str = request.getfixturevalue("postgresql")()
    return made


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    url: str,
) -> None:
    key = asyncio.run(begun(SQLStore(url)))
    chance = random.Random(11)
    acknowledged: list[str] = []
    for kill in range(KILLS):
        lines = killed(url, key, kill * 1_000_000, chance.uniform(0.0, 0.25))
        assert lines, "the worker did not get going"
        acknowledged += lines
    asyncio.run(checked(SQLStore(url), key, acknowledged))


def test_two_workers_at_once_that_are_killed_lose_and_double_nothing(url: str) -> None:
    key = asyncio.run(begun(SQLStore(url)))
    with ThreadPoolExecutor() as threads:
        runs = [threads.submit(killed, url, key, number * 1_000_000, 1.0) for number in (1, 2)]
        acknowledged = [run.result() for run in runs]
    assert all(acknowledged), "both of them got through"
    asyncio.run(checked(SQLStore(url), key, [line for lines in acknowledged for line in lines]))
