"""Delays and schedules of flows outlive the process, with the deadline that they began with."""

from __future__ import annotations

from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.runtime import Runtime, VirtualClock
from statewright.storage import SQLStore
from tests.runtime.worlds import NOW, texts

pytestmark = pytest.mark.anyio

FLOW = """
statewright: 1
start: ask
settings:
  zone: Europe/Berlin
  business_hours: {days: {mon-fri: "09:00-17:00"}}
  inactivity: {after: 1h, remind: [{after: 10m, text: Still there?}]}
variables: {said: string}
nodes:
  ask: {type: question, text: "Hello?", variable: said, next: wait}
  wait: {WAIT, next: bye}
  bye: {type: end, text: "{{ said }} {{ now }}"}
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Process:
    """One process after another on one file, with one clock."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}/flows.db"
        self.clock = VirtualClock(NOW)

    def again(self) -> Runtime:
        return Runtime(SQLStore(self.url), clock=self.clock, engine=None, poll=3600)


@pytest.mark.parametrize(
    ("wait", "seconds", "ends"),
    [
        ("type: delay, duration: 2h", 7_200, "2026-01-05T11:00:00Z"),
        ("type: delay, until: 2026-01-05 13:30", 12_600, "2026-01-05T12:30:00Z"),
        (
            "type: delay, duration: 12h, business_hours: ends",
            23 * 3600,
            "2026-01-06T08:00:00Z",
        ),
        ("type: schedule, cron: '0 9 29 3 *'", 82 * 86_400 + 22 * 3600, "2026-03-29T07:00:00Z"),
    ],
)
async def test_a_wait_keeps_its_deadline_when_the_process_ends(
    tmp_path: Path, wait: str, seconds: int, ends: str
) -> None:
    process = Process(tmp_path)
    release = compiler.compile(flows.parse(FLOW.replace("WAIT", wait))).release()
    async with process.again() as runtime:
        await runtime.publish(release, flow="flow")
        session = await runtime.start("flow", conversation="c")
        await runtime.send(session.key, "Ada")
    process.clock.advance(seconds // 2)
    async with process.again() as runtime:
        assert await runtime.sweep(process.clock()) == 0
    process.clock.advance(seconds - seconds // 2 - 1)
    async with process.again() as runtime:
        assert await runtime.sweep(process.clock()) == 0
        assert await runtime.sweep(process.clock.advance(1)) == 1
        assert texts(*await runtime.read(session.key, after=2)) == [f"Ada {ends}"]
        assert (await runtime.replay(session.key)).differences == ()


async def test_a_deadline_that_passed_while_nobody_ran_is_met_at_its_own_time(
    tmp_path: Path,
) -> None:
    process = Process(tmp_path)
    release = compiler.compile(flows.parse(FLOW.replace("WAIT", "type: delay, duration: 2h")))
    async with process.again() as runtime:
        await runtime.publish(release.release(), flow="flow")
        silent = await runtime.start("flow", conversation="silent")
        waiting = await runtime.start("flow", conversation="waiting")
        await runtime.send(waiting.key, "Ada")
    process.clock.advance(5 * 86_400)
    async with process.again() as runtime:
        await runtime.sweep(process.clock())
        assert texts(*await runtime.read(waiting.key, after=2)) == ["Ada 2026-01-05T11:00:00Z"]
        assert texts(*await runtime.read(silent.key, after=1)) == ["Still there?"]
        assert (await runtime.session(silent.key)).outcome == "inactive"
