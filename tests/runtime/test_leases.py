"""Requests that are worked on stay with whoever works on them, and come back when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from statewright.errors import CorruptedSession, StorageUnavailable
from statewright.expressions import Literal
from statewright.runtime import Order, Runtime, system_clock
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.engine import LEASE, LENT
from statewright.runtime.effects.in_process import InProcessEngine
from statewright.runtime.effects.retrying import USUAL_RETRIES
from statewright.statechart import Event
from statewright.storage import MemoryStore
from statewright.storage.queues import Claim
from statewright.storage.records import Loaded, Lookup, SessionKey
from tests.runtime.worlds import World, caller, counter, release, texts

pytestmark = pytest.mark.anyio

SHORT = SECOND * 6 // 10
"""Microseconds of a lease in tests that wait for it."""

short = partial(InProcessEngine, poll=0.02, lease=SHORT)

CHART = caller(Literal({"topic": "cats"}), type_="work")


class Gate:
    """A handler that tells when it begins, and ends when it is let."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.cancelled = 0
        self.begun = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, order: Order) -> str:
        self.orders.append(order)
        self.begun.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return f"done {order.attempt}"


class Stunned(MemoryStore):
    """A store as a process sees it that is suspended once it has borrowed something: from then on
    it neither renews nor borrows.
    """

    def __init__(self, real: MemoryStore) -> None:
        super().__init__()
        vars(self).update(vars(real))
        self.stunned = False

    async def claim(
        self, token: str, now: int, *, held_until: int, limit: int = 100
    ) -> tuple[Claim, ...]:
        if self.stunned:
            return ()
        claims = await super().claim(token, now, held_until=held_until, limit=limit)
        self.stunned = bool(claims)
        return claims

    async def renew(self, claims: Sequence[Claim], *, held_until: int) -> tuple[bool, ...]:
        del claims, held_until
        raise StorageUnavailable("nothing is reached")


async def asked(runtime: Runtime) -> SessionKey:
    """A session that has just asked for work."""
    await runtime.publish(release(CHART), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "go")
    return key


async def answered(runtime: Runtime, key: SessionKey, *said: str) -> None:
    """Wait until the session has got its result, and look at what it said then."""
    async with asyncio.timeout(5):
        async for answer in runtime.subscribe(key, after=2):
            assert texts(answer) == [*said]
            return


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


async def test_work_that_takes_longer_than_a_lease_is_lent_once(world: World) -> None:
    gate, other = Gate(), Gate()
    async with Runtime(world.store(), handlers={"work": gate}, engine=short, poll=0.02) as one:
        key = await asked(one)
        await asyncio.wait_for(gate.begun.wait(), 5)
        async with Runtime(world.store(), handlers={"work": other}, engine=short):
            await asyncio.sleep(2.5 * SHORT / SECOND)
            assert other.orders == []
        gate.open.set()
        await answered(one, key, "got done 1")
    assert (len(gate.orders), len(other.orders)) == (1, 0)


async def test_what_was_taken_over_is_done_by_both_and_handled_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, slow, quick = MemoryStore(), Gate(), Gate()
    quick.open.set()
    async with Runtime(Stunned(store), handlers={"work": slow}, engine=short) as one:
        key = await asked(one)
        await asyncio.wait_for(slow.begun.wait(), 5)
        async with Runtime(store, handlers={"work": quick}, engine=short) as two:
            await answered(two, key, "got done 2")
        slow.open.set()
        with caplog.at_level("INFO"):
            await until(lambda: "settled by another process" in caplog.text)
        assert (await one.session(key)).revision == 3
    later = system_clock() + 10 * LEASE
    assert await store.claim("t", later, held_until=later) == ()
    assert {order.id for order in slow.orders} == {order.id for order in quick.orders}


async def test_the_result_of_the_slower_one_counts_if_it_comes_first() -> None:
    store, slow, quick = MemoryStore(), Gate(), Gate()
    async with Runtime(Stunned(store), handlers={"work": slow}, engine=short) as one:
        key = await asked(one)
        await asyncio.wait_for(slow.begun.wait(), 5)
        async with Runtime(store, handlers={"work": quick}, engine=short) as two:
            await asyncio.wait_for(quick.begun.wait(), 5)
            slow.open.set()
            await answered(two, key, "got done 1")
            quick.open.set()
            await until(lambda: all(row.available_at is None for row in store._outbox.values()))
            assert (await two.session(key)).revision == 3


async def test_what_is_sent_in_order_ends_where_it_was_taken_over(world: World) -> None:
    slow, quick = Gate(), Gate()
    quick.open.set()
    runtime, session = await world.started(counter(), handlers={"ledger": slow}, engine=short)
    await runtime.send(session.key, "a")
    await runtime.send(session.key, "b")
    working = asyncio.create_task(runtime.work(world.clock()))
    await asyncio.wait_for(slow.begun.wait(), 5)
    other = await world.worker(handlers={"ledger": quick})
    # The clock of the other one is ahead: what is worked on seems to be nobody's.
    for _ in range(2):
        await other.work(world.clock() + LEASE)
    await asyncio.wait_for(working, 5)
    assert slow.cancelled == 1
    assert [order.data["data"] for order in quick.orders] == [{"count": 1}, {"count": 2}]
    assert len({order.id for order in quick.orders}) == 2


