"""The law of the runtime, under many senders at once, some of whom send everything twice:

history = distinct messages acknowledged = revision = what went out.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

import pytest

from statewright.errors import StorageUnavailable
from statewright.runtime import Answer, Order, Runtime
from statewright.storage import MemoryStore
from statewright.storage.records import Loaded, Lookup, Outcome, SessionKey, Turn
from tests.runtime.worlds import World, counter, release

pytestmark = pytest.mark.anyio

SENDERS = 16
MESSAGES = 160
TWICE = 0.15


async def send_all(
    runtimes: list[Runtime], deliveries: list[tuple[SessionKey, str]]
) -> dict[tuple[SessionKey, str], list[Answer]]:
    """Deliver messages, by many senders and workers; the answers by message."""
    answers: dict[tuple[SessionKey, str], list[Answer]] = {}
    queue = iter(enumerate(deliveries))

    async def sender() -> None:
        for number, (key, message) in queue:
            runtime = runtimes[number % len(runtimes)]
            answer = await runtime.send(key, message, message_id=message)
            answers.setdefault((key, message), []).append(answer)

    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return answers


def deliveries_to(keys: list[SessionKey]) -> list[tuple[SessionKey, str]]:
    """Messages for sessions, of which some come twice, at once or much later."""
    chance = random.Random(7)
    once = [(keys[number % len(keys)], f"m{number}") for number in range(MESSAGES)]
    made = []
    for delivery in once:
        made += [delivery] * (2 if chance.random() < TWICE else 1)
    for delivery in chance.sample(once, 8):
        made.append(delivery)
    return made


@pytest.mark.parametrize("sessions", [1, 40])
@pytest.mark.parametrize("workers", [1, 2])
async def test_each_message_is_handled_exactly_once(
    world: World, sessions: int, workers: int
) -> None:
    sent: list[str] = []

    async def ledger(order: Order) -> None:
        sent.append(order.id)

    runtimes = [await world.worker(handlers={"ledger": ledger}) for _ in range(workers)]
    await runtimes[0].publish(release(counter()), flow="flow")
    keys = [(await runtimes[0].start("flow")).key for _ in range(sessions)]
    deliveries = deliveries_to(keys)
    answers = await send_all(runtimes, deliveries)

    assert len(answers) == MESSAGES
    assert all(len({answer.text for answer in got}) == 1 for got in answers.values())
    acknowledged = Counter(key for key, _ in answers)
    for key in keys:
        view = await runtimes[0].session(key)
        turns = await runtimes[0].store.history(key, limit=1_000)
        assert len(turns) == view.revision == acknowledged[key] + 1
        assert [turn.revision for turn in turns] == list(range(1, view.revision + 1))
        heard = [turn.message for turn in turns[1:]]
        assert view.data["heard"] == heard
        assert {message for one, message in answers if one == key} == set(heard)
        assert (await runtimes[0].replay(key)).differences == ()
    while await runtimes[0].work(world.clock()):
        pass
    assert len(sent) == len(set(sent)) == MESSAGES


class Flaky(MemoryStore):
    """A store that now and then fails: before it has done what it was asked, or after."""

    chance = random.Random(3)
    flaky = False

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        await asyncio.sleep(0)
        lot = self.chance.random() if self.flaky else 1.0
        if lot < 0.2:
            raise StorageUnavailable("the connection was lost before the commit")
        outcomes = await super().commit(turns)
        if lot < 0.4:
            raise StorageUnavailable("the connection was lost in the middle of the commit")
        return outcomes

    async def load(self, lookups: Sequence[Lookup]) -> tuple[Loaded, ...]:
        await asyncio.sleep(0)
        if self.flaky and self.chance.random() < 0.1:
            raise StorageUnavailable("the connection was lost")
        return await super().load(lookups)


async def test_a_call_that_failed_may_be_made_again_until_it_succeeds() -> None:
    store = Flaky()
    runtimes = [Runtime(store, engine=None) for _ in range(2)]
    await runtimes[0].publish(release(counter()), flow="flow")
    key = (await runtimes[0].start("flow")).key
    store.flaky = True

    async def sender(runtime: Runtime, names: list[str]) -> None:
        for name in names:
            while True:
                try:
                    await runtime.send(key, name, message_id=name)
                    break
                except StorageUnavailable:
                    continue

    numbers = [f"m{number}" for number in range(100)]
    await asyncio.gather(
        *(sender(runtimes[at % 2], numbers[at::4] + numbers[at::8]) for at in range(4))
    )
    store.flaky = False
    view = await runtimes[0].session(key)
    assert sorted(view.data["heard"]) == sorted(numbers)
    assert view.revision == 101
    assert (await runtimes[0].replay(key)).differences == ()
