"""Closing, cancelling, opening twice: whatever is in the middle, nothing is lost or left behind."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from statewright.errors import StorageUnavailable
from statewright.runtime import Answer, InProcessEngine, Order, Runtime
from statewright.storage import MemoryStore
from statewright.storage.records import Outcome, SessionKey, Turn
from tests.runtime.worlds import World, counter, release, texts

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def counting(world: World, **options: Any) -> AsyncIterator[tuple[Runtime, SessionKey]]:
    async with Runtime(world.store(), engine=None, **options) as runtime:
        await runtime.publish(release(counter()), flow="flow")
        yield runtime, (await runtime.start("flow")).key


def threads_of_stores() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("statewright")]


async def test_a_caller_that_is_cancelled_in_the_middle_of_a_turn_may_ask_again(
    world: World,
) -> None:
    chance = random.Random(5)
    async with counting(world) as (runtime, key):
        names = [f"m{number}" for number in range(60)]
        cut = 0
        for name in names:
            sending = asyncio.create_task(runtime.send(key, name, message_id=name))
            await asyncio.sleep(chance.choice((0, 0.0005, 0.002, 0.005)))
            sending.cancel()
            (outcome,) = await asyncio.gather(sending, return_exceptions=True)
            cut += not isinstance(outcome, Answer)
            if chance.random() < 0.5:
                await runtime.send(key, f"{name} and", message_id=f"{name} and")
        assert cut > 10 or isinstance(runtime.store, MemoryStore), "in memory nothing waits"
        answers = [await runtime.send(key, name, message_id=name) for name in names]
        heard = (await runtime.session(key)).data["heard"]
        assert len(heard) == len(set(heard)) == (await runtime.session(key)).revision - 1
        assert set(names) <= set(heard)
        for name, answer in zip(names, answers, strict=True):
            assert texts(answer) == [f"{heard.index(name) + 1}: {name}"]
        assert (await runtime.replay(key)).differences == ()
        assert runtime._turns._mailboxes._mailboxes == {}


async def test_turns_that_were_begun_come_to_their_end_before_the_runtime_does(
    world: World,
) -> None:
    async with counting(world) as (runtime, key):
        keys = [key, *[(await runtime.start("flow")).key for _ in range(4)]]
        sending = [
            asyncio.create_task(runtime.send(keys[number % 5], f"m{number}"))
            for number in range(25)
        ]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*sending)
    async with Runtime(world.store(), engine=None) as runtime:
        heard = [text for key in keys for text in (await runtime.session(key)).data["heard"]]
        assert sorted(heard) == sorted(f"m{number}" for number in range(25))
        for number, answer in enumerate(answers):
            assert texts(answer)[0].endswith(f"m{number}")


async def test_what_comes_after_the_end_is_refused_and_may_be_sent_again(world: World) -> None:
    async with counting(world) as (runtime, key):
        await runtime.send(key, "before", message_id="m1")
    for late in (runtime.send(key, "late", message_id="m2"), runtime.start("flow")):
        with pytest.raises(StorageUnavailable):
            await late
    async with runtime:
        answer = await runtime.send(key, "late", message_id="m2")
        assert answer.data["heard"] == ["before", "late"]


async def test_a_runtime_may_be_opened_and_closed_twice() -> None:
    runtime = Runtime(MemoryStore())
    before = len(asyncio.all_tasks())
    await runtime.open()
    await runtime.open()
    assert len(asyncio.all_tasks()) == before + 3, "a sweeper, an engine and schedules"
    await runtime.close()
    await runtime.close()
    assert len(asyncio.all_tasks()) == before


class Broken(InProcessEngine):
    """An engine that cannot be opened, nor closed."""

    async def open(self) -> None:
        raise RuntimeError("no engine today")

    async def close(self) -> None:
        raise RuntimeError("not even that")


async def test_a_runtime_that_cannot_be_opened_leaves_nothing_behind(world: World) -> None:
    tasks = len(asyncio.all_tasks())
    with pytest.raises(RuntimeError):
        async with Runtime(world.store(), engine=Broken):
            pass
    assert len(asyncio.all_tasks()) == tasks
    assert not threads_of_stores()


async def test_a_handler_that_cannot_be_closed_does_not_keep_the_store_open(world: World) -> None:
    class Sticky:
        async def __call__(self, order: Order) -> None:
            del order

        async def aclose(self) -> None:
            raise RuntimeError("stuck")

    runtime = Runtime(world.store(), handlers={"work": Sticky()})
    with pytest.raises(RuntimeError, match="stuck"):
        async with runtime:
            await runtime.publish(release(counter()), flow="flow")
    assert not threads_of_stores()


class Slow(MemoryStore):
    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        await asyncio.sleep(0.02)
        return await super().commit(turns)


async def test_what_was_accepted_is_handled_before_the_runtime_ends() -> None:
    runtime = Runtime(Slow(), engine=None)
    async with runtime:
        await runtime.publish(release(counter()), flow="flow")
        key = (await runtime.start("flow")).key
        for number in range(5):
            await runtime.accept(key, f"m{number}", message_id=f"m{number}")
    assert len((await runtime.session(key)).data["heard"]) == 5
