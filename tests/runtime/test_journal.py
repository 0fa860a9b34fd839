"""Following all sessions of a tenant: each turn once, from any cursor, whoever committed it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from statewright.errors import InvalidCursor
from statewright.runtime import Runtime
from statewright.runtime.turns.journal import Told
from statewright.storage import MemoryStore
from tests.runtime.worlds import World, counter, release, texts

pytestmark = pytest.mark.anyio

TALKERS = 6
TURNS = 8


async def heard(runtime: Runtime, count: int, after: str = "") -> list[Told]:
    """So many turns, in the order of the journal."""
    told: list[Told] = []
    async with asyncio.timeout(60), aclosing(runtime.journal.follow(after=after)) as turns:
        async for one in turns:
            told.append(one)
            if len(told) == count:
                break
    return told


async def talk(runtime: Runtime) -> None:
    started = await runtime.start("flow", contact="bob")
    for number in range(TURNS - 1):
        await runtime.send(started.key, str(number))


async def test_a_follower_hears_of_every_turn_once_from_two_workers(world: World) -> None:
    one = await world.worker(poll=0.02)
    other = await world.worker(poll=0.02)
    await one.publish(release(counter()), flow="flow")
    total = TALKERS * TURNS
    following = asyncio.gather(heard(one, total), heard(other, total))
    await asyncio.gather(*(talk(worker) for worker in (one, other) for _ in range(TALKERS // 2)))
    first, second = await following
    assert first == second
    assert len({(told.key, told.answer.revision) for told in first}) == total
    for key in {told.key for told in first}:
        own = [told.answer for told in first if told.key == key]
        assert own == list(await one.read(key))
    assert {(told.flow, told.version, told.contact) for told in first} == {("flow", 1, "bob")}
    middle = first[total // 2]
    assert await heard(other, total // 2 - 1, middle.cursor) == first[total // 2 + 1 :]


async def test_whoever_begins_now_hears_only_of_what_is_to_come(world: World) -> None:
    runtime, session = await world.started(counter(), poll=0.02)
    await heard(runtime, 1)
    end = await runtime.journal.end()
    await runtime.send(session.key, "hello")
    (told,) = await heard(runtime, 1, end)
    assert texts(told.answer) == ["1: hello"]
    assert (told.key, told.conversation) == (session.key, "c")


async def test_a_reader_waits_for_news_and_not_for_ever(world: World) -> None:
    runtime, session = await world.started(counter(), poll=0.02)
    (told,) = await heard(runtime, 1)
    assert await runtime.journal.read(after=told.cursor, wait=0.05) == ()
    waiting = asyncio.create_task(runtime.journal.read(after=told.cursor, wait=60))
    await asyncio.sleep(0.01)
    await runtime.send(session.key, "hello")
    (news,) = await asyncio.wait_for(waiting, 30)
    assert texts(news.answer) == ["1: hello"]


@pytest.mark.parametrize("cursor", ["x", "1.2", "99999999999999999999.1.a", "1.1.\0", "1.1.\ud800"])
async def test_what_is_no_cursor_is_refused(world: World, cursor: str) -> None:
    runtime = await world.worker()
    with pytest.raises(InvalidCursor, match="is no cursor"):
        await runtime.journal.read(after=cursor)


async def test_followers_leave_with_the_runtime() -> None:
    async with Runtime(MemoryStore(), poll=60) as runtime:
        following = asyncio.create_task(heard(runtime, 1))
        waiting = asyncio.create_task(runtime.journal.read(wait=60))
        await asyncio.sleep(0.01)
    assert await asyncio.wait_for(following, 30) == []
    assert await asyncio.wait_for(waiting, 30) == ()
