"""Values of contacts and tenants: what a turn reads travels on its event, what it writes is kept."""

from __future__ import annotations

import asyncio
import logging

import pytest

from statewright.expressions import Literal
from statewright.runtime import Runtime
from statewright.runtime.turns.values import needs_of
from statewright.statechart import Statechart, event_from_json
from statewright.statechart.actions import Assign, Say
from statewright.storage.records import Lookup
from tests.runtime.worlds import Meddled, World, release, texts
from tests.statechart.building import atom, cel, text, to

pytestmark = pytest.mark.anyio

VISITS = "has(contact.visits) ? contact.visits + 1 : 1"

VISITOR = Statechart(
    "visitor",
    (
        atom(
            "listening",
            to(
                on="message",
                do=(
                    Assign(("contact", "visits"), cel(VISITS)),
                    Assign(("contact", "last"), cel("input")),
                    Assign(("tenant", "last"), cel("input")),
                    Say(text("visit {{ contact.visits }}")),
                ),
            ),
        ),
    ),
)


async def test_what_a_turn_writes_the_next_one_reads(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(release(VISITOR), flow="flow")
    first = await runtime.start("flow", contact="ada")
    second = await runtime.start("flow", contact="ada")
    other = await runtime.start("flow", contact="bob")
    said = [texts(await runtime.send(one.key, "x")) for one in (first, second, other, first)]
    assert said == [["visit 1"], ["visit 2"], ["visit 1"], ["visit 3"]]
    for one in (first, second, other):
        assert (await runtime.replay(one.key)).differences == ()
    (loaded,) = await runtime.store.load([Lookup(first.key)])
    assert loaded.contact == {"visits": 3, "last": "x"}
    assert loaded.tenant == {"last": "x"}


async def test_messages_that_wait_read_what_those_before_them_wrote(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(release(VISITOR), flow="flow")
    session = await runtime.start("flow", contact="ada")
    names = [f"m{number}" for number in range(10)]
    for name in names:
        await runtime.accept(session.key, name, message_id=name)
    answer = await runtime.send(session.key, "last")
    assert texts(answer) == ["visit 11"]
    await asyncio.sleep(0)
    assert (await runtime.replay(session.key)).differences == ()


async def test_only_what_is_read_travels_on_the_event(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(release(VISITOR), flow="flow")
    session = await runtime.start("flow", contact="ada")
    for _ in range(2):
        await runtime.send(session.key, "secret diagnosis")
    (past,) = await runtime.store.history(session.key, after=2)
    event = event_from_json(past.event)
    assert event.contact == {"visits": 1}
    assert event.tenant == {}


def test_a_value_that_is_read_as_a_whole_travels_whole() -> None:
    values = {"a": 1, "b": 2}
    whole = Statechart("whole", (atom("a", entry=((Say(cel("contact")),),)),))
    part = Statechart("part", (atom("a", to(when="contact['a'] == 1 && contact.?c == 2")),))
    nothing = Statechart("nothing", (atom("a", entry=((Say(Literal("contact")),),)),))
    assert needs_of(whole, "contact").of(values) == values
    assert needs_of(part, "contact").of(values) == {"a": 1}
    assert needs_of(nothing, "contact").of(values) == {}
    assert needs_of(whole, "tenant").of(values) == {}


NAMED = Statechart(
    "named",
    (
        atom(
            "a",
            to(on="message", when="input == 'n'", do=Assign(("contact", "name"), cel("1"))),
            to(on="message", do=Assign(("contact", "name", "first"), cel("input"))),
            to(on="error.execution", do=Say(Literal("oh"))),
        ),
    ),
)


async def test_a_value_that_cannot_be_written_is_an_error_of_the_chart(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(release(NAMED), flow="flow")
    session = await runtime.start("flow", contact="ada")
    await runtime.send(session.key, "n")
    assert texts(await runtime.send(session.key, "Ada")) == ["oh"]


async def test_a_patch_that_does_not_fit_any_more_is_told_of_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Meddled()
    runtime = Runtime(store, engine=None)
    await runtime.publish(release(NAMED), flow="flow")
    one, other = [(await runtime.start("flow", contact="ada")).key for _ in range(2)]
    store.meddle = lambda: Runtime(store).send(other, "n")
    with caplog.at_level(logging.WARNING):
        answer = await runtime.send(one, "Ada")
    assert (answer.status, answer.revision) == ("active", 2)
    assert "no patch of contact at name.first" in caplog.text
    assert "Ada" not in caplog.text
    (loaded,) = await store.load([Lookup(one)])
    assert loaded.contact == {"name": 1}


LOT = Statechart(
    "lot",
    (atom("drawn", to(on="message", do=Say(text("{{ lot(contact.?id.orValue(''), 1000) }}")))),),
)


async def test_who_a_contact_is_decides_where_a_lot_falls_that_sticks_to_it(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(release(LOT), flow="flow")
    fallen: dict[str, set[str]] = {}
    for contact in ("ada", "bob", ""):
        for _ in range(3):
            key = (await runtime.start("flow", contact=contact)).key
            fallen.setdefault(contact, set()).update(texts(await runtime.send(key, "draw")))
            assert (await runtime.replay(key)).differences == ()
    assert [len(lots) for lots in fallen.values()] == [1, 1, 1]
    assert fallen["ada"] != fallen["bob"]
