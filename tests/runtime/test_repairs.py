"""Repairs: each is a turn with a row in the history, and is made once."""

from __future__ import annotations

import pytest

from statewright.errors import EffectFailed, InvalidEvent, UnknownRevision, UnsuitableRepair
from statewright.expressions import Literal
from statewright.runtime import Order, Standing, VirtualClock
from statewright.statechart import Datum, State, Statechart, StateKind
from statewright.statechart.actions import Assign, Say, Send
from statewright.storage.records import SessionKey
from tests.runtime.worlds import NOW, Meddled, World, caller, counter, sleeper, texts
from tests.statechart.building import atom, cel, to

pytestmark = pytest.mark.anyio


def fragile(alarm: int = 10**12) -> Statechart:
    """Fails when it hears `fail`, unless it is brave; says what it hears otherwise, and `ring`."""
    return Statechart(
        "fragile",
        (
            atom(
                "listening",
                to("broken", on="message", when="input == 'fail' && !brave"),
                to(on="message", do=Say(cel("'heard ' + string(input)"))),
                to(on="alarm", do=Say(Literal("ring"))),
                entry=((Send("alarm", delay=Literal(alarm)),),),
            ),
            State("broken", StateKind.FINAL, outcome="error", failed=True),
        ),
        data=(Datum("brave", "bool", Literal(False)),),
    )


async def crm(order: Order) -> str:
    return order.id


async def test_a_failed_session_goes_on_from_its_last_good_revision(world: World) -> None:
    runtime, session = await world.started(fragile())
    await runtime.send(session.key, "hi")
    assert (await runtime.send(session.key, "fail")).status == "failed"
    answer = await runtime.repairs.resume(session.key, {"brave": True}, message_id="r")
    assert (answer.status, answer.revision, answer.data) == ("active", 4, {"brave": True})
    assert (await runtime.repairs.resume(session.key, message_id="r")).text == answer.text
    assert texts(await runtime.send(session.key, "fail")) == ["heard fail"]
    assert (await runtime.replay(session.key)).differences == ()
    assert [turn.message for turn in await runtime.store.history(session.key)][3] == "r"


def forgetful() -> Statechart:
    """Counts what it hears, and fails when it hears `fail`."""
    return Statechart(
        "forgetful",
        (
            atom(
                "listening",
                to("broken", on="message", when="input == 'fail'"),
                to(on="message", do=Assign(("count",), cel("count + 1"))),
            ),
            State("broken", StateKind.FINAL, failed=True),
        ),
        data=(Datum("count", "int", Literal(0)),),
    )


async def test_of_two_that_resume_a_session_none_takes_back_what_came_between() -> None:
    store = Meddled()
    world = World(lambda: store, VirtualClock(NOW))
    runtime, session = await world.started(forgetful())
    other = await world.worker()
    await runtime.send(session.key, "fail")

    async def meddle() -> None:
        await other.repairs.resume(session.key)
        await other.send(session.key, "hi")
        await other.send(session.key, "fail")

    store.meddle = meddle
    answer = await runtime.repairs.resume(session.key)
    assert answer.data == {"count": 1}
    assert (await runtime.replay(session.key)).differences == ()


async def test_a_session_is_not_woken_while_a_message_waits_that_begins_the_next_one(
    world: World,
) -> None:
    runtime, session = await world.started(forgetful())
    await runtime.send(session.key, "fail")
    drain, runtime._inbox._drain = runtime._inbox._drain, _nothing
    received = await runtime.receive("flow", "hi", conversation="c", message_id="m")
    await runtime._inbox.close()
    with pytest.raises(UnsuitableRepair, match="begins another session"):
        await runtime.repairs.resume(session.key)
    runtime._inbox._drain = drain
    assert received.key != session.key


async def _nothing(_key: SessionKey, _now: int) -> int:
    return 0


async def test_only_what_has_failed_is_resumed(world: World) -> None:
    runtime, session = await world.started(counter())
    with pytest.raises(UnsuitableRepair, match="goes on"):
        await runtime.repairs.resume(session.key)
    await runtime.end(session.key)
    with pytest.raises(UnsuitableRepair, match="has completed"):
        await runtime.repairs.resume(session.key)


async def test_a_resume_that_does_not_fit_changes_nothing(world: World) -> None:
    runtime, session = await world.started(fragile())
    await runtime.send(session.key, "fail")
    with pytest.raises(InvalidEvent, match="no variable"):
        await runtime.repairs.resume(session.key, {"nothing": 1})
    assert (await runtime.session(session.key)).revision == 2


async def test_what_failed_at_once_is_not_resumed(world: World) -> None:
    chart = Statechart("broken", (State("broken", StateKind.FINAL, failed=True),))
    runtime, session = await world.started(chart)
    with pytest.raises(UnknownRevision, match="start another one"):
        await runtime.repairs.resume(session.key)


async def test_a_session_is_not_woken_beside_its_successor(world: World) -> None:
    runtime, session = await world.started(fragile())
    await runtime.send(session.key, "fail")
    later = await runtime.start("flow", conversation="c")
    with pytest.raises(UnsuitableRepair, match=later.key.session):
        await runtime.repairs.resume(session.key)
    await runtime.end(later.key)
    assert (await runtime.repairs.resume(session.key)).status == "active"


