"""What every engine promises; see ``statewright.runtime.effects.engine``.

A law is given a bench: data, a clock that stands still, and an engine. What runs in the background
is waited for; all else is carried out by ``work`` at the time that the clock shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from statewright.errors import EffectFailed, FailureKind
from statewright.expressions import Literal
from statewright.runtime import Order, Runtime, Started
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.engine import LEASE, LENT, Engine, Host
from statewright.runtime.effects.limits import Limits, Rate
from statewright.runtime.operations.letters import Letters
from statewright.statechart import Event, Statechart
from tests.runtime.worlds import World, caller, counter, release, texts

WORK = caller(Literal({"topic": "cats"}), type_="work")
AGAIN = EffectFailed("connect", "no connection", transient=True)
KEPT_OUT = EffectFailed("status", "not let in", kind=FailureKind.AUTHENTICATION)
BUSY = EffectFailed("status", "too many", kind=FailureKind.RATE_LIMIT, wait=7 * SECOND)
WRONG = EffectFailed("request", "it is none")


@dataclass
class Bench:
    """What a law is tried on.

    Attributes:
        world: data, and workers that share them.
        engine: makes the engine that is tried.
        log: what was logged.
    """

    world: World
    engine: Callable[[Host], Engine]
    log: pytest.LogCaptureFixture

    async def started(self, chart: Statechart, **options: Any) -> tuple[Runtime, Started]:
        """A worker with the engine, and a session."""
        return await self.world.started(chart, engine=self.engine, **options)

    async def worked(self, runtime: Runtime, after: float = 0.0) -> int:
        """Let time pass, and carry out what is due then."""
        return await runtime.work(self.world.clock.advance(after))


class Doer:
    """Does work: each try has its outcome, the last one for ever."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.orders: list[Order] = []

    async def __call__(self, order: Order) -> Any:
        self.orders.append(order)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class Vault:
    """Secrets that can be looked up anew."""

    def __init__(self) -> None:
        self.refreshed = 0

    def __call__(self, _tenant: str, _name: str) -> str:
        return ""

    async def refresh(self, _tenant: str) -> None:
        self.refreshed += 1


async def a_result_comes_back_as_one_message_whose_id_is_made_of_that_of_the_request(
    bench: Bench,
) -> None:
    doer = Doer("done")
    runtime, session = await bench.started(WORK, handlers={"work": doer})
    asked = await runtime.send(session.key, "go")
    assert await bench.worked(runtime) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got done"]
    assert [order.id for order in doer.orders] == [asked.effects[0]["id"]]
    (turn,) = await runtime.store.history(session.key, after=2)
    assert turn.message == f"{doer.orders[0].id}:result"
    assert await bench.worked(runtime, 3600) == 0


async def each_of_many_requests_is_carried_out_under_an_id_of_its_own(bench: Bench) -> None:
    doer = Doer("done")
    runtime, _ = await bench.started(WORK, handlers={"work": doer})
    keys = [(await runtime.start("flow")).key for _ in range(20)]
    await asyncio.gather(*(runtime.send(key, "go") for key in keys))
    while await bench.worked(runtime):
        pass
    assert len(doer.orders) == len({order.id for order in doer.orders}) == 20
    assert {(await runtime.session(key)).revision for key in keys} == {3}


async def tries_have_one_id_and_come_after_their_waits(bench: Bench) -> None:
    doer = Doer(AGAIN, AGAIN, "at last")
    runtime, session = await bench.started(WORK, handlers={"work": doer})
    await runtime.send(session.key, "go")
    assert await bench.worked(runtime) == 1
    assert await bench.worked(runtime) == 0, "not at once"
    assert await bench.worked(runtime, 1) == 1
    assert await bench.worked(runtime, 1) == 0, "longer each time"
    assert await bench.worked(runtime, 1) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got at last"]
    assert [order.attempt for order in doer.orders] == [1, 2, 3]
    assert len({order.id for order in doer.orders}) == 1


async def what_passes_is_tried_three_times_more(bench: Bench) -> None:
    await _tried(bench, AGAIN, times=4, said="connect")


async def who_asks_too_much_waits_as_long_as_they_are_told(bench: Bench) -> None:
    doer = Doer(BUSY, "at last")
    runtime, session = await bench.started(WORK, handlers={"work": doer})
    await runtime.send(session.key, "go")
    await bench.worked(runtime)
    assert await bench.worked(runtime, 6.9) == 0
    assert await bench.worked(runtime, 0.1) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got at last"]


async def who_is_not_let_in_tries_once_more_with_secrets_looked_up_anew(bench: Bench) -> None:
    vault = Vault()
    await _tried(bench, KEPT_OUT, times=2, said="status", secrets=vault)
    assert vault.refreshed == 1


