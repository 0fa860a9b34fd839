"""Timers: fired by the sweeper when they are due, or by the message that comes later."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from statewright.expressions import Literal
from statewright.runtime import Runtime, VirtualClock
from statewright.runtime.clock import SECOND
from statewright.statechart import Datum, Event, Statechart, event_to_json
from statewright.statechart.actions import Assign, Say, Send
from statewright.statechart.stepping.lateness import PORTION
from statewright.storage import MemoryStore
from statewright.storage.records import Message, SessionKey
from tests.runtime.worlds import NOW, World, counter, release, sleeper, texts
from tests.statechart.building import atom, cel, text, to

pytestmark = pytest.mark.anyio

MINUTE = 60 * SECOND


async def test_nothing_is_due_before_its_time(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    assert await runtime.sweep(world.clock.advance(59)) == 0
    assert await runtime.sweep(world.clock.advance(1)) == 1
    assert texts(*await runtime.read(session.key, after=1)) == ["tick"]


async def test_timers_go_on_until_the_session_is_over(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    for _ in range(5):
        await runtime.sweep(world.clock.advance(60))
    assert texts(*await runtime.read(session.key)) == ["tick", "tick", "last tick"]
    assert (await runtime.session(session.key)).status == "completed"
    assert (await runtime.replay(session.key)).differences == ()


async def test_a_sweep_that_comes_late_finds_everything_at_its_own_time(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    assert await runtime.sweep(world.clock.advance(3600)) == 1
    answers = await runtime.read(session.key, after=1)
    assert texts(*answers) == ["tick", "tick", "last tick"]


async def test_a_message_fires_what_is_due_before_it(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    world.clock.advance(61)
    assert texts(await runtime.send(session.key, "hello")) == ["tick", "still here, hello"]
    assert await runtime.sweep(world.clock()) == 0, "the sweeper comes too late"


async def test_two_sweepers_fire_a_timer_once(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    other = await world.worker()
    now = world.clock.advance(61)
    taken = await asyncio.gather(runtime.sweep(now), other.sweep(now), runtime.sweep(now))
    assert sum(taken) == 1
    assert texts(*await runtime.read(session.key)) == ["tick"]


async def test_sweepers_of_several_workers_fire_each_timer_once(world: World) -> None:
    async with (
        Runtime(world.store(), poll=0.02) as one,
        Runtime(world.store(), poll=0.02) as two,
        Runtime(world.store(), poll=0.02) as three,
    ):
        await one.publish(release(sleeper(SECOND // 3)), flow="flow")
        keys = [(await runtime.start("flow")).key for runtime in (one, two, three) * 8]
        async with asyncio.timeout(20):
            for key in keys:
                answers = [answer async for answer in two.subscribe(key)]
                assert texts(*answers) == ["tick", "tick", "last tick"]
                assert all(answer.messages for answer in answers[1:]), "no turn for nothing"
                assert (await three.replay(key)).differences == ()


async def test_many_sessions_are_seen_to_in_one_sweep(world: World) -> None:
    runtime, _ = await world.started(sleeper(MINUTE))
    for _ in range(120):
        await runtime.start("flow")
    assert await runtime.sweep(world.clock.advance(61)) == 121


async def test_a_session_that_cannot_go_on_does_not_stop_the_others() -> None:
    store = MemoryStore()
    clock = 1_000
    runtime = Runtime(store, clock=lambda: clock, engine=None)
    await runtime.publish(release(sleeper(MINUTE)), flow="flow")
    broken, whole = [(await runtime.start("flow")).key for _ in range(2)]
    store._snapshots[broken] += " "
    other = Runtime(store, clock=lambda: clock, engine=None)  # It remembers nothing.
    assert await other.sweep(clock + MINUTE) == 1
    assert texts(*await runtime.read(whole)) == ["tick"]


async def test_a_session_that_another_worker_moved_on_is_swept_as_it_is_now(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    other = await world.worker()
    world.clock.advance(61)
    assert texts(await other.send(session.key, "hello")) == ["tick", "still here, hello"]
    await runtime.sweep(world.clock.advance(60))
    assert texts(*await runtime.read(session.key, after=1)) == [
        "tick",
        "still here, hello",
        "tick",
    ]
    assert (await runtime.replay(session.key)).differences == ()


async def test_what_waits_in_a_session_comes_before_its_tick(world: World) -> None:
    runtime, session = await world.started(sleeper(MINUTE))
    now = world.clock.advance(61)
    body = event_to_json(Event("message", {"text": "hello"}))
    await runtime.store.accept([Message(session.key, "waits", body, now)])
    assert await runtime.sweep(now) == 1
    assert texts(*await runtime.read(session.key)) == ["tick", "still here, hello"]


async def test_in_the_background_a_timer_fires_soon_after_it_is_due() -> None:
    async with Runtime(MemoryStore(), poll=60) as runtime:
        await runtime.publish(release(sleeper(SECOND // 10)), flow="flow")
        key = (await runtime.start("flow")).key
        async with asyncio.timeout(5):
            answers = [answer async for answer in runtime.subscribe(key)]
    assert texts(*answers) == ["tick", "tick", "last tick"]


class Slow(MemoryStore):
    """A store that takes its time to say what is due."""

    def __init__(self) -> None:
        super().__init__()
        self.named = asyncio.Event()

    async def ready(self, *args: Any, **options: Any) -> tuple[SessionKey, ...]:
        found = await super().ready(*args, **options)
        if found:
            self.named.set()
            await asyncio.sleep(0.05)
        return found


async def test_what_was_named_to_a_sweeper_that_stops_is_held_by_nobody() -> None:
    store = Slow()
    clock = VirtualClock(NOW)
    async with Runtime(store, clock=clock, poll=0.01) as runtime:
        await runtime.publish(release(sleeper(MINUTE)), flow="flow")
        key = (await runtime.start("flow")).key
        clock.advance(61)
        await asyncio.wait_for(store.named.wait(), 20)
    assert texts(*await runtime.read(key)) == ["tick"]


async def test_without_timers_the_sweeper_has_nothing_to_do(world: World) -> None:
    runtime, _ = await world.started(counter())
    assert await runtime.sweep(world.clock.advance(3600)) == 0


async def test_a_session_that_failed_is_not_swept_for_the_timers_it_kept(world: World) -> None:
    spinning = Statechart(
        "spinning",
        (
            atom(
                "waiting",
                to("left", on="message"),
                entry=((Send("alarm", delay=Literal(MINUTE)),),),
            ),
            atom("left", to("right")),
            atom("right", to("left")),
        ),
        limit=20,
    )
    runtime, session = await world.started(spinning)
    assert (await runtime.send(session.key, "go")).status == "failed"
    assert await runtime.sweep(world.clock.advance(120)) == 0


def metronome() -> Statechart:
    """Counts the seconds, and says how many there were to whoever asks."""
    return Statechart(
        "metronome",
        (
            atom(
                "ticking",
                to("ticking", on="alarm", do=Assign(("beats",), cel("beats + 1"))),
                to(on="message", do=Say(text("{{ beats }} for {{ input }}"))),
                entry=((Send("alarm", delay=Literal(SECOND)),),),
            ),
        ),
        data=(Datum("beats", "int", Literal(0)),),
    )


LATE = 3 * PORTION + 5
"""Seconds for which nobody looked."""


async def test_a_session_that_ticked_on_while_nobody_looked_catches_up(world: World) -> None:
    runtime, session = await world.started(metronome())
    assert await runtime.sweep(world.clock.advance(LATE)) == 4
    view = await runtime.session(session.key)
    assert (view.status, view.data["beats"]) == ("active", LATE)
    assert await runtime.sweep(world.clock.advance(1)) == 1
    assert (await runtime.replay(session.key)).differences == ()


async def test_a_message_waits_until_its_session_has_caught_up(world: World) -> None:
    runtime, session = await world.started(metronome())
    world.clock.advance(LATE)
    asked = [runtime.send(session.key, who, message_id=who) for who in ("ada", "bob")]
    assert texts(*await asyncio.gather(*asked)) == [f"{LATE} for ada", f"{LATE} for bob"]
    assert (await runtime.session(session.key)).revision == 1 + 3 + 2
    assert (await runtime.replay(session.key)).differences == ()


async def test_what_was_accepted_waits_until_its_session_has_caught_up(world: World) -> None:
    runtime, session = await world.started(metronome())
    now = world.clock.advance(LATE)
    waiting = [
        Message(session.key, who, event_to_json(Event("message", {"text": who})), now)
        for who in ("ada", "bob")
    ]
    await runtime.store.accept(waiting)
    assert await runtime.sweep(now) == 3 + 2
    answers = await runtime.read(session.key, after=1)
    assert texts(*answers) == [f"{LATE} for ada", f"{LATE} for bob"]
    assert texts(await runtime.send(session.key, "ada", message_id="ada")) == [f"{LATE} for ada"]


async def test_two_workers_that_catch_up_at_once_fire_everything_once(world: World) -> None:
    runtime, session = await world.started(metronome())
    other = await world.worker()
    now = world.clock.advance(LATE)
    await asyncio.gather(runtime.sweep(now), other.send(session.key, "ada"), other.sweep(now))
    assert texts(*await runtime.read(session.key, after=1)) == [f"{LATE} for ada"]
    assert (await runtime.session(session.key)).data["beats"] == LATE
    assert (await runtime.replay(session.key)).differences == ()


async def test_in_the_background_it_does_not_wait_between_the_portions() -> None:
    clock = VirtualClock(NOW)
    store = MemoryStore()
    early = Runtime(store, clock=clock, engine=None)
    await early.publish(release(metronome()), flow="flow")
    key = (await early.start("flow")).key
    clock.advance(LATE)
    async with Runtime(store, clock=clock, poll=3600) as runtime, asyncio.timeout(20):
        async for answer in runtime.subscribe(key, after=1):
            if answer.revision == 1 + 4:
                break
        assert (await runtime.session(key)).data["beats"] == LATE


async def test_a_conversation_that_was_overdue_runs_on_another_chart_that_is_too() -> None:
    store = MemoryStore()
    clock = VirtualClock(NOW)
    runtime = Runtime(store, clock=clock, engine=None)
    await runtime.publish(release(metronome()), flow="flow")
    key = (await runtime.start("flow")).key
    clock.advance(LATE)
    await runtime.send(key, "ada")
    assert (await runtime.past.compare(key, metronome())).divergence is None
