"""Accepting messages: acknowledged now, handled later, in the order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from statewright.errors import SessionEnded, StorageUnavailable
from statewright.runtime import Runtime
from statewright.statechart import Event, event_to_json
from statewright.storage import MemoryStore
from statewright.storage.records import Lookup, Message, Outcome, SessionKey, Turn
from statewright.storage.store import WAITING
from tests.runtime.worlds import NOW, World, counter, release, texts

pytestmark = pytest.mark.anyio

HELD = 11_000_000
"""Microseconds after which the sweeper sees to what its owner has not handled."""


async def until(runtime: Runtime, key: SessionKey, revision: int) -> None:
    """Wait until a session has had so many turns."""
    async with asyncio.timeout(10):
        while True:
            if (await runtime.session(key)).revision >= revision:
                return
            await asyncio.sleep(0.01)


async def test_accepted_messages_are_handled_in_their_order(world: World) -> None:
    runtime, session = await world.started(counter())
    numbers = [f"n{number}" for number in range(50)]
    positions = [await runtime.accept(session.key, one, message_id=one) for one in numbers]
    assert positions == sorted(set(positions))
    await until(runtime, session.key, 51)
    view = await runtime.session(session.key)
    assert view.data["heard"] == numbers
    turns = await runtime.store.history(session.key, after=1)
    assert [turn.message for turn in turns] == numbers
    assert [turn.position for turn in turns] == positions
    assert (await runtime.replay(session.key)).differences == ()


async def test_a_message_that_is_accepted_twice_keeps_its_position(world: World) -> None:
    runtime, session = await world.started(counter())
    first = await runtime.accept(session.key, "hi", message_id="m")
    assert await runtime.accept(session.key, "hi", message_id="m") == first
    await until(runtime, session.key, 2)
    assert await runtime.accept(session.key, "hi", message_id="m") == first
    answer = await runtime.send(session.key, "hi", message_id="m")
    assert texts(answer) == ["1: hi"]
    assert (await runtime.session(session.key)).revision == 2


async def test_what_was_accepted_comes_before_what_is_sent_later(world: World) -> None:
    runtime, session = await world.started(counter())
    for number in range(3):
        await runtime.accept(session.key, f"a{number}", message_id=f"a{number}")
    answer = await runtime.send(session.key, "b")
    assert texts(answer) == ["4: b"]
    assert answer.data["heard"] == ["a0", "a1", "a2", "b"]


async def test_what_is_sent_comes_after_however_much_was_accepted(world: World) -> None:
    runtime, session = await world.started(counter())
    names = [f"a{number}" for number in range(2 * WAITING + 10)]
    body = [event_to_json(Event("message", {"text": name})) for name in names]
    arrived = [
        Message(session.key, name, text, world.clock())
        for name, text in zip(names, body, strict=True)
    ]
    await runtime.store.accept(arrived, held_until=world.clock() + HELD)
    answer = await runtime.send(session.key, "b")
    assert answer.data["heard"] == [*names, "b"]


async def test_a_message_that_waits_may_be_sent_for_its_answer(world: World) -> None:
    runtime, session = await world.started(counter())
    for name in ("m1", "m2", "m3"):
        await runtime.accept(session.key, name, message_id=name)
    assert texts(await runtime.send(session.key, "m2", message_id="m2")) == ["2: m2"]
    await until(runtime, session.key, 4)
    assert (await runtime.session(session.key)).data["heard"] == ["m1", "m2", "m3"]


async def test_many_senders_of_accepted_messages_lose_and_double_nothing(world: World) -> None:
    runtime, session = await world.started(counter())
    other = await world.worker()
    names = [f"m{number % 40}" for number in range(60)]
    await asyncio.gather(
        *(
            (runtime, other)[number % 2].accept(session.key, name, message_id=name)
            for number, name in enumerate(names)
        )
    )
    await until(runtime, session.key, 41)
    heard = (await runtime.session(session.key)).data["heard"]
    assert sorted(heard) == sorted(set(names))
    (loaded,) = await runtime.store.load([Lookup(session.key)])
    assert loaded.inbox == ()


async def test_what_comes_after_the_end_is_recorded_and_changes_nothing(world: World) -> None:
    runtime, session = await world.started(counter())
    for name in ("one", "stop", "late"):
        await runtime.accept(session.key, name, message_id=name)
    await until(runtime, session.key, 4)
    view = await runtime.session(session.key)
    assert (view.status, view.data["heard"]) == ("completed", ["one"])
    turns = await runtime.store.history(session.key, after=3)
    assert ["`message` came after" in turn.incidents for turn in turns] == [True]
    assert (await runtime.replay(session.key)).differences == ()
    await runtime.accept(session.key, "later", message_id="later")
    with pytest.raises(SessionEnded):
        await runtime.send(session.key, "never")
    await until(runtime, session.key, 5)


class Faint(MemoryStore):
    """A store that fails for a while."""

    faint = False

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        if self.faint:
            raise StorageUnavailable("the database is away")
        return await super().commit(turns)


async def test_the_sweeper_handles_what_its_owner_could_not() -> None:
    store = Faint()
    runtime = Runtime(store, clock=lambda: NOW, engine=None)
    await runtime.publish(release(counter()), flow="flow")
    key = (await runtime.start("flow")).key
    store.faint = True
    await runtime.accept(key, "hi", message_id="m")
    await asyncio.sleep(0)
    assert await runtime.sweep(NOW) == 0, "it is still held by whoever accepted it"
    store.faint = False
    assert await runtime.sweep(NOW + HELD) == 1
    assert (await runtime.session(key)).data["heard"] == ["hi"]
