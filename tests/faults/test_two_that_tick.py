"""Two processes look for what is due: each schedule and each deadline happens once."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from statewright import compiler, flows
from statewright.runtime import Runtime, system_clock
from statewright.runtime.clock import SECOND
from statewright.runtime.scheduling import MINUTE
from statewright.statechart import Status
from statewright.storage import SQLStore
from tests.runtime.worlds import release, sleeper, texts

TICKER = Path(__file__).with_name("ticking.py")
ROOT = Path(__file__).parents[2]
TRIGGERS = 5
KILLS = int(os.environ.get("STATEWRIGHT_KILLS", "1"))
SLEEPERS = 20

FLOW = """
statewright: 1
start: hello
triggers:
  TRIGGERS
nodes:
  hello: {type: message, text: hello, next: wait}
  wait: {type: delay, duration: 1s, next: bye}
  bye: {type: message, text: bye, next: done}
  done: {type: end}
"""


def ticker(url: str, offset: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(TICKER), url, str(offset)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def killed(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


async def still_to_come(runtime: Runtime) -> bool:
    sessions = await runtime.store.sessions("default")
    return len(sessions) < TRIGGERS or any(one.status == "active" for one in sessions)


async def some_go_on(runtime: Runtime) -> bool:
    return bool(await runtime.store.sessions("default", status=Status.ACTIVE))


async def ticked(url: str) -> None:
    now = system_clock()
    # A whole minute begins in so many seconds: both processes are there by then.
    offset = MINUTE - (now + 6 * SECOND) % MINUTE
    async with Runtime(
        SQLStore(url), engine=None, schedules=None, clock=lambda: system_clock() + offset
    ) as runtime:
        triggers = [f"t{n}: {{type: schedule, cron: '* * * * *'}}" for n in range(TRIGGERS)]
        flow = flows.parse(FLOW.replace("TRIGGERS", "\n  ".join(triggers)))
        await runtime.publish(compiler.compile(flow).release(), flow="ticking")
        with ExitStack() as stack:
            for _ in range(2):
                process = ticker(url, offset)
                stack.callback(killed, process)
                assert process.stdout is not None
                await asyncio.to_thread(process.stdout.readline)
            async with asyncio.timeout(60):
                while await still_to_come(runtime):  # noqa: ASYNC110 (the others tell nobody)
                    await asyncio.sleep(0.1)
                # They look several times more.
                await asyncio.sleep(0.5)
        sessions = await runtime.store.sessions("default")
        assert len(sessions) == TRIGGERS
        for one in sessions:
            answers = await runtime.read(one.key)
            assert texts(*answers) == ["hello", "bye"]
            assert len(answers) == 2, "the start, and one turn for the deadline"
            assert (await runtime.replay(one.key)).differences == ()


async def ticked_to_the_end(url: str, kills: int) -> None:
    """Two processes meet deadlines, one of which is killed again and again at some moment."""
    chance = random.Random(7)
    async with Runtime(SQLStore(url), engine=None, schedules=None, poll=60) as runtime:
        await runtime.publish(release(sleeper(SECOND)), flow="sleeper")
        keys = [(await runtime.start("sleeper")).key for _ in range(SLEEPERS)]
        with ExitStack() as stack:
            stack.callback(killed, ticker(url, 0))
            for _ in range(kills):
                process = ticker(url, 0)
                assert process.stdout is not None
                await asyncio.to_thread(process.stdout.readline)
                keys += [(await runtime.start("sleeper")).key for _ in range(SLEEPERS)]
                await asyncio.sleep(chance.uniform(0, 2))
                killed(process)
            async with asyncio.timeout(120):
                while await some_go_on(runtime):  # noqa: ASYNC110 (the others tell nobody)
                    await asyncio.sleep(0.1)
        for key in keys:
            answers = await runtime.read(key)
            assert texts(*answers) == ["tick", "tick", "last tick"]
            assert all(answer.messages for answer in answers[1:]), "no turn for nothing"
            assert (await runtime.replay(key)).differences == ()


def test_deadlines_are_met_once_though_processes_are_killed(url: str) -> None:
    asyncio.run(ticked_to_the_end(url, KILLS))


def test_two_processes_fire_each_schedule_and_each_deadline_once(url: str) -> None:
    asyncio.run(ticked(url))
