"""Live sessions that go on in another version of their flow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from statewright.errors import StorageUnavailable, UnknownPublication
from statewright.expressions import Literal
from statewright.runtime import Order, Runtime, VirtualClock
from statewright.runtime.operations.migrating import Migration
from statewright.statechart import Datum, Invoke, State, Statechart
from statewright.statechart.actions import Assign, Say
from statewright.statechart.migration.plan import Plan
from statewright.storage import MemoryStore
from statewright.storage.records import Outcome, SessionKey, Turn
from tests.runtime.worlds import NOW, Meddled, World, counter, release, sleeper, texts
from tests.statechart.building import atom, cel, final, text, to

pytestmark = pytest.mark.anyio

TENANT = "default"


def greeter(word: str, *, place: str = "wait") -> Statechart:
    """Counts messages, and answers with a word and the number."""
    says = (Assign(("count",), cel("count + 1")), Say(text(word + " {{ count }}")))
    return Statechart(
        "greeter",
        (atom(place, to(place, on="message", do=says), to("bye", on="leave")), final("bye")),
        data=(Datum("count", "int", Literal(0)),),
    )


async def published(world: World, *charts: Statechart, **options: Any) -> Runtime:
    runtime = await world.worker(**options)
    for chart in charts:
        await runtime.publish(release(chart), flow="flow")
    return runtime


async def begun(runtime: Runtime, *, version: int = 1, talks: int = 1) -> list[SessionKey]:
    return [
        (await runtime.start("flow", conversation=f"c{number}", version=version)).key
        for number in range(talks)
    ]


def counts(result: Migration) -> dict[str, int]:
    assert result.failed == {}
    ways = ("moved", "restarted", "pinned", "stays")
    return {way: number for way in ways if (number := result.count(way))}


async def test_sessions_stay_on_their_release_until_they_are_migrated(world: World) -> None:
    runtime = await published(world, greeter("hello"), greeter("good day"))
    (key,) = await begun(runtime)
    assert texts(await runtime.send(key, "x")) == ["hello 1"]
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2)) == {"moved": 1}
    assert (await runtime.session(key)).version == 2
    assert texts(await runtime.send(key, "x")) == ["good day 2"]
    assert (await runtime.replay(key)).differences == ()
    assert [past.version for past in await runtime.store.history(key)] == [1, 1, 2, 2]
    assert (await runtime.past.at(key, 2)).version == 1


async def test_a_survey_says_what_would_become_and_changes_nothing(world: World) -> None:
    runtime = await published(world, greeter("hello"))
    keys = await begun(runtime, talks=3)
    await runtime.send(keys[0], "x")
    before = [await runtime.session(key) for key in keys]
    gone = greeter("good day", place="elsewhere")
    result = await runtime.migrations.survey(TENANT, "flow", 1, gone)
    ((fate, number),) = result.fates.items()
    assert (fate.rests, fate.goes_on, number) == (("wait",), "stays", 3)
    assert [one.code for one in fate.hindrances] == ["V901"]
    plan = Plan(states={"wait": "elsewhere"})
    assert counts(await runtime.migrations.survey(TENANT, "flow", 1, gone, plan)) == {"moved": 3}
    assert [await runtime.session(key) for key in keys] == before


async def test_those_that_cannot_go_on_stay_and_work(world: World) -> None:
    runtime = await published(world, greeter("hello"), greeter("good day", place="elsewhere"))
    (key,) = await begun(runtime)
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2)) == {"stays": 1}
    assert texts(await runtime.send(key, "x")) == ["hello 1"]


async def test_only_live_sessions_of_that_version_are_moved(world: World) -> None:
    runtime = await published(world, greeter("one"), greeter("two"), greeter("three"))
    first, over = await begun(runtime, talks=2)
    second = (await runtime.start("flow", conversation="d", version=2)).key
    await runtime.end(over)
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 3)) == {"moved": 1}
    found = [(await runtime.session(key)).version for key in (first, over, second)]
    assert found == [3, 1, 2]
    with pytest.raises(UnknownPublication):
        await runtime.migrations.migrate(TENANT, "flow", 1, 9)


async def test_a_migration_that_is_run_again_finds_nothing_to_do(world: World) -> None:
    runtime = await published(world, greeter("one"), greeter("two"))
    (key,) = await begun(runtime)
    await runtime.migrations.migrate(TENANT, "flow", 1, 2)
    revision = (await runtime.session(key)).revision
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2)) == {}
    assert (await runtime.session(key)).revision == revision


async def test_two_that_migrate_at_once_move_each_session_once(world: World) -> None:
    runtime = await published(world, greeter("one"), greeter("two"))
    other = await world.worker()
    keys = await begun(runtime, talks=20)
    results = await asyncio.gather(
        *(one.migrations.migrate(TENANT, "flow", 1, 2) for one in (runtime, other))
    )
    assert sum(one.count("moved") for one in results) == 20
    assert [(await runtime.session(key)).revision for key in keys] == [2] * 20


async def test_a_session_that_has_a_turn_in_between_is_moved_behind_it() -> None:
    store = Meddled()
    world = World(lambda: store, VirtualClock(NOW))
    runtime = await published(world, greeter("one"), greeter("two"))
    (key,) = await begun(runtime)

    async def meddle() -> None:
        await runtime.send(key, "x")

    store.meddle = meddle
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2)) == {"moved": 1}
    assert texts(await runtime.send(key, "x")) == ["two 2"]
    assert (await runtime.replay(key)).differences == ()
    await world.close()


async def test_messages_that_wait_are_handled_by_the_new_version(world: World) -> None:
    runtime = await published(world, greeter("one"), greeter("two"))
    (key,) = await begun(runtime)
    await runtime.accept(key, "x", message_id="m")
    await runtime.migrations.migrate(TENANT, "flow", 1, 2)
    assert texts(await runtime.send(key, "y")) == ["two 2"]
    assert (await runtime.session(key)).revision == 4


async def test_deadlines_are_kept(world: World) -> None:
    runtime = await published(world, sleeper(60_000_000), sleeper(90_000_000))
    (key,) = await begun(runtime)
    due = (await runtime.session(key)).due_at
    world.clock.advance(10)
    await runtime.migrations.migrate(TENANT, "flow", 1, 2)
    assert (await runtime.session(key)).due_at == due
    await runtime.sweep(world.clock.advance(51))
    assert texts(*await runtime.read(key)) == ["tick"]


async def test_a_state_that_is_entered_anew_says_what_it_says(world: World) -> None:
    new = greeter("two", place="elsewhere")
    asks = replace(new.states[0], entry=((Say(text("Well?")),),))
    runtime = await published(world, greeter("one"), replace(new, states=(asks, new.states[1])))
    (key,) = await begun(runtime)
    plan = Plan(restarts={"wait": "elsewhere"})
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)) == {"restarted": 1}
    assert texts(*await runtime.read(key)) == ["Well?"]
    assert (await runtime.replay(key)).differences == ()


async def test_rolled_back_sessions_stand_where_they_stood(world: World) -> None:
    runtime = await published(world, greeter("one"), greeter("two", place="elsewhere"))
    still, went_on, new = await begun(runtime, talks=3)
    await runtime.send(still, "x")
    plan = Plan(states={"wait": "elsewhere"})
    before = (await runtime.past.at(still, 2)).snapshot
    await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)
    own = (await runtime.start("flow", conversation="own", version=2)).key
    await runtime.send(went_on, "x")
    result = await runtime.migrations.roll_back(TENANT, "flow", 1, 2, plan)
    assert counts(result) == {"moved": 3}
    snapshot = (await runtime.past.at(still, 4)).snapshot
    assert replace(snapshot, turns=before.turns) == before
    assert texts(await runtime.send(went_on, "x")) == ["one 2"]
    assert (await runtime.session(own)).version == 2
    for key in (still, went_on, new):
        assert (await runtime.replay(key)).differences == ()
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)) == {"moved": 3}


async def test_a_session_that_cannot_be_read_is_no_reason_to_stop_the_others() -> None:
    store = MemoryStore()
    world = World(lambda: store, VirtualClock(NOW))
    runtime = await published(world, greeter("one"), greeter("two"))
    bad, good = await begun(runtime, talks=2)
    store._snapshots[bad] = "{}"
    result = await runtime.migrations.migrate(TENANT, "flow", 1, 2)
    assert list(result.failed) == [bad.session]
    assert (await runtime.session(good)).version == 2
    await world.close()


async def test_yesterdays_conversation_is_compared_across_a_migration(world: World) -> None:
    runtime = await published(world, counter(), counter())
    (key,) = await begun(runtime)
    await runtime.send(key, "hi")
    await runtime.migrations.migrate(TENANT, "flow", 1, 2)
    await runtime.send(key, "ho")
    assert (await runtime.past.compare(key, counter())).divergence is None


def asker(place: str, then: str = "{{ event.data }}") -> Statechart:
    """Asks a CRM at once, and says what it answers; hears messages elsewhere."""
    call = State(
        place,
        transitions=(to("over", on=f"done.invoke.{place}", do=Say(text(then))),),
        invocations=(Invoke(place, "crm", cel("{}")),),
    )
    return Statechart("asker", (call, atom("idle", to(on="message")), final("over")))


async def test_the_answer_to_a_request_is_heard_where_its_place_has_another_name(
    world: World,
) -> None:
    calls: list[str] = []

    async def crm(order: Order) -> str:
        calls.append(order.id)
        return "17"

    runtime = await published(world, asker("call"), asker("fetch"), handlers={"crm": crm})
    (key,) = await begun(runtime)
    plan = Plan(states={"call": "fetch"})
    await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)
    await runtime.work(world.clock())
    assert texts(*await runtime.read(key)) == ["17"]
    assert len(calls) == 1
    assert (await runtime.replay(key)).differences == ()


async def test_work_that_was_given_up_is_asked_for_again_when_that_is_taken_back(
    world: World,
) -> None:
    async def crm(_order: Order) -> str:
        return "17"

    new = asker("call", "other")
    runtime = await published(world, asker("call"), new, handlers={"crm": crm})
    (key,) = await begun(runtime)
    plan = Plan(restarts={"call": "idle"})
    assert counts(await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)) == {"restarted": 1}
    await runtime.work(world.clock())
    await runtime.migrations.roll_back(TENANT, "flow", 1, 2, plan)
    await runtime.work(world.clock())
    assert texts(*await runtime.read(key)) == ["17"]
    assert (await runtime.replay(key)).differences == ()


class Dying(MemoryStore):
    """A store whose caller dies just after what it asked for was committed."""

    dying = False

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        outcomes = await super().commit(turns)
        if self.dying:
            self.dying = False
            raise StorageUnavailable("the process was killed")
        return outcomes


async def test_whoever_dies_after_moving_a_session_has_asked_for_its_work_again() -> None:
    async def crm(_order: Order) -> str:
        return "17"

    store = Dying()
    world = World(lambda: store, VirtualClock(NOW))
    new = asker("call", "other")
    runtime = await published(world, asker("call"), new, handlers={"crm": crm})
    (key,) = await begun(runtime)
    plan = Plan(restarts={"call": "idle"})
    await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)
    await runtime.work(world.clock())
    store.dying = True
    with pytest.raises(StorageUnavailable):
        await runtime.migrations.roll_back(TENANT, "flow", 1, 2, plan)
    await runtime.work(world.clock())
    assert texts(*await runtime.read(key)) == ["17"]
    assert (await runtime.replay(key)).differences == ()


async def test_deadlines_of_what_is_entered_anew_are_counted_from_then(world: World) -> None:
    runtime = await published(world, sleeper(10_000_000), sleeper(60_000_000))
    (key,) = await begun(runtime)
    world.clock.advance(5)
    (place,) = (await runtime.past.at(key, 1)).snapshot.configuration
    plan = Plan(restarts={place: place})
    world.clock.advance(100)
    await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)
    assert (await runtime.session(key)).due_at == world.clock() + 60_000_000


async def test_a_session_that_would_fail_where_it_is_to_go_stays(world: World) -> None:
    failing = greeter("two", place="elsewhere")
    bad = replace(failing.states[0], transitions=(to("broken"),))
    end = final("broken", failed=True)
    new = replace(failing, states=(bad, failing.states[1], end))
    runtime = await published(world, greeter("one"), new)
    (key,) = await begun(runtime)
    plan = Plan(restarts={"wait": "elsewhere"})
    for look in (
        runtime.migrations.survey(TENANT, "flow", 1, new, plan),
        runtime.migrations.migrate(TENANT, "flow", 1, 2, plan),
    ):
        ((fate, _),) = (await look).fates.items()
        assert (fate.goes_on, fate.hindrances[0].code) == ("stays", "V904")
    assert texts(await runtime.send(key, "x")) == ["one 1"]


async def test_a_session_that_is_led_to_an_end_is_said_to_end(world: World) -> None:
    runtime = await published(world, greeter("one"), greeter("two"))
    (key,) = await begun(runtime)
    plan = Plan(restarts={"wait": "bye"})
    assert (await runtime.migrations.migrate(TENANT, "flow", 1, 2, plan)).count("ended") == 1
    assert (await runtime.session(key)).status == "completed"
