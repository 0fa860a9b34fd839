"""Replay: a session is what its start and its events have made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.runtime import Runtime
from statewright.runtime.clock import VirtualClock
from statewright.statechart import Status
from statewright.storage import MemoryStore
from tests.compiler.conversations import compiled
from tests.runtime.worlds import NOW, World, counter, release, sleeper

pytestmark = pytest.mark.anyio

FLOW = """
start: greet
variables:
  name: string
  lot: {type: int, default: 0}
nodes:
  greet: {type: message, text: "{{ ['Hi', 'Hello', 'Welcome'][draw(3)] }}", next: ask}
  ask: {type: question, text: Name?, variable: name, timeout: 1m, on: {timeout: ask}, next: again}
  again: {type: message, text: "{{ name }}, {{ contact.?city.orValue('nowhere') }}", next: ask}
"""


async def test_a_replay_finds_what_was_stored(world: World) -> None:
    runtime, session = await world.started(sleeper(1_000_000))
    await runtime.send(session.key, "hi")
    await runtime.sweep(world.clock.advance(1))
    await runtime.end(session.key)
    result = await runtime.replay(session.key)
    assert (result.turns, result.differences) == (4, ())


async def test_an_answer_that_would_be_another_one_now_is_a_difference() -> None:
    store = MemoryStore()
    runtime = Runtime(store)
    await runtime.publish(release(counter()), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "hi")
    past = store._history[key][1]
    answer = json.loads(past.answer) | {"outcome": "was once"}
    store._history[key][1] = replace(past, answer=json.dumps(answer), state_hash="other")
    result = await runtime.replay(key)
    found = [(one.revision, one.what) for one in result.differences]
    assert found == [(2, "state"), (2, "answer"), (2, "row")]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"version": 2}, "version"),
        ({"status": Status.COMPLETED}, "status"),
        ({"due_at": NOW}, "deadline"),
        ({"revision": 3}, "row"),
    ],
)
async def test_a_row_that_is_not_as_its_last_turn_has_left_it_is_a_difference(
    changed: dict[str, Any], what: str
) -> None:
    store = MemoryStore()
    runtime = Runtime(store)
    for _ in range(2):
        await runtime.publish(release(counter()), flow="flow")
    key = (await runtime.start("flow", version=1)).key
    await runtime.send(key, "hi")
    store._sessions[key] = replace(store._sessions[key], **changed)
    result = await runtime.replay(key)
    assert [one.what for one in result.differences] == [what]


async def test_a_turn_that_cannot_be_taken_again_is_the_last_difference() -> None:
    store = MemoryStore()
    runtime = Runtime(store)
    await runtime.publish(release(counter()), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "hi")
    await runtime.send(key, "ho")
    store._history[key][1] = replace(store._history[key][1], event='{"name":"done.x"}')
    result = await runtime.replay(key)
    assert [(one.revision, one.what) for one in result.differences] == [(2, "failure")]


STEPS = st.one_of(
    st.tuples(st.just("send"), st.text(max_size=8)),
    st.tuples(st.just("pass"), st.integers(0, 200)),
    st.tuples(st.just("patch"), st.integers(-5, 5)),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=12))
async def test_whatever_happens_to_a_session_can_be_replayed(
    steps: list[tuple[str, object]],
) -> None:
    clock = VirtualClock(NOW)
    runtime = Runtime(MemoryStore(), clock=clock, engine=None)
    await runtime.publish(compiled(FLOW).release(), flow="flow")
    key = (await runtime.start("flow", contact="ada")).key
    for kind, value in steps:
        if kind == "send":
            await runtime.send(key, str(value))
        elif kind == "pass":
            await runtime.sweep(clock.advance(float(str(value))))
        else:
            await runtime.patch(key, {"lot": value})
    result = await runtime.replay(key)
    assert result.differences == ()
    assert result.turns == (await runtime.session(key)).revision
