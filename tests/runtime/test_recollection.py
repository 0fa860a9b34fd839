"""What a process remembers of sessions spares loads, and changes nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from statewright.errors import CorruptedSession, InvalidEvent, RevisionConflict, SessionEnded
from statewright.runtime import Runtime
from statewright.runtime.clock import SECOND
from statewright.runtime.turns.recollection import TRUST, WRONG, Recollection, Remembered
from statewright.runtime.turns.releases import Running, running_of
from statewright.statechart import Datum, Event, Statechart, event_to_json
from statewright.statechart.actions import Assign, Merge, Merging, Say
from statewright.statechart.snapshot import Snapshot, Status
from statewright.storage import MemoryStore
from statewright.storage.records import Loaded, Lookup, Message, Session, SessionKey
from tests.runtime.worlds import World, counter, release, sleeper, texts
from tests.statechart.building import atom, cel, final, text, to
from tests.storage.examples import birth, turn

pytestmark = pytest.mark.anyio


class Noting(MemoryStore):
    """Notes which messages sessions were loaded for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def load(self, lookups: Sequence[Lookup]) -> tuple[Loaded, ...]:
        self.asked += [lookup.message for lookup in lookups]
        return await super().load(lookups)


@dataclass
class Two:
    """Two workers at one store, and a session that the first has begun."""

    store: Noting
    one: Runtime
    other: Runtime
    key: SessionKey

    def loads(self) -> list[str]:
        """The messages for which the session was loaded since this was last asked."""
        found, self.store.asked = self.store.asked, []
        return found


async def two(chart: Statechart | None = None) -> Two:
    store = Noting()
    one, other = Runtime(store, engine=None), Runtime(store, engine=None)
    await one.publish(release(chart or counter()), flow="flow")
    key = (await one.start("flow", contact="ada")).key
    store.asked = []
    return Two(store, one, other, key)


async def test_a_session_that_this_process_knows_is_not_loaded() -> None:
    both = await two()
    for number in range(1, 6):
        answer = await both.one.send(both.key, "hi", message_id=f"m{number}")
        assert texts(answer) == [f"{number}: hi"]
    assert both.loads() == []
    await both.other.send(both.key, "hi", message_id="m6")
    await both.other.send(both.key, "hi", message_id="m7")
    assert both.loads() == ["m6"]
    assert not (await both.one.replay(both.key)).differences


async def test_a_session_that_another_process_changed_is_loaded_and_stepped_again(
    world: World,
) -> None:
    one, started = await world.started(counter())
    other = await world.worker()
    for number in range(1, 13):
        worker = (one, one, other)[number % 3]
        answer = await worker.send(started.key, "hi", message_id=f"m{number}")
        assert texts(answer) == [f"{number}: hi"]
        assert answer.revision == number + 1
    assert not (await one.replay(started.key)).differences


async def test_a_message_that_another_process_has_answered_gets_that_answer(world: World) -> None:
    one, started = await world.started(counter())
    other = await world.worker()
    first = await one.send(started.key, "a", message_id="m1")
    second = await other.send(started.key, "b", message_id="m2")
    assert (await one.send(started.key, "b", message_id="m2")).text == second.text
    assert (await one.send(started.key, "a", message_id="m1")).text == first.text
    assert (await one.session(started.key)).data["heard"] == ["a", "b"]


async def test_a_message_that_ended_the_session_elsewhere_gets_its_answer(world: World) -> None:
    one, started = await world.started(counter())
    other = await world.worker()
    await one.send(started.key, "a", message_id="m1")
    last = await other.send(started.key, "stop", message_id="m2")
    assert (await one.send(started.key, "stop", message_id="m2")).text == last.text
    with pytest.raises(SessionEnded):
        await one.send(started.key, "b", message_id="m3")


async def test_what_waits_is_heard_before_what_comes_later(world: World) -> None:
    one, started = await world.started(counter())
    await one.send(started.key, "a")
    body = event_to_json(Event("message", {"text": "b"}))
    await one.store.accept([Message(started.key, "waits", body, world.clock())])
    await one.send(started.key, "c")
    assert (await one.session(started.key)).data["heard"] == ["a", "b", "c"]


async def test_a_state_that_somebody_damaged_is_put_right_by_who_remembers_it() -> None:
    both = await two()
    await both.one.send(both.key, "hi")
    both.store._snapshots[both.key] = "damaged"
    with pytest.raises(CorruptedSession):
        await both.other.send(both.key, "hi")
    assert texts(await both.one.send(both.key, "hi")) == ["2: hi"]
    assert texts(await both.other.send(both.key, "hi")) == ["3: hi"]
    assert not (await both.one.replay(both.key)).differences


async def test_a_deadline_is_met_without_loading() -> None:
    both = await two(sleeper(SECOND))
    now = both.one.clock() + SECOND
    assert await both.one.sweep(now) == 1
    assert both.loads() == []
    assert await both.other.sweep(now + SECOND) == 1
    assert await both.one.sweep(now + 2 * SECOND) == 1, "loaded, since another was faster before"
    assert both.loads() == ["", ""]
    assert (await both.one.session(both.key)).status == "completed"
    assert not (await both.other.replay(both.key)).differences


