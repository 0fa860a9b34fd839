"""Requests to the world: carried out after the commit; their results come back as messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from statewright.errors import EffectFailed
from statewright.expressions import Literal
from statewright.runtime import Order, Runtime
from statewright.runtime.effects.engine import LEASE
from statewright.runtime.effects.handling import Performer
from statewright.runtime.effects.http import HttpHandler
from statewright.runtime.effects.in_process import InProcessEngine
from statewright.statechart import Effect, EffectKind, Event
from statewright.storage import MemoryStore
from statewright.storage.records import Outcome, SessionKey, Turn
from tests.runtime.servers import Reply, Server, serving
from tests.runtime.worlds import World, caller, counter, release, texts
from tests.statechart.building import cel

pytestmark = pytest.mark.anyio

WORK = Literal({"topic": "cats"})


class Worker:
    """Does work, and remembers what it was asked.

    Args:
        outcomes: what becomes of each try; the last one for ever.
    """

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.orders: list[Order] = []

    async def __call__(self, order: Order) -> Any:
        self.orders.append(order)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def chart_of(params: Any = WORK) -> Any:
    return caller(params, type_="work")


async def test_a_result_comes_back_as_a_message(world: World) -> None:
    worker = Worker({"cats": 3})
    runtime, session = await world.started(chart_of(), handlers={"work": worker})
    asked = await runtime.send(session.key, "go")
    assert texts(asked) == ["one moment"]
    assert asked.awaiting is not None
    assert asked.awaiting["kind"] == "effect"
    assert await runtime.work(world.clock()) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ['got {"cats":3}']
    (order,) = worker.orders
    (effect,) = asked.effects
    assert order.id == effect["id"]
    assert (order.key, order.name, order.data, order.attempt) == (
        session.key,
        "work",
        {"topic": "cats"},
        1,
    )
    turns = await runtime.store.history(session.key, after=2)
    assert [turn.message for turn in turns] == [f"{order.id}:result"]
    assert (await runtime.replay(session.key)).differences == ()
    assert await runtime.work(world.clock()) == 0


async def test_a_failure_comes_back_as_an_error(world: World) -> None:
    worker = Worker(EffectFailed("dns", "the name of the host is not known"))
    runtime, session = await world.started(chart_of(), handlers={"work": worker})
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=2)) == ["dns"]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (object(), "result"),
        (2**70, "result"),
        (ValueError("a secret"), "handler"),
        (TimeoutError(), "timeout"),
        (asyncio.CancelledError(), "handler"),
    ],
    ids=["no value", "too large", "exception", "timeout", "cancelled from inside"],
)
async def test_whatever_goes_wrong_in_a_handler_is_a_failure(
    outcome: Any, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = Runtime(MemoryStore(), handlers={"work": Worker(outcome)})
    await runtime.publish(release(caller(Literal({"retries": 0}), type_="work")), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "go")
    await runtime.work(runtime.clock())
    assert texts(*await runtime.read(key, after=2)) == [code]
    assert "a secret" not in caplog.text


@pytest.mark.parametrize(
    ("params", "outcome"), [({}, "timeout"), ({"timeout": 30_000_000}, "done")]
)
async def test_a_request_may_give_its_handler_more_time_than_usual(
    params: Any, outcome: str
) -> None:
    async def slow(_order: Order) -> str:
        await asyncio.sleep(0.1)
        return "done"

    performer = Performer({"work": slow}, lambda _tenant, _name: None, longest=0.02)
    data = {"name": "work", "type": "work", "params": params}
    effect = Effect(EffectKind.INVOKE, "s:calling:1:0", "calling", data)
    found = await performer.perform(SessionKey("t", "s"), effect, 1)
    assert found.data == outcome if outcome == "done" else found.data["code"] == outcome


async def test_work_that_nobody_does_fails(world: World) -> None:
    runtime, session = await world.started(caller(WORK, type_="alchemy"))
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=2)) == ["unsupported"]


async def test_passing_failures_are_tried_again_after_a_while(world: World) -> None:
    again = EffectFailed("connect", "no connection", transient=True)
    worker = Worker(again, again, "at last")
    chart = chart_of(Literal({"retries": 2}))
    runtime, session = await world.started(chart, handlers={"work": worker})
    await runtime.send(session.key, "go")
    assert await runtime.work(world.clock()) == 1
    assert await runtime.work(world.clock()) == 0, "not at once"
    assert await runtime.work(world.clock.advance(1)) == 1
    assert await runtime.work(world.clock.advance(1)) == 0, "longer each time"
    assert await runtime.work(world.clock.advance(1)) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got at last"]
    assert [order.attempt for order in worker.orders] == [1, 2, 3]
    assert len({order.id for order in worker.orders}) == 1


async def test_tries_are_bounded_by_the_request(world: World) -> None:
    worker = Worker(EffectFailed("connect", "no connection", transient=True))
    chart = chart_of(Literal({"retries": 1}))
    runtime, session = await world.started(chart, handlers={"work": worker})
    await runtime.send(session.key, "go")
    for _ in range(4):
        await runtime.work(world.clock.advance(60))
    assert len(worker.orders) == 2
    assert texts(*await runtime.read(session.key, after=2)) == ["connect"]


async def test_a_request_whose_worker_died_is_taken_up_by_another(world: World) -> None:
    runtime, session = await world.started(chart_of())
    await runtime.send(session.key, "go")
    (lost,) = await runtime.store.claim("dead", world.clock(), held_until=world.clock() + LEASE)
    worker = Worker("done")
    other = await world.worker(handlers={"work": worker})
    assert await other.work(world.clock()) == 0
    assert await other.work(world.clock.advance(LEASE // 1_000_000 + 1)) == 1
    assert worker.orders[0].id == lost.request.key
    assert texts(*await runtime.read(session.key, after=2)) == ["got done"]


async def test_a_result_that_was_brought_before_a_crash_is_not_asked_for_again(
    world: World,
) -> None:
    runtime, session = await world.started(chart_of(), handlers={"work": Worker("done")})
    await runtime.send(session.key, "go")

    async def crash(_settlements: Any) -> tuple[bool, ...]:
        return ()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runtime.store, "finish", crash)
        await runtime.work(world.clock())
    late = Worker("twice")
    other = await world.worker(handlers={"work": late})
    await other.work(world.clock.advance(LEASE // 1_000_000 + 1))
    assert late.orders == []
    assert texts(*await runtime.read(session.key, after=2)) == ["got done"]


async def test_work_that_is_given_up_before_it_began_is_not_done(world: World) -> None:
    worker = Worker("done")
    runtime, session = await world.started(chart_of(), handlers={"work": worker})
    await runtime.send(session.key, "go")
    await runtime.send(session.key, Event("give.up"))
    await runtime.work(world.clock())
    assert worker.orders == []
    assert await runtime.work(world.clock.advance(3600)) == 0


async def test_a_stale_result_moves_no_revision(world: World) -> None:
    runtime, session = await world.started(chart_of(), handlers={})

    async def slow(order: Order) -> str:
        await runtime.send(order.key, Event("give.up"))
        return "too late"

    other = await world.worker(handlers={"work": slow})
    await runtime.send(session.key, "go")
    assert await other.work(world.clock()) == 1
    view = await runtime.session(session.key)
    assert view.revision == 3
    assert texts(*await runtime.read(session.key, after=2)) == ["never mind"]
    assert await other.work(world.clock.advance(3600)) == 0, "the row is finished"


async def test_a_result_for_a_session_that_is_over_is_stale(world: World) -> None:
    runtime, session = await world.started(chart_of(), handlers={})

    async def slow(order: Order) -> str:
        await runtime.end(order.key)
        return "too late"

    other = await world.worker(handlers={"work": slow})
    await runtime.send(session.key, "go")
    await other.work(world.clock())
    assert (await runtime.session(session.key)).revision == 3


async def test_what_is_sent_to_somebody_is_recorded_or_handled(world: World) -> None:
    worker = Worker(None)
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "a")
    await runtime.work(world.clock())
    other = await world.worker(handlers={"ledger": worker})
    await other.send(session.key, "b")
    await other.work(world.clock())
    (order,) = worker.orders
    assert (order.name, order.data) == ("ledger", {"event": "receipt", "data": {"count": 2}})


async def test_work_in_the_background_is_cancelled_when_it_is_given_up() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(_order: Order) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with Runtime(MemoryStore(), handlers={"work": endless}) as runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        key = (await runtime.start("flow")).key
        await runtime.send(key, "go")
        async with asyncio.timeout(5):
            await begun.wait()
            await runtime.send(key, Event("give.up"))
            await ended.wait()


async def test_work_that_was_begun_is_given_back_when_the_runtime_stops() -> None:
    store = MemoryStore()
    begun = asyncio.Event()

    async def endless(_order: Order) -> None:
        begun.set()
        await asyncio.sleep(60)

    async with Runtime(store, handlers={"work": endless}) as runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        key = (await runtime.start("flow")).key
        await runtime.send(key, "go")
        await asyncio.wait_for(begun.wait(), 5)
    async with Runtime(store, handlers={"work": Worker("done")}) as runtime:
        async with asyncio.timeout(5):
            async for answer in runtime.subscribe(key, after=2):
                assert texts(answer) == ["got done"]
                break


async def test_an_answer_may_settle_before_it_is_given(world: World) -> None:
    async with Runtime(world.store(), handlers={"work": Worker("done")}) as runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        key = (await runtime.start("flow")).key
        answer = await runtime.send(key, "go", message_id="m", settle=5)
        assert texts(answer) == ["one moment", "got done"]
        assert answer.revision == 3
        again = await runtime.send(key, "go", message_id="m", settle=5)
        assert again.text == answer.text


async def test_settling_takes_no_longer_than_it_may() -> None:
    async def slow(_order: Order) -> None:
        await asyncio.sleep(60)

    async with Runtime(MemoryStore(), handlers={"work": slow}) as runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        key = (await runtime.start("flow")).key
        answer = await asyncio.wait_for(runtime.send(key, "go", settle=0.05), 5)
        assert texts(answer) == ["one moment"]


async def test_settling_leaves_the_answers_of_others_to_them() -> None:
    released = asyncio.Event()

    async def when_released(_order: Order) -> str:
        await released.wait()
        return "done"

    async with Runtime(MemoryStore(), handlers={"work": when_released}) as runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        key = (await runtime.start("flow")).key
        settling = asyncio.create_task(runtime.send(key, "go", settle=5))
        await asyncio.sleep(0.02)
        other = await runtime.send(key, Event("nothing.much"))
        assert other.revision == 3
        released.set()
        assert texts(await settling) == ["one moment", "got done"]


@pytest.fixture
async def counting() -> AsyncIterator[Server]:
    """A web service that says how often it was asked under each key."""
    seen: dict[str, int] = {}

    def reply(asked: Any) -> Reply:
        key = asked.headers["idempotency-key"]
        seen[key] = seen.get(key, 0) + 1
        return Reply(b'{"asked": %d}' % seen[key])

    async with serving(reply) as server:
        yield server


async def test_each_request_reaches_the_web_service_once(world: World, counting: Server) -> None:
    params = cel(f"{{'url': '{counting.url}/work', 'method': 'POST', 'body': {{'a': 1}}}}")
    handlers = {"http": HttpHandler(allow_private=True)}
    runtime, _ = await world.started(caller(params), handlers=handlers)
    other = await world.worker(handlers=handlers)
    keys = [(await runtime.start("flow")).key for _ in range(20)]
    await asyncio.gather(*(runtime.send(key, "go") for key in keys))
    await asyncio.gather(runtime.work(world.clock()), other.work(world.clock()))
    await asyncio.gather(runtime.work(world.clock()), other.work(world.clock()))
    assert len(counting.asked) == 20
    assert len({asked.headers["idempotency-key"] for asked in counting.asked}) == 20
    for key in keys:
        (said,) = texts(*await runtime.read(key, after=2))
        assert '"asked":1' in said
        assert (await runtime.session(key)).revision == 3


async def test_an_engine_may_be_left_out(world: World) -> None:
    runtime, session = await world.started(chart_of(), engine=None)
    await runtime.send(session.key, "go")
    assert await runtime.work(world.clock()) == 0
    assert (await runtime.session(session.key)).awaiting is not None


async def test_an_engine_carries_out_no_more_at_once_than_it_may() -> None:
    running = most = 0

    async def busy(_order: Order) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    def engine(host: Any) -> InProcessEngine:
        return InProcessEngine(host, at_once=3)

    async with Runtime(MemoryStore(), handlers={"work": busy}, engine=engine) as runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        keys = [(await runtime.start("flow")).key for _ in range(10)]
        await asyncio.gather(*(runtime.send(key, "go", settle=5) for key in keys))
    assert most == 3


async def test_work_that_nobody_wants_any_more_does_not_hold_up_the_rest(world: World) -> None:
    worker = Worker("done")

    def engine(host: Any) -> InProcessEngine:
        return InProcessEngine(host, at_once=2)

    runtime, _ = await world.started(chart_of(), handlers={"work": worker}, engine=engine)
    keys = [(await runtime.start("flow")).key for _ in range(5)]
    for key in keys:
        await runtime.send(key, "go")
        world.clock.advance(1)
    for key in keys[:4]:
        await runtime.send(key, Event("give.up"))
    assert await runtime.work(world.clock()) == 1
    assert [order.key for order in worker.orders] == [keys[4]]


async def test_a_result_that_is_being_brought_is_not_given_up_when_the_runtime_stops() -> None:
    store = Slow()
    runtime = Runtime(store, handlers={"work": Worker("done")})
    async with runtime:
        await runtime.publish(release(chart_of()), flow="flow")
        key = (await runtime.start("flow")).key
        await runtime.send(key, "go")
        store.slow = True
        await asyncio.wait_for(store.begun.wait(), 5)
    assert texts(*await runtime.read(key, after=2)) == ["got done"]
    later = runtime.clock() + LEASE + 1
    assert await store.claim("t", later, held_until=later + 1) == (), "the row is finished"


class Slow(MemoryStore):
    """A store that takes its time to commit."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.begun = asyncio.Event()

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        if self.slow:
            self.begun.set()
            await asyncio.sleep(0.05)
        return await super().commit(turns)
