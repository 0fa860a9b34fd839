"""What is too large is refused, or fails its session, and is in nobody's way."""

from __future__ import annotations

import pytest

from statewright.errors import InvalidMessage, SessionEnded, UnknownRevision
from statewright.runtime import Runtime
from statewright.runtime.turns import inbox, stepping
from statewright.statechart import Datum, Statechart
from statewright.statechart.actions import Assign
from statewright.storage import MemoryStore
from tests.runtime.worlds import World, counter, release
from tests.statechart.building import atom, cel, to

pytestmark = pytest.mark.anyio


async def test_a_turn_that_leaves_more_than_can_be_kept_fails_the_session(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, session = await world.started(counter())
    await runtime.send(session.key, "small")
    monkeypatch.setattr(stepping, "TEXT_LIMIT", 2_000)
    answer = await runtime.send(session.key, "x" * 3_000)
    assert (answer.status, answer.revision) == ("failed", 3)
    assert answer.data["heard"] == ["small"]
    assert (await runtime.replay(session.key)).differences == ()
    with pytest.raises(SessionEnded):
        await runtime.send(session.key, "more")


async def test_a_message_that_is_too_large_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = Runtime(MemoryStore())
    await runtime.publish(release(counter()), flow="flow")
    key = (await runtime.start("flow")).key
    monkeypatch.setattr(inbox, "LARGEST", 1_000)
    with pytest.raises(InvalidMessage, match="the most is 1,000"):
        await runtime.accept(key, "x" * 2_000, message_id="m")
    with pytest.raises(InvalidMessage):
        await runtime.send(key, "x" * 2_000_000)
    assert (await runtime.session(key)).revision == 1


async def test_a_turn_that_never_ends_fails_the_session(world: World) -> None:
    chart = Statechart(
        "round",
        (atom("a", to("b", on="message")), atom("b", to("c")), atom("c", to("b"))),
        limit=100,
    )
    runtime, session = await world.started(chart)
    answer = await runtime.send(session.key, "go")
    assert answer.status == "failed"
    (past,) = await runtime.store.history(session.key, after=1)
    assert "error.limit" in past.incidents
    assert (await runtime.replay(session.key)).differences == ()


async def test_a_session_whose_first_turn_never_ends_is_read_like_any_other(world: World) -> None:
    chart = Statechart("round", (atom("b", to("c")), atom("c", to("b"))), limit=100)
    runtime, session = await world.started(chart)
    assert (session.answer.status, session.answer.revision) == ("failed", 1)
    view = await runtime.session(session.key)
    assert (view.status, view.configuration, view.awaiting) == ("failed", (), None)
    assert (await runtime.past.at(session.key, 1)).answer.configuration == ()
    assert (await runtime.replay(session.key)).differences == ()
    with pytest.raises(SessionEnded):
        await runtime.send(session.key, "more")
    with pytest.raises(SessionEnded):
        await runtime.patch(session.key, {})
    with pytest.raises(UnknownRevision):
        await runtime.repairs.resume(session.key)
    listed = await runtime.overview.one(session.key)
    assert listed is not None
    assert listed.standing == "failed"


async def test_a_chart_with_strange_names_is_run_all_the_same(world: World) -> None:
    name = "ä/b:c~1" + "x" * 3_000
    chart = Statechart(
        "strange",
        (atom(name, to(name, on="message", do=Assign(("n",), cel("n + 1")))),),
        data=(Datum("n", "int", cel("0")),),
    )
    runtime, session = await world.started(chart)
    assert (await runtime.send(session.key, "x")).data == {"n": 1}
