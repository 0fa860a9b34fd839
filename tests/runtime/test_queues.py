"""Many who talk at once: one bad turn is in nobody's way, and what is too much is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from statewright.errors import CallerError, Overloaded
from statewright.expressions import Literal
from statewright.runtime import Answer, Queues, Runtime
from statewright.statechart import Statechart
from statewright.statechart.actions import Assign, Say
from statewright.storage import MemoryStore
from statewright.storage.records import Outcome, SessionKey, Turn
from tests.runtime.worlds import World, counter, release, texts
from tests.statechart.building import atom, cel, to

pytestmark = pytest.mark.anyio

SESSIONS = 24

BAD_IDS = ("", "a\0b", "half \ud800", "x" * 1_501)
"""Ids of messages that no database keeps."""

BAD_TEXTS = ("half \ud800 a character", "\udfff")


async def sessions(runtime: Runtime, count: int = SESSIONS) -> list[SessionKey]:
    await runtime.publish(release(counter()), flow="flow")
    begun = await asyncio.gather(*(runtime.start("flow") for _ in range(count)))
    return [one.key for one in begun]


@pytest.mark.parametrize("bad", BAD_IDS, ids=ascii)
async def test_a_message_that_cannot_be_kept_fails_alone(world: World, bad: str) -> None:
    runtime = await world.worker()
    keys = await sessions(runtime)
    said = (
        runtime.send(key, "hello", message_id=bad if number % 6 == 0 else f"m{number}")
        for number, key in enumerate(keys)
    )
    outcomes = await asyncio.gather(*said, return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        expected = CallerError if number % 6 == 0 else Answer
        assert isinstance(outcome, expected), outcome
        revision = (await runtime.session(keys[number])).revision
        assert revision == (1 if number % 6 == 0 else 2), "nothing of it was done, or all"


async def test_a_text_that_cannot_be_kept_fails_alone(world: World) -> None:
    runtime = await world.worker()
    keys = await sessions(runtime)
    bad = dict(zip(keys, BAD_TEXTS, strict=False))
    said = (runtime.send(key, bad.get(key, "hello \0 there")) for key in keys)
    outcomes = await asyncio.gather(*said, return_exceptions=True)
    for key, outcome in zip(keys, outcomes, strict=True):
        if key in bad:
            assert isinstance(outcome, CallerError), outcome
        else:
            assert isinstance(outcome, Answer), outcome
            assert texts(outcome) == ["1: hello \0 there"]


async def test_a_turn_that_fails_its_session_fails_no_other(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(release(fragile()), flow="flow")
    begun = await asyncio.gather(*(runtime.start("flow", contact=f"c{n % 3}") for n in range(24)))
    said = (
        runtime.send(one.key, "grow" if number % 5 == 0 else "note")
        for number, one in enumerate(begun)
    )
    answers = await asyncio.gather(*said)
    for number, answer in enumerate(answers):
        assert texts(answer) == ([] if number % 5 == 0 else ["noted"])
        assert answer.status == ("failed" if number % 5 == 0 else "active")


def fragile() -> Statechart:
    """Notes what a contact says, or says something for ever, which fails the session."""
    endless = to("grows", do=Assign(("big",), cel("big + 'x'")))
    return Statechart(
        "fragile",
        (
            atom(
                "waiting",
                to("grows", on="message", when="input == 'grow'"),
                to(
                    on="message",
                    do=(Assign(("contact", "last"), cel("input")), Say(Literal("noted"))),
                ),
            ),
            atom("grows", endless),
        ),
        data=(),
    )


class Gated(MemoryStore):
    """A database that answers nothing until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        await self.gate.wait()
        return await super().commit(turns)


async def until_waiting(runtime: Runtime, count: int) -> None:
    while runtime._turns._mailboxes._users < count:  # noqa: ASYNC110 (nobody tells)
        await asyncio.sleep(0)