async def who_is_not_let_in_after_other_failures_tries_once_more_all_the_same(
    bench: Bench,
) -> None:
    doer = Doer(AGAIN, AGAIN, AGAIN, KEPT_OUT, "inside")
    runtime, session = await bench.started(WORK, handlers={"work": doer}, secrets=Vault())
    await runtime.send(session.key, "go")
    for _ in range(5):
        await bench.worked(runtime, 60)
    assert len(doer.orders) == 5
    assert texts(*await runtime.read(session.key, after=2)) == ["got inside"]


async def what_somebody_has_to_change_first_is_not_tried_again(bench: Bench) -> None:
    await _tried(bench, WRONG, times=1, said="request")


async def _tried(
    bench: Bench, failure: EffectFailed, *, times: int, said: str, **options: Any
) -> None:
    doer = Doer(failure)
    runtime, session = await bench.started(WORK, handlers={"work": doer}, **options)
    await runtime.send(session.key, "go")
    for _ in range(times + 1):
        await bench.worked(runtime, 60)
    assert len(doer.orders) == times
    assert len({order.id for order in doer.orders}) == 1
    assert texts(*await runtime.read(session.key, after=2)) == [said]


async def what_has_failed_for_good_is_a_dead_letter_that_can_be_sent_again(bench: Bench) -> None:
    doer = Doer(WRONG, None)
    runtime, session = await bench.started(counter(), handlers={"ledger": doer})
    await runtime.send(session.key, "a")
    await bench.worked(runtime)
    letters = Letters(runtime.store, runtime.clock, runtime.repairs)
    (dead,) = await letters.dead("default")
    assert (dead.code, dead.entry.request.key) == ("request", doer.orders[0].id)
    assert await bench.worked(runtime, 3600) == 0
    await letters.retry("default", [dead.entry.request.key])
    assert await bench.worked(runtime) == 1
    assert await letters.dead("default") == ()
    assert len(doer.orders) == 2
    assert len({order.id for order in doer.orders}) == 1


async def what_is_sent_on_a_stream_is_carried_out_in_its_order(bench: Bench) -> None:
    doer = Doer(AGAIN, None)
    runtime, session = await bench.started(counter(), handlers={"ledger": doer})
    for said in ("a", "b", "c"):
        await runtime.send(session.key, said)
    for _ in range(8):
        await bench.worked(runtime, 60)
    counts = [order.data["data"]["count"] for order in doer.orders]
    assert counts == [1, 1, 2, 3], "the first one is tried again before the next"


async def work_that_nobody_waits_for_is_not_begun(bench: Bench) -> None:
    doer = Doer("done")
    runtime, session = await bench.started(WORK, handlers={"work": doer})
    await runtime.send(session.key, "go")
    await runtime.send(session.key, Event("give.up"))
    assert await bench.worked(runtime) == 0
    assert await bench.worked(runtime, 3600) == 0
    assert doer.orders == []


async def a_result_that_nobody_waits_for_is_logged_and_changes_nothing(bench: Bench) -> None:
    given_up: list[str] = []

    async def slow(order: Order) -> str:
        other = await bench.world.worker(engine=None)
        await other.send(order.key, Event("give.up"))
        given_up.append(order.id)
        return "too late"

    runtime, session = await bench.started(WORK, handlers={"work": slow})
    await runtime.send(session.key, "go")
    with bench.log.at_level(logging.INFO):
        assert await bench.worked(runtime) == 1
    assert (await runtime.session(session.key)).revision == 3
    assert texts(*await runtime.read(session.key, after=2)) == ["never mind"]
    assert f"the result of {given_up[0]} is stale" in bench.log.text
    assert await bench.worked(runtime, 3600) == 0, "the row is finished"


async def work_is_given_up_when_its_state_is_left(bench: Bench) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(_order: Order) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    runtime, session = await bench.started(WORK, handlers={"work": endless})
    await runtime.send(session.key, "go")
    working = asyncio.create_task(bench.worked(runtime))
    async with asyncio.timeout(20):
        await begun.wait()
        await runtime.send(session.key, Event("give.up"))
        await ended.wait()
        await working


async def what_a_dead_worker_had_is_taken_over_when_its_lease_ends(bench: Bench) -> None:
    doer = Doer("done")
    runtime, session = await bench.started(WORK, handlers={"work": doer})
    await runtime.send(session.key, "go")
    now = bench.world.clock()
    (lost,) = await runtime.store.claim("dead", now, held_until=now + LEASE)
    assert await bench.worked(runtime) == 0
    assert await bench.worked(runtime, LEASE / SECOND) == 1
    assert [order.id for order in doer.orders] == [lost.request.key]
    assert texts(*await runtime.read(session.key, after=2)) == ["got done"]