async def test_who_expects_a_revision_is_told_the_one_that_there_is(world: World) -> None:
    one, started = await world.started(counter())
    other = await world.worker()
    await one.send(started.key, "a")
    await other.send(started.key, "b")
    with pytest.raises(RevisionConflict) as caught:
        await one.send(started.key, "c", expected_revision=2)
    assert caught.value.current == 3
    answer = await one.send(started.key, "c", expected_revision=3)
    assert answer.revision == 4
    answer = await one.send(started.key, "d", expected_revision=4)
    assert answer.revision == 5


async def test_what_the_store_would_refuse_is_refused(world: World) -> None:
    one, started = await world.started(counter())
    await one.send(started.key, "a")
    with pytest.raises(InvalidEvent):
        await one.patch(started.key, {"unheard of": 1})
    assert (await one.send(started.key, "b")).revision == 3


async def test_values_of_a_contact_are_read_anew_for_each_turn() -> None:
    count = Assign(("contact", "n"), cel("1"), Merge(Merging.INCREMENT, cel("1")))
    chart = Statechart(
        "reader",
        (
            atom(
                "listening",
                to(on="message", do=(Say(text("{{ has(contact.n) ? contact.n : 0 }}")), count)),
            ),
        ),
    )
    both = await two(chart)
    started = await both.other.start("flow", contact="ada", conversation="elsewhere")
    for number in range(0, 6, 2):
        mine = await both.one.send(both.key, "hi", message_id=f"m{number}")
        other = await both.other.send(started.key, "hi", message_id=f"n{number}")
        assert texts(mine, other) == [str(number), str(number + 1)]
    assert len(both.loads()) >= 6


async def test_values_of_a_contact_may_be_written_without_a_load() -> None:
    count = Assign(("contact", "n"), cel("1"), Merge(Merging.INCREMENT, cel("1")))
    both = await two(Statechart("writer", (atom("listening", to(on="message", do=count)),)))
    for number in range(5):
        await both.one.send(both.key, "hi", message_id=f"m{number}")
    assert both.loads() == []
    (found,) = await both.store.load([Lookup(both.key)])
    assert found.contact == {"n": 5}


async def test_many_at_once_in_two_processes_lose_and_double_nothing(world: World) -> None:
    one, started = await world.started(counter())
    other = await world.worker()
    names = [f"m{number}" for number in range(40)]
    said = [
        worker.send(started.key, name, message_id=name) for name in names for worker in (one, other)
    ]
    answers = await asyncio.gather(*said)
    assert len({answer.text for answer in answers}) == 40
    assert sorted((await one.session(started.key)).data["heard"]) == sorted(names)
    assert not (await one.replay(started.key)).differences


def keys(count: int) -> list[SessionKey]:
    return [SessionKey("acme", f"s{number}") for number in range(count)]


def alone() -> Running:
    return running_of(counter())


def note(memory: Recollection, key: SessionKey, size: int, **changes: Any) -> Remembered | None:
    made = turn(0, key=key, snapshot="x" * size, birth=birth(), **changes)
    memory.note(alone(), None, made, state())
    return memory.recall(key)


def state(turns: int = 1) -> Snapshot:
    return Snapshot("digest", "session", "seed", turns)


def test_what_had_no_turn_for_longest_is_forgotten_first() -> None:
    memory = Recollection(room=100)
    first, second, third = keys(3)
    for key in (first, second, first):
        assert note(memory, key, 40) is not None
    assert note(memory, third, 60) is not None
    assert [memory.recall(key) is not None for key in keys(3)] == [True, False, True]
    assert note(memory, second, 101) is None, "it is larger than all of the room"
    assert memory.recall(first) is not None
    assert note(memory, second, 100) is not None
    assert memory.recall(first) is None


def test_what_is_over_is_not_remembered() -> None:
    memory = Recollection()
    (key,) = keys(1)
    assert note(memory, key, 10) is not None
    assert note(memory, key, 10, status=Status.COMPLETED) is None


def test_what_is_remembered_is_what_would_be_loaded() -> None:
    memory = Recollection()
    first, second = turn(0, birth=birth()), turn(1, due_at=7, version=2)
    memory.note(alone(), None, first, state())
    found = memory.recall(first.key)
    assert found is not None
    memory.note(alone(), found.row, second, state(2))
    assert memory.recall(first.key) == Remembered(
        Session(first.key, birth(), 2, 2, Status.ACTIVE, 7, first.at, second.at),
        state(2),
        second.state_hash,
        len(second.snapshot),
    )


def test_a_memory_that_is_often_wrong_is_not_asked_until_it_is_right_again() -> None:
    memory = Recollection()
    (key,) = keys(1)

    def wrong() -> bool:
        found = note(memory, key, 10)
        memory.learn(key, right=False)
        return found is not None

    spared = 0
    while wrong():
        spared += 1
    assert spared == TRUST // WRONG
    loaded = Loaded(None, "", turn(0, snapshot="x" * 10).state_hash, None, {}, {}, ())
    tries = 0
    while note(memory, key, 10) is None:
        memory.compare(key, loaded)
        tries += 1
    assert 0 < tries <= 2 * TRUST


def test_what_reads_values_of_others_is_not_remembered() -> None:
    memory = Recollection()
    for expression in ("contact.name", "tenant.name", "contact"):
        chart = Statechart(
            "reader",
            (atom("listening", to("over", on="message", when=f"{expression} == 1")), final("over")),
            data=(Datum("n", "int"),),
        )
        made = turn(0, birth=birth())
        memory.note(running_of(chart), None, made, state())
        assert memory.recall(made.key) is None
