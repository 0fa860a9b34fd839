"""Beginning sessions: episodes of conversations, versions, labels, tokens."""

from __future__ import annotations

import asyncio

import pytest

from statewright.errors import InvalidEvent, UnknownFlow, UnknownSession
from tests.runtime.worlds import World, counter, release, sleeper, texts

pytestmark = pytest.mark.anyio


async def test_each_start_is_an_episode_of_its_conversation(world: World) -> None:
    runtime, first = await world.started(counter())
    second = await runtime.start("flow", conversation="c")
    assert first.key != second.key
    views = [await runtime.session(one.key) for one in (first, second)]
    assert [view.episode for view in views] == [1, 2]
    assert {view.conversation for view in views} == {"c"}


async def test_a_start_without_a_conversation_has_one_of_its_own(world: World) -> None:
    runtime, _ = await world.started(counter())
    one, other = [await runtime.start("flow") for _ in range(2)]
    assert (await runtime.session(one.key)).conversation != (
        await runtime.session(other.key)
    ).conversation


async def test_starts_at_once_are_sessions_each(world: World) -> None:
    runtime, _ = await world.started(counter())
    other = await world.worker()
    begun = await asyncio.gather(
        *(one.start("flow", conversation="d") for one in (runtime, other) * 4)
    )
    assert len({one.key for one in begun}) == 8
    episodes = [(await runtime.session(one.key)).episode for one in begun]
    assert sorted(episodes) == list(range(1, 9))


async def test_a_start_that_is_repeated_is_the_same_session(world: World) -> None:
    runtime, _ = await world.started(counter(), signing_key=b"key")
    other = await world.worker(signing_key=b"key")
    begun = await asyncio.gather(
        *(one.start("flow", conversation="d", message_id="m") for one in (runtime, other) * 3)
    )
    await runtime.start("flow", conversation="d")
    begun.append(await other.start("flow", conversation="d", message_id="m"))
    assert len({(one.key, one.token, one.answer.text) for one in begun}) == 1
    assert await runtime.key_of(begun[0].token) == begun[0].key


async def test_a_repeated_start_needs_no_conversation(world: World) -> None:
    runtime, _ = await world.started(counter())
    first = await runtime.start("flow", message_id="8d7e")
    again = await runtime.start("flow", message_id="8d7e")
    assert first.key == again.key
    assert first.token
    assert again.token == "", "without a signing key the secret is known to its bearer alone"


async def test_a_token_opens_its_session_and_nothing_else(world: World) -> None:
    runtime, first = await world.started(counter())
    second = await runtime.start("flow")
    assert await runtime.key_of(first.token) == first.key
    forged = first.token.rpartition(".")[0] + "." + second.token.rpartition(".")[2]
    for token in (forged, "", "x", first.token + "x", first.token.rpartition(".")[0] + "."):
        with pytest.raises(UnknownSession):
            await runtime.key_of(token)


async def test_a_session_stays_on_the_version_it_began_with(world: World) -> None:
    runtime, old = await world.started(counter())
    await runtime.publish(release(sleeper(1)), flow="flow")
    new = await runtime.start("flow")
    assert texts(await runtime.send(old.key, "hi")) == ["1: hi"]
    assert texts(await runtime.send(new.key, "hi")) == ["still here, hi"]
    assert [(await runtime.session(one.key)).version for one in (old, new)] == [1, 2]
    pinned = await runtime.start("flow", version=1)
    assert texts(await (await world.worker()).send(pinned.key, "hi")) == ["1: hi"]


async def test_a_label_is_a_line_of_versions(world: World) -> None:
    runtime, _ = await world.started(counter())
    await runtime.publish(release(sleeper(1)), flow="flow", label="trial")
    await runtime.publish(release(counter()), flow="flow", label="live")
    trial = await runtime.start("flow", label="trial")
    assert (await runtime.session(trial.key)).version == 2


@pytest.mark.parametrize(
    ("flow", "which"), [("nothing", {}), ("flow", {"version": 9}), ("flow", {"label": "none"})]
)
async def test_what_is_not_published_cannot_be_started(
    world: World, flow: str, which: dict[str, int]
) -> None:
    runtime, _ = await world.started(counter())
    with pytest.raises(UnknownFlow, match="not published"):
        await runtime.start(flow, **which)  # type: ignore[arg-type]  # one of version and label
    with pytest.raises(UnknownFlow):
        await runtime.start("flow", tenant="somebody else")


async def test_inputs_are_given_at_the_start(world: World) -> None:
    runtime, _ = await world.started(counter())
    begun = await runtime.start("flow", data={"note": "vip"})
    assert begun.answer.data["note"] == "vip"
    with pytest.raises(InvalidEvent, match="no input"):
        await runtime.start("flow", conversation="new", data={"count": 3})
