"""Messages of conversations: acknowledged at once, for the session that goes on or for a new one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from statewright.errors import (
    CorruptedSession,
    InvalidEvent,
    InvalidMessage,
    UnknownFlow,
    UnstorableRecord,
)
from statewright.runtime import Received, Runtime
from statewright.runtime.timers import HOLD
from statewright.statechart import Event, Status, event_to_json
from statewright.storage import MemoryStore
from statewright.storage.records import Message, SessionKey
from tests.runtime.worlds import NOW, World, counter, release

pytestmark = pytest.mark.anyio


async def nothing(_key: SessionKey, _now: int) -> int:
    """Handles nothing: as if the process were killed just after it has acknowledged."""
    return 0


async def published(world: World, **options: Any) -> Runtime:
    runtime = await world.worker(**options)
    await runtime.publish(release(counter()), flow="flow")
    return runtime


async def received(runtime: Runtime, text: str, **options: Any) -> Received:
    """A message of a talk, its text being its id."""
    usual: dict[str, Any] = {"conversation": "c", "message_id": text}
    return await runtime.receive("flow", text, **{**usual, **options})


async def settled(world: World, runtime: Runtime) -> None:
    """Let everything be handled that waits anywhere."""
    await runtime._inbox.close()  # what goes on in the background comes to its end
    while await runtime.sweep(world.clock.advance(1 + HOLD // 1_000_000)):
        pass


async def heard(runtime: Runtime, key: SessionKey) -> list[str]:
    said: list[str] = (await runtime.session(key)).data["heard"]
    return said


async def test_the_first_message_begins_a_session_and_the_next_ones_are_handled(
    world: World,
) -> None:
    runtime = await published(world)
    names = ["first", "second", "third"]
    places = [await received(runtime, name) for name in names]
    assert len({place.key for place in places}) == 1
    assert [place.position for place in places] == [1, 2, 3]
    await settled(world, runtime)
    key = places[0].key
    view = await runtime.session(key)
    assert (view.flow, view.conversation, view.episode) == ("flow", "c", 1)
    assert view.data["heard"] == ["second", "third"]
    turns = await runtime.store.history(key)
    assert [turn.message for turn in turns] == names
    assert await runtime.current("flow", conversation="c") == key
    assert (await runtime.replay(key)).differences == ()


async def test_a_session_that_goes_on_has_the_message(world: World) -> None:
    runtime = await published(world)
    begun = await runtime.start("flow", conversation="c")
    assert (await received(runtime, "hi")).key == begun.key
    await settled(world, runtime)
    assert await heard(runtime, begun.key) == ["hi"]


async def test_what_comes_later_is_heard_after_what_is_still_handed_on(world: World) -> None:
    runtime = await published(world)
    first = await runtime.start("flow", conversation="c")
    await runtime.end(first.key)
    body = event_to_json(Event("message", {"text": "late"}))
    await runtime.store.accept([Message(first.key, "late", body, world.clock() + 10**9)])
    second = await runtime.start("flow", conversation="c")
    assert (await received(runtime, "next")).key == first.key
    await settled(world, runtime)
    assert await heard(runtime, second.key) == ["next"]


async def test_a_message_that_comes_again_changes_nothing(world: World) -> None:
    runtime = await published(world)
    for _ in range(3):
        first = await received(runtime, "first")
        second = await received(runtime, "second")
    await settled(world, runtime)
    for _ in range(2):
        assert await received(runtime, "first") == first
        assert await received(runtime, "second") == second
    await settled(world, runtime)
    assert (await runtime.session(first.key)).revision == 2


async def test_after_the_end_the_next_message_begins_anew(world: World) -> None:
    runtime = await published(world)
    for name in ("first", "stop"):
        await received(runtime, name)
    await settled(world, runtime)
    place = await received(runtime, "again")
    await settled(world, runtime)
    view = await runtime.session(place.key)
    assert (view.episode, view.revision, view.status) == (2, 1, Status.ACTIVE)
    # Whatever belongs to the first one still does.
    old = await received(runtime, "stop")
    assert old.key != place.key
    await settled(world, runtime)
    assert (await runtime.session(place.key)).revision == 1


async def test_a_message_that_finds_its_session_ended_begins_the_next_one(world: World) -> None:
    runtime = await published(world)
    await received(runtime, "first")
    await settled(world, runtime)
    # All of them are kept for the first session, before anything of them is handled.
    store = runtime.store
    names = ["one", "stop", "late", "later"]
    runtime._inbox._drain = nothing
    places = [await received(runtime, name) for name in names]
    assert len({place.key for place in places}) == 1
    await settled(world, runtime)
    first, second = places[0].key, await runtime.current("flow", conversation="c")
    assert second is not None
    assert await heard(runtime, first) == ["one"]
    assert [turn.message for turn in await store.history(second)] == ["late", "later"]
    assert await heard(runtime, second) == ["later"]
    for name in names:
        await received(runtime, name)
    await settled(world, runtime)
    assert (await runtime.session(second)).revision == 2
    for key in (first, second):
        assert (await runtime.replay(key)).differences == ()


async def test_a_crash_before_anything_is_handled_loses_nothing(world: World) -> None:
    runtime = await published(world)
    runtime._inbox._drain = nothing
    place = await received(runtime, "first")
    await received(runtime, "second")
    other = await world.worker()
    assert await other.sweep(world.clock()) == 0, "its owner may still be at it"
    await settled(world, other)
    assert await heard(other, place.key) == ["second"]


async def test_what_is_sent_to_a_session_to_come_waits_for_its_beginning(world: World) -> None:
    runtime = await published(world)
    runtime._inbox._drain = nothing
    place = await received(runtime, "first")
    await runtime.accept(place.key, "second", message_id="second")
    answer = await runtime.send(place.key, "third")
    assert answer.data["heard"] == ["second", "third"]


async def test_the_message_that_begins_may_be_sent_for_its_answer(world: World) -> None:
    runtime = await published(world)
    runtime._inbox._drain = nothing
    place = await received(runtime, "first")
    answer = await runtime.send(place.key, "first", message_id="first")
    assert answer.revision == 1
    assert (await runtime.session(place.key)).revision == 1


async def test_many_webhooks_at_once_begin_one_session(world: World) -> None:
    runtime = await published(world)
    other = await world.worker()
    names = [f"m{number % 15}" for number in range(30)]
    places = await asyncio.gather(
        *(received((runtime, other)[number % 2], name) for number, name in enumerate(names))
    )
    (key,) = {place.key for place in places}
    await settled(world, runtime)
    turns = await runtime.store.history(key)
    assert sorted(turn.message for turn in turns) == sorted(set(names))
    assert await heard(runtime, key) == [turn.message for turn in turns[1:]]


async def test_a_session_that_is_begun_has_its_contact_inputs_and_version(world: World) -> None:
    runtime = await published(world)
    await runtime.publish(release(counter()), flow="flow")
    place = await received(
        runtime, "hi", contact="bob", data={"note": "from chat"}, version=1, channel="chat"
    )
    await settled(world, runtime)
    view = await runtime.session(place.key)
    assert (view.contact, view.version, view.channel) == ("bob", 1, "chat")
    assert view.data["note"] == "from chat"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"data": {"nothing": 1}}, InvalidEvent),
        ({"data": {"note": object()}}, InvalidEvent),
        ({"version": 7}, UnknownFlow),
        ({"contact": "x" * 2_000}, UnstorableRecord),
        ({"conversation": "\0"}, UnstorableRecord),
        ({"message_id": ""}, UnstorableRecord),
    ],
    ids=["unknown input", "no value", "version", "contact", "conversation", "id"],
)
async def test_what_could_never_begin_is_refused_at_once(
    options: dict[str, Any], error: type[Exception]
) -> None:
    runtime = Runtime(MemoryStore(), clock=lambda: NOW)
    await runtime.publish(release(counter()), flow="flow")
    with pytest.raises(error):
        await received(runtime, "hi", **options)
    assert await runtime.sweep(NOW * 2) == 0
    with pytest.raises(InvalidMessage):
        await runtime.receive("flow", 7, conversation="c", message_id="m")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    ['{"event":', '{"event":1}', '{"event":"{}","opening":[]}', '{"event":"{}","opening":{}}'],
)
async def test_a_body_that_was_changed_is_told_as_corrupted(body: str) -> None:
    store = MemoryStore()
    runtime = Runtime(store, clock=lambda: NOW)
    await runtime.publish(release(counter()), flow="flow")
    runtime._inbox._drain = nothing
    place = await received(runtime, "hi")
    (row,) = store._inbox[place.key].values()
    object.__setattr__(row.arrival, "body", body)
    with pytest.raises(CorruptedSession):
        await runtime._turns.drain(place.key, NOW)
