"""Sending messages: each is handled once, and whoever brings it again gets the same answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from statewright.errors import (
    CorruptedSession,
    InvalidMessage,
    RevisionConflict,
    SessionEnded,
    UnknownSession,
)
from statewright.runtime import Answer, Runtime
from statewright.statechart import Event
from statewright.storage import MemoryStore
from statewright.storage.records import SessionKey
from tests.runtime.worlds import Meddled, World, counter, release, texts

pytestmark = pytest.mark.anyio


async def test_a_message_is_answered(world: World) -> None:
    runtime, session = await world.started(counter())
    answer = await runtime.send(session.key, "hello")
    assert texts(answer) == ["1: hello"]
    assert answer.revision == 2
    assert answer.data == {"count": 1, "heard": ["hello"]}
    assert answer.status == "active"


async def test_something_picked_and_an_event_are_messages_too(world: World) -> None:
    runtime, session = await world.started(counter())
    assert texts(await runtime.send(session.key, {"value": 7, "text": "seven"})) == ["1: 7"]
    assert texts(await runtime.send(session.key, Event("message", {"text": "hi"}))) == ["2: hi"]
    assert texts(await runtime.send(session.key, Event("nobody.cares"))) == []


async def test_a_message_that_comes_again_gets_the_first_answer_byte_for_byte(world: World) -> None:
    runtime, session = await world.started(counter())
    first = await runtime.send(session.key, "one", message_id="m1")
    await runtime.send(session.key, "two", message_id="m2")
    again = await runtime.send(session.key, "one", message_id="m1")
    assert again.text == first.text
    assert (await runtime.session(session.key)).revision == 3


async def test_a_message_that_comes_twice_at_once_is_handled_once(world: World) -> None:
    runtime, session = await world.started(counter())
    other = await world.worker()
    answers = await asyncio.gather(
        *(
            one.send(session.key, "hello", message_id="m1")
            for one in (runtime, other, runtime, other)
        )
    )
    assert len({answer.text for answer in answers}) == 1
    assert (await runtime.session(session.key)).data["count"] == 1


async def test_the_last_answer_is_still_given_when_the_session_is_over(world: World) -> None:
    runtime, session = await world.started(counter())
    last = await runtime.send(session.key, "stop", message_id="m1")
    assert (last.status, last.outcome) == ("completed", "stopped")
    assert (await runtime.send(session.key, "stop", message_id="m1")).text == last.text
    with pytest.raises(SessionEnded):
        await runtime.send(session.key, "more")


async def test_a_revision_that_is_not_the_last_is_told_what_the_last_is(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "one", expected_revision=1)
    with pytest.raises(RevisionConflict) as conflict:
        await runtime.send(session.key, "two", expected_revision=1)
    assert conflict.value.current == 2
    assert (await runtime.session(session.key)).revision == 2


async def meddled() -> tuple[Meddled, Runtime, SessionKey]:
    store = Meddled()
    runtime = Runtime(store, engine=None)
    await runtime.publish(release(counter()), flow="flow")
    return store, runtime, (await runtime.start("flow")).key


async def test_a_turn_that_loses_the_race_is_stepped_again() -> None:
    store, runtime, key = await meddled()
    store.meddle = lambda: Runtime(store).send(key, "first")
    assert texts(await runtime.send(key, "second")) == ["2: second"]
    assert (await runtime.replay(key)).differences == ()


async def test_an_expected_revision_conflicts_also_when_the_other_commits_in_between() -> None:
    store, runtime, key = await meddled()
    store.meddle = lambda: Runtime(store).send(key, "first")
    with pytest.raises(RevisionConflict) as conflict:
        await runtime.send(key, "second", expected_revision=1)
    assert conflict.value.current == 2
    assert (await runtime.session(key)).data["heard"] == ["first"]


async def test_a_duplicate_that_is_committed_in_between_gives_its_answer() -> None:
    store, runtime, key = await meddled()
    answers: list[Answer] = []

    async def same() -> None:
        answers.append(await Runtime(store).send(key, "first", message_id="m"))

    store.meddle = same
    answers.append(await runtime.send(key, "first", message_id="m", expected_revision=1))
    assert answers[0].text == answers[1].text
    assert answers[0].revision == 2


async def test_a_state_that_is_not_what_was_stored_is_not_stepped() -> None:
    store, runtime, key = await meddled()
    store._snapshots[key] = store._snapshots[key].replace('"count":0', '"count":9')
    with pytest.raises(CorruptedSession, match="hash"):
        await Runtime(store).send(key, "hello")
    with pytest.raises(CorruptedSession):
        await runtime.session(key)
    # Who remembers it goes on from what was stored.
    assert texts(await runtime.send(key, "hello")) == ["1: hello"]
    assert (await runtime.replay(key)).differences == ()


@pytest.mark.parametrize(
    "what",
    [
        7,
        ["hi"],
        {1: "one"},
        {"text": "\udc80"},
        pytest.param({"text": object()}, id="no value"),
        Event("done.invoke.work"),
        Event("error.execution"),
        Event("session.patch", {"count": 9}),
        Event("session.end"),
        Event("tick"),
        Event("a..b"),
        Event("message", "hi"),
        Event("message", [{"text": "hi"}]),
        Event("hi", invocation="x"),
    ],
    ids=repr,
)
async def test_what_is_no_message_is_refused(what: Any) -> None:
    runtime = Runtime(MemoryStore())
    await runtime.publish(release(counter()), flow="flow")
    session = await runtime.start("flow")
    with pytest.raises(InvalidMessage):
        await runtime.send(session.key, what)
    with pytest.raises(InvalidMessage):
        await runtime.accept(session.key, what, message_id="m")
    assert (await runtime.session(session.key)).revision == 1


async def test_an_id_that_is_ours_to_give_is_refused(world: World) -> None:
    runtime, session = await world.started(counter())
    with pytest.raises(InvalidMessage, match="message id"):
        await runtime.send(session.key, "x", message_id=f"{session.key.session}:tick:1")


async def test_a_session_that_is_not_there_is_unknown(world: World) -> None:
    runtime = await world.worker()
    nobody = SessionKey("default", "nobody")
    for call in (
        runtime.send(nobody, "hi"),
        runtime.patch(nobody, {}),
        runtime.end(nobody),
        runtime.accept(nobody, "hi", message_id="m"),
        runtime.read(nobody),
        runtime.session(nobody),
        runtime.replay(nobody),
        anext(aiter(runtime.subscribe(nobody))),
    ):
        with pytest.raises(UnknownSession):
            await call
