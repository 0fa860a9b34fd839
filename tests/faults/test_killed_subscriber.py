"""Subscribers are killed, and so is the worker that they follow: each gets every turn once."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from statewright.runtime import Runtime
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey
from tests.faults.test_killed_worker import KILLS, ROOT, begun, killed, url

SUBSCRIBER = Path(__file__).with_name("subscriber.py")

__all__ = ["url"]


def followed(url: str, key: SessionKey, after: int, seconds: float | None) -> list[int]:
    """Let a subscriber run until the session is over, or kill it; the turns that it noted."""
    process = subprocess.Popen(
        [sys.executable, str(SUBSCRIBER), url, key.session, str(after)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    noted = []
    if seconds is not None:
        noted.append(process.stdout.readline())
        time.sleep(seconds)
        process.kill()
    noted += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return [int(line) for line in noted if line.endswith("\n")]


def followed_to_the_end(url: str, key: SessionKey, kills: int, chance: random.Random) -> list[int]:
    """The turns that a subscriber notes that is killed again and again, and starts at its cursor."""
    noted: list[int] = []
    for kill in range(kills + 1):
        after = noted[-1] if noted else 0
        last = kill == kills
        noted += followed(url, key, after, None if last else chance.uniform(0.0, 0.3))
    return noted


async def ended(url: str, key: SessionKey) -> int:
    """End the session; its last revision."""
    runtime = Runtime(SQLStore(url), engine=None)
    await runtime.store.open()
    try:
        return (await runtime.end(key)).revision
    finally:
        await runtime.store.close()


def test_subscribers_get_every_turn_once_whoever_is_killed(url: str) -> None:
    key = asyncio.run(begun(SQLStore(url)))
    chance = random.Random(7)
    with ThreadPoolExecutor() as threads:
        subscribers = [
            threads.submit(followed_to_the_end, url, key, kills, random.Random(kills))
            for kills in (0, max(1, KILLS // 2))
        ]
        for kill in range(max(1, KILLS // 2)):
            assert killed(url, key, kill * 1_000_000, chance.uniform(0.1, 0.4))
        last = asyncio.run(ended(url, key))
        found = [subscriber.result() for subscriber in subscribers]
    assert last > 10
    for noted in found:
        assert noted == list(range(1, last + 1))
