"""What sessions of one contact, or of one tenant, add to its values at the same time is not lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.runtime import Runtime, Started, VirtualClock
from statewright.statechart import Status, parse_script, play
from statewright.statechart.patches import Operation
from statewright.storage import MemoryStore
from statewright.storage.patches import Patch, Scope, patched
from statewright.storage.records import Loaded, Lookup
from tests.runtime.worlds import NOW, Meddled, World, texts

pytestmark = pytest.mark.anyio

SESSIONS = 12

COUNTING = """
statewright: 1
start: ask
variables:
  seats: {type: int, scope: contact, default: 100, maximum: 112}
  names: {type: list, of: string, scope: tenant, default: [first]}
  waiting: {type: list, of: string, scope: tenant, default: [n1, other, n3]}
  total: {type: double, scope: tenant}
  said: string
nodes:
  ask: {type: question, text: Name?, variable: said, next: note}
  note:
    type: set
    actions:
      - {increment: contact.seats}
      - {increment: tenant.total, by: 0.5}
      - {append: tenant.names, value: "{{ said }}"}
      - {remove: tenant.waiting, value: "{{ said }}"}
    next: again
  again: {type: question, text: "Seat {{ contact.seats }}.", variable: said, next: note}
"""


async def begun(runtime: Runtime, sessions: int = SESSIONS) -> list[Started]:
    await runtime.publish(compiler.compile(flows.parse(COUNTING)).release(), flow="flow")
    return [await runtime.start("flow", contact="ada") for _ in range(sessions)]


async def values(runtime: Runtime, session: Started) -> Loaded:
    (loaded,) = await runtime.store.load([Lookup(session.key)])
    return loaded


async def test_all_sessions_of_a_contact_count_at_once_and_nothing_is_lost(world: World) -> None:
    workers = [await world.worker() for _ in range(3)]
    sessions = await begun(workers[0])
    await asyncio.gather(
        *(
            workers[number % len(workers)].send(one.key, f"n{number}")
            for number, one in enumerate(sessions)
        )
    )
    loaded = await values(workers[0], sessions[0])
    assert loaded.contact == {"seats": 100 + SESSIONS}
    assert loaded.tenant["total"] == SESSIONS / 2
    assert loaded.tenant["waiting"] == ["other"]
    first, *others = loaded.tenant["names"]
    assert first == "first"
    assert sorted(others) == sorted(f"n{number}" for number in range(SESSIONS))
    for one in sessions:
        assert (await workers[0].replay(one.key)).differences == ()


async def test_a_node_that_fails_loses_nothing_of_what_others_have_added() -> None:
    store = Meddled()
    runtime = Runtime(store, clock=VirtualClock(NOW))
    await store.open()
    failing = COUNTING.replace(
        '- {remove: tenant.waiting, value: "{{ said }}"}',
        '- {set: said, to: "{{ 1 / size(contact.name) }} {{ tenant.total }} {{ tenant.names }}"}',
    ).replace(
        "  said: string", "  said: string\n  name: {type: string, scope: contact, default: ''}"
    )
    settings = "settings: {on_error: fallback, fallback: again}\n"
    (other,) = await begun(runtime, 1)
    release = compiler.compile(flows.parse(failing + settings)).release()
    await runtime.publish(release, flow="failing")
    one = await runtime.start("failing", contact="ada")

    async def another_one_counts() -> None:
        await runtime.send(other.key, "x")

    for seats in range(1, 4):
        store.meddle = another_one_counts
        seen = 100 + seats - 1
        assert texts(await runtime.send(one.key, "me")) == [f"Seat {seen}."]
        loaded = await values(runtime, one)
        assert loaded.contact == {"seats": 100 + seats}
        assert loaded.tenant["names"] == ["first", *"x" * seats]
        assert loaded.tenant["total"] == seats / 2
    await runtime.close()


async def test_a_session_sees_what_it_has_added_itself(world: World) -> None:
    runtime = await world.worker()
    (session,) = await begun(runtime, 1)
    assert texts(await runtime.send(session.key, "Ada")) == ["Seat 101."]
    assert texts(await runtime.send(session.key, "Bob")) == ["Seat 102."]


async def test_a_sum_that_leaves_the_declared_range_at_the_commit_is_not_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Meddled()
    runtime = Runtime(store, clock=VirtualClock(NOW))
    await store.open()
    one, *others = await begun(runtime, SESSIONS + 1)

    async def others_take_the_seats() -> None:
        for other in others:
            await runtime.send(other.key, "x")

    store.meddle = others_take_the_seats
    assert texts(await runtime.send(one.key, "late")) == ["Seat 101."]
    assert (await values(runtime, one)).contact == {"seats": 112}
    assert "no patch of contact at seats" in caplog.text
    # What would not fit for this session itself is an error there, before anything is written.
    refused = await runtime.send(one.key, "again")
    assert refused.status is Status.FAILED
    assert (await values(runtime, one)).contact == {"seats": 112}
    await runtime.close()


CHANGES = (
    "{increment: contact.n}",
    "{increment: contact.n, by: -3}",
    "{increment: tenant.rate, by: 0.5}",
    "{increment: tenant.free, by: 2}",
    '{append: contact.list, value: "{{ said }}"}',
    '{remove: contact.list, value: "{{ said }}"}',
    '{append: tenant.deep.free, value: "{{ said }}"}',
    '{set: contact.name, to: "{{ said }}"}',
    "{unset: contact.list}",
    "{unset: contact.name}",
    "{set: contact.n, to: 7}",
)


@pytest.mark.parametrize("changes", [*CHANGES, ", ".join(CHANGES)])
async def test_a_conversation_that_is_only_played_changes_the_same(changes: str) -> None:
    text = f"""
statewright: 1
start: ask
variables:
  n: {{type: int, scope: contact, default: 5}}
  list: {{type: list, scope: contact, default: [a]}}
  rate: {{type: double, scope: tenant, default: 2.0}}
  free: {{type: int, scope: tenant}}
  deep: {{type: map, scope: tenant}}
  name: {{type: string, scope: contact}}
  said: string
nodes:
  ask: {{type: question, text: "{{{{ contact }}}} {{{{ tenant }}}}", variable: said, next: note}}
  note: {{type: set, actions: [{changes}], next: ask}}
"""
    release = compiler.compile(flows.parse(text)).release()
    store = MemoryStore()
    runtime = Runtime(store, clock=VirtualClock(NOW))
    await store.open()
    await runtime.publish(release, flow="flow")
    session = await runtime.start("flow", contact="ada")
    answers = [await runtime.send(session.key, word) for word in "abbca"]
    chart, script = release.statechart, parse_script([*"abbca"])
    _, *turns = play(chart, script, session="s", seed="s", now=NOW, contact={"id": "ada"})
    assert [texts(answer) for answer in answers] == [
        [message["text"] for message in turn.messages] for turn in turns
    ]
    await runtime.close()


@pytest.mark.parametrize(
    ("here", "after"),
    [({"seats": 5}, 6), ({"seats": "5"}, 6), ({}, 101), ({"seats": "five"}, 101)],
)
def test_what_is_added_to_is_what_the_flow_sees(here: dict[str, Any], after: int) -> None:
    chart = compiler.compile(flows.parse(COUNTING)).release().statechart
    patch = Patch(Scope.CONTACT, ("seats",), Operation.INCREMENT, 1, chart.contact[0])
    assert patched(here, patch) == {"seats": after}