async def a_result_that_was_brought_before_a_crash_is_not_asked_for_again(bench: Bench) -> None:
    doer = Doer("done", "twice")
    runtime, session = await bench.started(WORK, handlers={"work": doer})
    await runtime.send(session.key, "go")

    async def crash(_settlements: Any) -> tuple[bool, ...]:
        return (False,)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runtime.store, "finish", crash)
        await bench.worked(runtime)
    await bench.worked(runtime, LEASE / SECOND + 1)
    assert len(doer.orders) == 1
    assert (await runtime.session(session.key)).revision == 3
    assert await bench.worked(runtime, 3600) == 0


async def a_request_that_kills_who_makes_it_fails_for_good(bench: Bench) -> None:
    doer = Doer("never")
    runtime, session = await bench.started(
        caller(Literal({"retries": 0}), type_="work"), handlers={"work": doer}
    )
    await runtime.send(session.key, "go")
    for _ in range(LENT + 1):
        now = bench.world.clock.advance(1)
        assert await runtime.store.claim("dies", now, held_until=now + 1)
    assert await bench.worked(runtime, 1) == 1
    assert doer.orders == []
    assert texts(*await runtime.read(session.key, after=2)) == ["abandoned"]


async def what_was_begun_is_given_back_at_once_when_the_engine_is_closed(bench: Bench) -> None:
    begun = asyncio.Event()

    async def endless(_order: Order) -> None:
        begun.set()
        await asyncio.sleep(60)

    runtime, session = await bench.started(WORK, handlers={"work": endless})
    await runtime.send(session.key, "go")
    async with asyncio.timeout(20):
        async with Runtime(
            bench.world.store(), handlers={"work": endless}, engine=bench.engine, poll=0.05
        ):
            await begun.wait()
        doer = Doer("done")
        async with Runtime(
            bench.world.store(), handlers={"work": doer}, engine=bench.engine, poll=0.05
        ) as other:
            async for answer in other.subscribe(session.key, after=2):
                assert texts(answer) == ["got done"]
                break
    assert [order.attempt for order in doer.orders] == [2], "what was begun may have been done"


async def requests_keep_to_their_limits_and_waiting_is_no_try(bench: Bench) -> None:
    doer = Doer("done")
    runtime, _ = await bench.started(
        caller(Literal({"retries": 0}), type_="work"),
        handlers={"work": doer},
        limits=Limits(tenant=Rate(2, 10 * SECOND)),
    )
    keys = [(await runtime.start("flow")).key for _ in range(6)]
    for key in keys:
        await runtime.send(key, "go")
    done = []
    for _ in range(6):
        while await bench.worked(runtime):
            pass
        done.append(len(doer.orders))
        bench.world.clock.advance(5)
    assert done == [2, 2, 3, 4, 5, 6]
    assert {order.attempt for order in doer.orders} == {1}
    assert {(await runtime.session(key)).revision for key in keys} == {3}


async def what_is_published_in_the_background_is_carried_out_without_being_asked(
    bench: Bench,
) -> None:
    doer = Doer("done")
    async with Runtime(
        bench.world.store(), handlers={"work": doer}, engine=bench.engine, poll=0.05
    ) as runtime:
        await runtime.publish(release(WORK), flow="flow")
        key = (await runtime.start("flow")).key
        answer = await runtime.send(key, "go", settle=20)
    assert texts(answer) == ["one moment", "got done"]


LAWS = (
    a_result_comes_back_as_one_message_whose_id_is_made_of_that_of_the_request,
    each_of_many_requests_is_carried_out_under_an_id_of_its_own,
    tries_have_one_id_and_come_after_their_waits,
    what_passes_is_tried_three_times_more,
    who_asks_too_much_waits_as_long_as_they_are_told,
    who_is_not_let_in_tries_once_more_with_secrets_looked_up_anew,
    who_is_not_let_in_after_other_failures_tries_once_more_all_the_same,
    what_somebody_has_to_change_first_is_not_tried_again,
    what_has_failed_for_good_is_a_dead_letter_that_can_be_sent_again,
    what_is_sent_on_a_stream_is_carried_out_in_its_order,
    work_that_nobody_waits_for_is_not_begun,
    a_result_that_nobody_waits_for_is_logged_and_changes_nothing,
    work_is_given_up_when_its_state_is_left,
    what_a_dead_worker_had_is_taken_over_when_its_lease_ends,
    a_result_that_was_brought_before_a_crash_is_not_asked_for_again,
    a_request_that_kills_who_makes_it_fails_for_good,
    what_was_begun_is_given_back_at_once_when_the_engine_is_closed,
    requests_keep_to_their_limits_and_waiting_is_no_try,
    what_is_published_in_the_background_is_carried_out_without_being_asked,
)
