"""Reading answers later, and as they come."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from statewright.runtime import Answer, Runtime
from statewright.storage import MemoryStore
from tests.runtime.worlds import World, counter, release, texts

pytestmark = pytest.mark.anyio


async def test_answers_are_read_behind_a_revision(world: World) -> None:
    runtime, session = await world.started(counter())
    given = [await runtime.send(session.key, text) for text in ("a", "b", "c")]
    assert await runtime.read(session.key, after=1) == tuple(given)
    assert await runtime.read(session.key, after=3) == tuple(given[2:])
    assert await runtime.read(session.key, after=99) == ()


async def test_long_histories_are_read_whole() -> None:
    runtime = Runtime(MemoryStore())
    await runtime.publish(release(counter()), flow="flow")
    key = (await runtime.start("flow")).key
    for number in range(250):
        await runtime.send(key, str(number))
    assert [answer.revision for answer in await runtime.read(key)] == list(range(1, 252))
    assert (await runtime.replay(key)).turns == 251


async def test_a_subscriber_catches_up_and_then_hears_of_each_turn(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "a")
    heard: list[Answer] = []

    async def listen() -> None:
        heard.extend([answer async for answer in runtime.subscribe(session.key, after=1)])

    listener = asyncio.create_task(listen())
    for text in ("b", "c", "stop"):
        await asyncio.sleep(0.01)
        await runtime.send(session.key, text)
    await asyncio.wait_for(listener, 5)
    assert texts(*heard) == ["1: a", "2: b", "3: c", "bye"]
    assert [answer.revision for answer in heard] == [2, 3, 4, 5]


async def test_a_subscriber_hears_of_turns_of_other_workers(world: World) -> None:
    runtime, session = await world.started(counter(), poll=0.02)
    other = await world.worker()
    async with aclosing(runtime.subscribe(session.key, after=1)) as answers:
        waiting = asyncio.ensure_future(anext(answers))
        await asyncio.sleep(0.01)
        given = await other.send(session.key, "from elsewhere")
        assert (await asyncio.wait_for(waiting, 5)).text == given.text


async def test_subscribers_leave_with_the_runtime() -> None:
    runtime = Runtime(MemoryStore(), poll=60)
    async with runtime:
        await runtime.publish(release(counter()), flow="flow")
        key = (await runtime.start("flow")).key

        async def listen() -> int:
            return len([answer async for answer in runtime.subscribe(key)])

        listeners = [asyncio.create_task(listen()) for _ in range(3)]
        await asyncio.sleep(0.01)
    assert await asyncio.wait_for(asyncio.gather(*listeners), 5) == [1, 1, 1]
    assert runtime._parts.feed._waiting == {}


async def test_a_view_tells_how_a_session_stands(world: World) -> None:
    runtime, session = await world.started(counter())
    world.clock.advance(5)
    answer = await runtime.send(session.key, "hi")
    view = await runtime.session(session.key)
    assert (view.flow, view.version, view.channel, view.conversation) == ("flow", 1, "api", "c")
    assert (view.status, view.revision, view.data) == ("active", 2, answer.data)
    assert view.configuration == answer.configuration == ("listening",)
    assert view.awaiting == answer.awaiting
    assert view.updated_at - view.created_at == 5_000_000
    turns = await runtime.store.history(session.key)
    assert view.state_hash == turns[-1].state_hash
