"""Patching and ending a session from outside: turns like any other."""

from __future__ import annotations

import pytest

from statewright.errors import InvalidEvent, RevisionConflict, SessionEnded
from statewright.runtime.clock import SECOND
from tests.runtime.worlds import World, counter, sleeper, texts

pytestmark = pytest.mark.anyio


async def test_a_patch_changes_some_variables_and_keeps_the_others(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "hi")
    answer = await runtime.patch(session.key, {"note": "vip", "profile": {"age": 9}})
    assert answer.revision == 3
    assert answer.data == {"count": 1, "heard": ["hi"], "note": "vip", "profile": {"age": 9}}
    merged = await runtime.patch(session.key, {"profile": {"name": "Ada"}, "note": None})
    assert merged.data["profile"] == {"age": 9, "name": "Ada"}
    assert "note" not in merged.data
    assert texts(await runtime.send(session.key, "ho")) == ["2: ho"]
    assert (await runtime.replay(session.key)).differences == ()


async def test_a_patch_of_another_revision_conflicts(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.patch(session.key, {"note": "a"}, expected_revision=1)
    with pytest.raises(RevisionConflict) as conflict:
        await runtime.patch(session.key, {"note": "b"}, expected_revision=1)
    assert conflict.value.current == 2
    assert (await runtime.session(session.key)).data["note"] == "a"


async def test_a_patch_that_does_not_fit_changes_nothing(world: World) -> None:
    runtime, session = await world.started(counter())
    for updates in ({"note": "ok", "nothing": 1}, {"count": "many"}, {"profile": [1]}):
        with pytest.raises(InvalidEvent):
            await runtime.patch(session.key, updates)
    view = await runtime.session(session.key)
    assert (view.revision, view.data) == (1, {"count": 0, "heard": []})


async def test_a_patch_is_taken_once(world: World) -> None:
    runtime, session = await world.started(counter())
    first = await runtime.patch(session.key, {"count": 5}, message_id="p")
    again = await runtime.patch(session.key, {"count": 6}, message_id="p")
    assert first.text == again.text


async def test_a_session_is_ended_and_hears_nothing_more(world: World) -> None:
    runtime, session = await world.started(sleeper(SECOND))
    answer = await runtime.end(session.key, message_id="e")
    assert (answer.status, answer.outcome) == ("completed", "ended")
    assert (await runtime.end(session.key, message_id="e")).text == answer.text
    for call in (runtime.end(session.key), runtime.patch(session.key, {"rounds": 1})):
        with pytest.raises(SessionEnded):
            await call
    assert await runtime.sweep(world.clock.advance(60)) == 0
    assert (await runtime.replay(session.key)).differences == ()


async def test_an_end_may_have_an_outcome(world: World) -> None:
    runtime, session = await world.started(counter())
    assert (await runtime.end(session.key, outcome="abandoned")).outcome == "abandoned"