async def test_what_comes_back_to_the_one_that_works_on_it_is_not_begun_again(
    world: World,
) -> None:
    gate = Gate()
    runtime, session = await world.started(CHART, handlers={"work": gate})
    await runtime.send(session.key, "go")
    working = asyncio.create_task(runtime.work(world.clock()))
    await asyncio.wait_for(gate.begun.wait(), 5)
    assert await runtime.work(world.clock.advance(LEASE // SECOND + 1)) == 0
    other = await world.worker(handlers={"work": Gate()})
    assert await other.work(world.clock()) == 0, "it is held again"
    gate.open.set()
    await working
    assert len(gate.orders) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got done 1"]
    assert await runtime.work(world.clock.advance(3600)) == 0, "the row is finished"


async def test_a_deadly_request_is_not_lent_for_ever(world: World) -> None:
    runtime, session = await world.started(CHART, handlers={"work": Gate()})
    await runtime.send(session.key, "go")
    for _ in range(LENT + 1 + USUAL_RETRIES):
        (claim,) = await runtime.store.claim("dies", world.clock(), held_until=world.clock() + 1)
        # However long it works before it dies: that is no further lending.
        for _ in range(3):
            await runtime.store.renew([claim], held_until=world.clock.advance(LEASE // SECOND))
        world.clock.advance(1)
    assert await runtime.work(world.clock()) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["abandoned"]


class Awkward(MemoryStore):
    """A store in which the runtime is closed at the moment when a request is lent."""

    async def claim(
        self, token: str, now: int, *, held_until: int, limit: int = 100
    ) -> tuple[Claim, ...]:
        claims = await super().claim(token, now, held_until=held_until, limit=limit)
        if claims:
            self.lent.set()
            await asyncio.sleep(0.05)
        return claims

    def __init__(self) -> None:
        super().__init__()
        self.lent = asyncio.Event()


async def test_what_was_just_lent_is_given_back_at_once_when_the_runtime_stops() -> None:
    store, gate = Awkward(), Gate()
    async with Runtime(store, handlers={"work": gate}) as runtime:
        await asked(runtime)
        await asyncio.wait_for(store.lent.wait(), 5)
    assert gate.orders == []
    now = system_clock()
    assert len(await store.claim("t", now, held_until=now)) == 1


async def test_what_is_given_up_just_when_it_begins_is_given_back(world: World) -> None:
    gate = Gate()
    runtime, session = await world.started(CHART, handlers={"work": gate})
    await runtime.send(session.key, "go")
    working = asyncio.create_task(runtime.work(world.clock()))
    await asyncio.wait_for(gate.begun.wait(), 5)
    await runtime.send(session.key, Event("give.up"))
    await working
    assert await runtime.work(world.clock()) == 0
    assert await runtime.work(world.clock.advance(3600)) == 0, "the row is finished"


async def test_a_request_that_cannot_be_read_does_not_hold_up_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, gate = MemoryStore(), Gate()
    gate.open.set()
    runtime = Runtime(store, handlers={"work": gate})
    await runtime.publish(release(CHART), flow="flow")
    broken, whole = [(await runtime.start("flow")).key for _ in range(2)]
    for key in (broken, whole):
        await runtime.send(key, "go")
    sent = store._outbox[broken, 2, 0]
    sent.claim = replace(sent.claim, request=replace(sent.claim.request, payload='{"kind":7}'))
    assert await runtime.work(runtime.clock()) == 1
    assert texts(*await runtime.read(whole, after=2)) == ["got done 1"]
    assert sent.available_at is None, "it is settled"
    assert "cannot be made" in caplog.text


class Spoilt(MemoryStore):
    """A store in which the row of a session cannot be read."""

    broken: SessionKey | None = None

    async def load(self, lookups: Sequence[Lookup]) -> tuple[Loaded, ...]:
        if any(lookup.key == self.broken for lookup in lookups):
            raise CorruptedSession("the row is none")
        return await super().load(lookups)


async def test_a_row_that_cannot_be_read_does_not_hold_up_the_others() -> None:
    store, gate = Spoilt(), Gate()
    gate.open.set()
    runtime = Runtime(store, handlers={"work": gate})
    await runtime.publish(release(CHART), flow="flow")
    keys = [(await runtime.start("flow")).key for _ in range(3)]
    for key in keys:
        await runtime.send(key, "go")
    store.broken = keys[1]
    assert await runtime.work(runtime.clock()) == 2
    assert {order.key for order in gate.orders} == {keys[0], keys[2]}


async def test_work_for_a_session_that_is_corrupted_waits_until_it_is_restored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, gate = MemoryStore(), Gate()
    gate.open.set()
    now = 1_000
    runtime = Runtime(store, handlers={"work": gate}, clock=lambda: now)
    await runtime.publish(release(CHART), flow="flow")
    broken, whole = [(await runtime.start("flow")).key for _ in range(2)]
    for key in (broken, whole):
        await runtime.send(key, "go")
    good = store._snapshots[broken]
    store._snapshots[broken] = good + " "
    assert await runtime.work(now) == 1
    assert [order.key for order in gate.orders] == [whole]
    assert "is not what was stored" in caplog.text
    assert await runtime.work(now) == 0, "not again at once"
    store._snapshots[broken] = good
    now += 2 * SECOND
    assert await runtime.work(now) == 1
    assert texts(*await runtime.read(broken, after=2)) == ["got done 2"]