async def test_more_turns_than_fit_are_refused_and_may_be_sent_again() -> None:
    store = Gated()
    async with Runtime(store, engine=None, queues=Queues(turns=8, of_session=4)) as runtime:
        keys = await sessions(runtime, 6)
        store.gate.clear()
        first = [(keys[n % 4], f"m{n}") for n in range(8)]
        waiting = [asyncio.create_task(runtime.send(k, n, message_id=n)) for k, n in first]
        async with asyncio.timeout(30):
            await until_waiting(runtime, 8)
        for name in ("late", "late", "later"):
            with pytest.raises(Overloaded, match="8 turns wait in this process"):
                await runtime.send(keys[4], name, message_id=name)
        with pytest.raises(Overloaded):
            await runtime.start("flow")
        store.gate.set()
        answers = await asyncio.gather(*waiting)
        assert [texts(answer)[0][:1] for answer in answers] == ["1"] * 4 + ["2"] * 4
        assert texts(await runtime.send(keys[4], "late", message_id="late")) == ["1: late"]
        assert runtime._turns._mailboxes._users == 0


async def test_whoever_floods_one_session_leaves_room_for_the_others() -> None:
    store = Gated()
    async with Runtime(store, engine=None, queues=Queues(turns=100, of_session=4)) as runtime:
        hot, other = await sessions(runtime, 2)
        store.gate.clear()
        flood = [asyncio.create_task(runtime.send(hot, str(n))) for n in range(20)]
        async with asyncio.timeout(30):
            await until_waiting(runtime, 4)
            await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
        calm = asyncio.create_task(runtime.send(other, "hello"))
        await asyncio.sleep(0)
        store.gate.set()
        assert texts(await calm) == ["1: hello"]
        outcomes = await asyncio.gather(*flood, return_exceptions=True)
        answered = [one for one in outcomes if isinstance(one, Answer)]
        assert [texts(one) for one in answered] == [[f"{n + 1}: {n}"] for n in range(4)]
        refused = [one for one in outcomes if isinstance(one, Overloaded)]
        assert len(refused) == 16
        assert "4 turns of this session wait" in str(refused[0])


async def test_what_was_taken_in_is_handled_however_much_waits() -> None:
    store = Gated()
    async with Runtime(store, engine=None, queues=Queues(turns=1, of_session=1)) as runtime:
        keys = await sessions(runtime, 1)
        store.gate.clear()
        first = asyncio.create_task(runtime.send(keys[0], "first"))
        async with asyncio.timeout(30):
            await until_waiting(runtime, 1)
        await runtime.accept(keys[0], "taken in", message_id="m")
        store.gate.set()
        await first
        async with asyncio.timeout(30):
            async for _ in runtime.subscribe(keys[0], after=2):
                break
        # The one was under way when the other was taken in, so either may have come first.
        heard = (await runtime.session(keys[0])).data["heard"]
        assert sorted(heard) == ["first", "taken in"]


async def test_many_who_lose_patience_disturb_nobody(world: World) -> None:
    runtime = await world.worker()
    keys = await sessions(runtime, 8)
    names = [f"m{number}" for number in range(96)]
    sending = [
        asyncio.create_task(runtime.send(keys[number % 8], name, message_id=name))
        for number, name in enumerate(names)
    ]
    await asyncio.sleep(0.005)
    for task in sending[::3]:
        task.cancel()
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    patient = [one for number, one in enumerate(outcomes) if number % 3]
    assert all(isinstance(one, Answer) for one in patient)
    again = (runtime.send(keys[n % 8], name, message_id=name) for n, name in enumerate(names))
    answers = await asyncio.gather(*again)
    for number, (first, second) in enumerate(zip(outcomes, answers, strict=True)):
        if isinstance(first, Answer):
            assert texts(first) == texts(second), number
    for number, key in enumerate(keys):
        heard = (await runtime.session(key)).data["heard"]
        assert sorted(heard) == sorted(names[number::8])
        assert (await runtime.replay(key)).differences == ()
    assert runtime._turns._mailboxes._mailboxes == {}
