"""Time travel: a session as it stood, begun anew from there, and run on another chart."""

from __future__ import annotations

import asyncio

import pytest

from statewright.errors import InvalidEvent, UnknownRevision, UnknownSession
from statewright.runtime import Order, Runtime
from statewright.statechart import Event
from statewright.storage.records import SessionKey
from tests.runtime.worlds import World, caller, counter, sleeper, texts
from tests.statechart.building import cel

pytestmark = pytest.mark.anyio


async def crm(_order: Order) -> int:
    return 17


async def test_a_session_is_shown_as_it_stood(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "hi")
    await runtime.send(session.key, "ho", message_id="m3")
    moment = await runtime.past.at(session.key, 2)
    assert moment.answer.data == {"count": 1, "heard": ["hi"]}
    assert texts(moment.answer) == ["1: hi"]
    assert [effect.data["event"] for effect in moment.effects] == ["receipt"]
    assert moment.snapshot.turns == 2
    assert moment.as_stored
    assert (await runtime.past.at(session.key, 3)).message == "m3"


@pytest.mark.parametrize("revision", [0, -1, 3])
async def test_a_revision_that_was_not_is_unknown(world: World, revision: int) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "hi")
    with pytest.raises(UnknownRevision, match="1 to 2"):
        await runtime.past.at(session.key, revision)
    with pytest.raises(UnknownSession):
        await runtime.past.at(SessionKey("default", "nobody"), 1)


async def test_a_fork_goes_on_from_there_and_leaves_the_session_alone(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "hi")
    await runtime.send(session.key, "ho")
    before = await runtime.session(session.key)
    fork = await runtime.past.fork(session.key, 2, message=None)
    assert fork.key != session.key
    assert fork.token not in {"", session.token}
    assert fork.answer.messages == fork.answer.effects == ()
    assert texts(await runtime.send(fork.key, "again")) == ["2: again"]
    assert await runtime.session(session.key) == before
    (first, *_) = await runtime.store.history(fork.key)
    assert session.key.session in first.event
    assert (await runtime.replay(fork.key)).differences == ()
    again = await runtime.past.fork(session.key, 2, message=None)
    assert again.key != fork.key


async def test_a_fork_with_a_message_id_is_made_once(world: World) -> None:
    runtime, session = await world.started(counter())
    first = await runtime.past.fork(session.key, 1, message="f")
    assert (await runtime.past.fork(session.key, 1, message="f")).key == first.key


async def test_a_fork_keeps_deadlines(world: World) -> None:
    runtime, session = await world.started(sleeper(60_000_000))
    due = (await runtime.session(session.key)).due_at
    world.clock.advance(40)
    fork = await runtime.past.fork(session.key, 1, message=None)
    assert (await runtime.session(fork.key)).due_at == due
    await runtime.sweep(world.clock.advance(21))
    assert texts(*await runtime.read(fork.key)) == ["tick"]
    assert texts(*await runtime.read(session.key)) == ["tick"]


async def test_a_fork_does_not_ask_the_world_again(world: World) -> None:
    calls: list[str] = []

    async def crm(order: Order) -> int:
        calls.append(order.id)
        return 17

    runtime, session = await world.started(caller(cel("{}"), type_="crm"), handlers={"crm": crm})
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    fork = await runtime.past.fork(session.key, 2, message=None)
    assert await runtime.work(world.clock()) == 0
    retried = await runtime.repairs.retry(fork.key)
    assert retried.awaiting is not None
    await runtime.work(world.clock())
    assert texts(*await runtime.read(fork.key)) == ["got 17"]
    assert len(set(calls)) == 2
    assert (await runtime.replay(fork.key)).differences == ()


async def test_a_fork_leaves_work_of_the_session_alone(world: World) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    calls: list[str] = []

    async def slow(order: Order) -> int:
        calls.append(order.id)
        begun.set()
        await ended.wait()
        return 17

    runtime, session = await world.started(caller(cel("{}"), type_="crm"), handlers={"crm": slow})
    await runtime.send(session.key, "go")
    working = asyncio.create_task(runtime.work(world.clock()))
    await begun.wait()
    fork = await runtime.past.fork(session.key, 2, message=None)
    await runtime.repairs.skip(fork.key)
    ended.set()
    assert await working == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got 17"]
    assert len(calls) == 1


async def test_what_is_over_is_not_forked(world: World) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "stop")
    with pytest.raises(InvalidEvent, match="completed at revision 2"):
        await runtime.past.fork(session.key, 2, message=None)


async def test_a_sample_is_the_same_every_time(world: World) -> None:
    runtime = await world.worker()
    _, first = await world.started(counter())
    keys = {first.key} | {(await runtime.start("flow")).key for _ in range(9)}
    everything = await runtime.past.sample("default", flow="flow", size=100)
    assert {one.key for one in everything} == keys
    some = await runtime.past.sample("default", flow="flow", size=3)
    assert some == everything[:3]
    later = world.clock.advance(1)
    assert await runtime.past.sample("default", flow="flow", since=later, size=3) == ()


async def test_a_session_compares_with_its_own_chart(world: World) -> None:
    chart = caller(cel("{}"), type_="crm")
    runtime, session = await world.started(chart, handlers={"crm": crm})
    await talk(runtime, session.key, world)
    compared = await runtime.past.compare(session.key, chart)
    assert (compared.divergence, compared.stopped, compared.remarks) == (None, "", ())
    assert compared.turns == (await runtime.session(session.key)).revision


async def talk(runtime: Runtime, key: SessionKey, world: World) -> None:
    await runtime.send(key, "go")
    await runtime.work(world.clock())
    await runtime.send(key, Event("nothing"))
    await runtime.sweep(world.clock.advance(5))
