"""Schedules fire once for each of their times, whoever is awake, and whenever they wake up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.runtime import Runtime, Schedules
from statewright.runtime.scheduling import MINUTE
from tests.runtime.worlds import World

pytestmark = pytest.mark.anyio

FLOW = """
statewright: 1
start: report
settings: {zone: Europe/Berlin}
variables: {day: {type: string, default: "", input: true}}
triggers:
  daily:
    type: schedule
    cron: "CRON"
    inputs: {day: "{{ now.getFullYear() }}-{{ now.getMonth() + 1 }}-{{ now.getDate() }}"}
    EXTRA
nodes:
  report: {type: message, text: "{{ day }}", next: wait}
  wait: {type: delay, duration: LONG, next: bye}
  bye: {type: end}
"""
DAY = 86_400


def at(text: str) -> int:
    """Microseconds since 1970 of a time in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


async def worker(world: World, **options: Any) -> Runtime:
    return await world.worker(schedules=Schedules(**options))


async def publish(
    runtime: Runtime, cron: str = "0 9 * * *", extra: str = "priority: 0", long: str = "1s"
) -> None:
    text = FLOW.replace("CRON", cron).replace("EXTRA", extra).replace("LONG", long)
    await runtime.publish(compiler.compile(flows.parse(text)).release(), flow="report")


async def begun(*runtimes: Runtime) -> list[str]:
    """What the sessions that there are were told, the first one first."""
    for runtime in runtimes:
        await runtime._inbox.close()  # what goes on in the background comes to its end
        await runtime.sweep(runtime.clock() + 20_000_000)
    sessions = await runtimes[0].store.sessions("default")
    views = [await runtimes[0].session(session.key) for session in sessions]
    assert {view.channel for view in views} <= {"schedule"}
    return [str(view.data["day"]) for view in sorted(views, key=lambda view: view.episode)]


async def test_a_schedule_begins_a_session_at_its_time(world: World) -> None:
    world.clock.now = at("2026-01-05T07:30")
    runtime = await worker(world)
    await publish(runtime)
    world.clock.now = at("2026-01-05T07:58:59")
    await runtime.sweep(world.clock())
    assert await begun(runtime) == []
    world.clock.now = at("2026-01-05T08:00:00")  # nine o'clock in Berlin
    await runtime.sweep(world.clock())
    assert await begun(runtime) == ["2026-1-5"]


async def test_a_time_fires_once_however_many_processes_look(world: World) -> None:
    world.clock.now = at("2026-01-05T07:30")
    workers = [await worker(world) for _ in range(3)]
    await publish(workers[0])
    for day in range(3):
        world.clock.now = at("2026-01-05T08:00:01") + day * DAY * 1_000_000
        await asyncio.gather(*(one.sweep(world.clock()) for one in workers))
    late = await worker(world)
    await late.sweep(world.clock())
    assert await begun(*workers, late) == ["2026-1-5", "2026-1-6", "2026-1-7"]


async def test_what_was_missed_is_made_up_for_once_and_not_after_too_long(world: World) -> None:
    world.clock.now = at("2026-01-05T07:30")
    runtime = await worker(world)
    await publish(runtime, cron="*/10 * * * *")
    world.clock.now = at("2026-01-06T12:34")
    after = await worker(world)
    await after.sweep(world.clock())
    assert len(await begun(after)) == 1
    world.clock.now = at("2026-01-07T12:39")
    short = await worker(world, catch_up=8 * MINUTE)
    await short.sweep(world.clock())
    assert len(await begun(short)) == 1, "12:30 is nine minutes ago"


async def test_a_flow_does_not_fire_for_times_before_it_was_published(world: World) -> None:
    world.clock.now = at("2026-01-05T08:00:30")
    runtime = await worker(world)
    await publish(runtime)
    await runtime.sweep(world.clock())
    assert await begun(runtime) == []


async def test_a_new_version_does_not_lose_a_time_that_the_old_one_had(world: World) -> None:
    world.clock.now = at("2026-01-05T07:30")
    runtime = await worker(world)
    await publish(runtime)
    world.clock.now = at("2026-01-05T08:00:30")
    await publish(runtime)
    await runtime.sweep(world.clock())
    assert await begun(runtime) == ["2026-1-5"]


@pytest.mark.parametrize(
    ("reentry", "expected"),
    [("parallel", 3), ("ignore", 1), ("restart", 3)],
)
async def test_what_still_runs_is_treated_as_the_trigger_says(
    world: World, reentry: str, expected: int
) -> None:
    world.clock.now = at("2026-01-05T07:30")
    runtime = await worker(world)
    await publish(runtime, extra=f"reentry: {reentry}", long="100d")
    for day in range(3):
        world.clock.now = at("2026-01-05T08:00") + day * DAY * 1_000_000
        await runtime.sweep(world.clock())
        assert len(await begun(runtime)) <= day + 1
    assert len(await begun(runtime)) == expected
    sessions = await runtime.store.sessions("default")
    active = [one for one in sessions if str(one.status) == "active"]
    assert len(active) == (3 if reentry == "parallel" else 1)


async def test_a_condition_is_asked_when_it_fires(world: World) -> None:
    world.clock.now = at("2026-01-05T07:30")
    runtime = await worker(world)
    await publish(runtime, extra='if: now.getDate("Europe/Berlin") == 6')
    for day in range(3):
        world.clock.now = at("2026-01-05T08:00") + day * DAY * 1_000_000
        await runtime.sweep(world.clock())
    assert await begun(runtime) == ["2026-1-6"]


async def test_a_clock_that_is_put_fires_once(world: World) -> None:
    # 02:30 comes twice on 2026-10-25 in Berlin, at 00:30 and 01:30 UTC, and never on 2026-03-29.
    for day, begin, expected in (
        ("2026-10-25", "00:00", ["2026-10-25"]),
        ("2026-03-29", "00:30", ["2026-10-25", "2026-3-29"]),
    ):
        world.clock.now = at(f"{day}T{begin}")
        runtime = await worker(world)
        await publish(runtime, cron="30 2 * * *")
        for _ in range(60):
            world.clock.now += 2 * MINUTE
            await runtime.sweep(world.clock())
        assert sorted(await begun(runtime)) == expected


async def test_a_process_that_is_not_to_fire_anything_does_not(world: World) -> None:
    world.clock.now = at("2026-01-05T07:30")
    runtime = await world.worker(schedules=None)
    await publish(runtime)
    world.clock.now = at("2026-01-05T08:00:30")
    await runtime.sweep(world.clock())
    other = await worker(world, tenants=("acme",))
    await other.sweep(world.clock())
    assert await begun(runtime, other) == []