async def test_a_resumed_session_keeps_its_deadline(world: World) -> None:
    runtime, session = await world.started(fragile(60_000_000))
    due = (await runtime.session(session.key)).due_at
    world.clock.advance(10)
    await runtime.send(session.key, "fail")
    assert (await runtime.session(session.key)).due_at is None
    world.clock.advance(100)
    await runtime.repairs.resume(session.key)
    assert (await runtime.session(session.key)).due_at == due
    await runtime.sweep(world.clock())
    assert texts(*await runtime.read(session.key, after=3)) == ["ring"]
    assert (await runtime.replay(session.key)).differences == ()


async def test_work_is_asked_for_again_under_a_new_id(world: World) -> None:
    asked: list[str] = []

    async def flaky(order: Order) -> str:
        asked.append(order.id)
        if len(asked) == 1:
            raise EffectFailed("away", "not now", transient=True)
        return "there"

    chart = caller(cel("{'retries': 3}"), type_="crm")
    runtime, session = await world.started(chart, handlers={"crm": flaky})
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    answer = await runtime.repairs.retry(session.key, message_id="again")
    assert [effect["kind"] for effect in answer.effects] == ["cancel", "invoke"]
    same = await runtime.repairs.retry(session.key, message_id="again")
    assert same.text == answer.text
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=3)) == ["got there"]
    await runtime.work(world.clock.advance(60))
    assert len(asked) == len(set(asked)) == 2
    assert (await runtime.replay(session.key)).differences == ()


async def test_work_is_skipped_as_a_failure_or_with_a_result(world: World) -> None:
    chart = caller(cel("{}"), type_="crm")
    runtime, session = await world.started(chart, handlers={"crm": crm})
    await runtime.send(session.key, "go")
    answer = await runtime.repairs.skip(session.key, message_id="s")
    assert texts(answer) == ["skipped"]
    assert (await runtime.repairs.skip(session.key, message_id="s")).text == answer.text
    await runtime.send(session.key, "go")
    answer = await runtime.repairs.skip(session.key, "", 42, failed=False)
    assert texts(answer) == ["got 42"]
    await runtime.work(world.clock())
    assert (await runtime.session(session.key)).revision == 5, "what was skipped is not done"
    assert (await runtime.replay(session.key)).differences == ()


async def test_work_that_nobody_waits_for_is_neither_retried_nor_skipped(world: World) -> None:
    chart = caller(cel("{}"), type_="crm")
    runtime, session = await world.started(chart)
    for repair in (runtime.repairs.retry, runtime.repairs.skip):
        with pytest.raises(UnsuitableRepair, match="waits for no work"):
            await repair(session.key)
    await runtime.send(session.key, "go")
    for repair in (runtime.repairs.retry, runtime.repairs.skip):
        with pytest.raises(UnsuitableRepair, match="does not wait for `other`"):
            await repair(session.key, "other")
    await runtime.end(session.key)
    with pytest.raises(UnsuitableRepair, match="it has completed"):
        await runtime.repairs.skip(session.key)


async def test_sessions_are_listed_by_how_they_stand(world: World) -> None:
    runtime, failed = await world.started(fragile())
    await runtime.send(failed.key, "fail")
    ended = (await runtime.start("flow")).key
    await runtime.end(ended)
    talking = (await runtime.start("flow")).key
    overview = runtime.overview
    found = {one.session.key: one.standing for one in (await overview.page("default")).sessions}
    assert found == {
        failed.key: Standing.FAILED,
        ended: Standing.COMPLETED,
        talking: Standing.WORKING,
    }
    for standing, key in (("failed", failed.key), ("completed", ended), ("working", talking)):
        page = await overview.page("default", standing=Standing(standing))
        assert [one.session.key for one in page.sessions] == [key]
        assert page.next == ""
    page = await overview.page("default", limit=2)
    rest = await overview.page("default", limit=2, after=page.next)
    assert len(page.sessions) + len(rest.sessions) == 3
    assert (await overview.page("default", flow="other")).sessions == ()


async def test_a_session_says_what_it_waits_for_and_when_it_is_stuck(world: World) -> None:
    chart = caller(cel("{}"), type_="crm")
    runtime, session = await world.started(chart, handlers={"crm": crm})
    await runtime.send(session.key, "go")
    working = await runtime.overview.one(session.key)
    assert working is not None
    assert (working.standing, working.reason) == (Standing.WORKING, "for `crm` at `calling`")
    fork = await runtime.past.fork(session.key, 2, message=None)
    (stuck,) = (await runtime.overview.page("default", standing=Standing.STUCK)).sessions
    assert stuck.session.key == fork.key
    assert "which nobody does; retry or skip it" in stuck.reason
    await runtime.repairs.retry(fork.key)
    assert (await runtime.overview.page("default", standing=Standing.STUCK)).sessions == ()


async def test_what_nobody_sees_to_is_stuck(world: World) -> None:
    runtime, session = await world.started(sleeper(50_000_000))
    world.clock.advance(120)
    one = await runtime.overview.one(session.key)
    assert one is not None
    assert (one.standing, one.reason[:10]) == (Standing.STUCK, "a deadline")
    await runtime.sweep(world.clock())
    one = await runtime.overview.one(session.key)
    assert one is not None
    assert one.standing is Standing.WORKING
