"""Dead letters: what has failed for good is kept, and what was sent can be sent again."""

from __future__ import annotations

import pytest

from statewright.errors import EffectFailed, UnsuitableRepair
from statewright.expressions import Literal
from statewright.runtime import Runtime
from statewright.runtime.operations.letters import Letter, Letters
from tests.runtime.test_effects import Worker
from tests.runtime.worlds import World, caller, counter, texts

pytestmark = pytest.mark.anyio
REFUSED = EffectFailed("request", "that cannot be done")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def letters_of(runtime: Runtime) -> Letters:
    return Letters(runtime.store, runtime.clock)


def shown(letters: tuple[Letter, ...]) -> list[tuple[str, ...]]:
    return [(one.kind, one.name, one.state, one.code, one.message) for one in letters]


async def test_what_was_sent_in_vain_is_sent_again_under_its_id(world: World) -> None:
    ledger = Worker(REFUSED, None)
    runtime, session = await world.started(counter(), handlers={"ledger": ledger})
    letters = letters_of(runtime)
    await runtime.send(session.key, "one")
    assert shown(await letters.pending("default")) == [("send", "ledger", "listening", "", "")]
    await runtime.work(world.clock())
    assert await letters.pending("default") == ()
    (dead,) = await letters.dead("default")
    assert shown((dead,)) == [
        ("send", "ledger", "listening", "request", "that cannot be done"),
    ]
    (again,) = await letters.retry("default", [dead.entry.request.key])
    assert again == dead
    assert await letters.dead("default") == ()
    assert await runtime.work(world.clock()) == 1
    assert await letters.dead("default") == ()
    assert [order.id for order in ledger.orders] == [dead.entry.request.key] * 2
    assert [order.attempt for order in ledger.orders] == [1, 1]


async def test_what_fails_again_is_a_dead_letter_again(world: World) -> None:
    runtime, session = await world.started(counter(), handlers={"ledger": Worker(REFUSED, REFUSED)})
    await runtime.send(session.key, "one")
    letters = letters_of(runtime)
    for _ in range(2):
        await runtime.work(world.clock())
        assert len(await letters.dead("default")) == 1
        assert len(await letters.retry_all("default")) == 1


async def test_work_whose_failure_was_a_result_is_not_done_again(world: World) -> None:
    chart = caller(Literal({}), type_="work")
    runtime, session = await world.started(chart, handlers={"work": Worker(REFUSED)})
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=2)) == ["request"]
    letters = letters_of(runtime)
    (dead,) = await letters.dead("default")
    with pytest.raises(UnsuitableRepair, match="has gone on by the failure"):
        await letters.retry("default", [dead.entry.request.key])
    assert await letters.retry_all("default") == ()
    assert await letters.dead("default") == (dead,)


async def test_nothing_is_sent_where_one_is_no_dead_letter(world: World) -> None:
    runtime, session = await world.started(counter(), handlers={"ledger": Worker(REFUSED)})
    await runtime.send(session.key, "one")
    await runtime.work(world.clock())
    letters = letters_of(runtime)
    (dead,) = await letters.dead("default")
    with pytest.raises(UnsuitableRepair, match="`nobody` has not failed"):
        await letters.retry("default", ["nobody", dead.entry.request.key])
    assert await letters.dead("default") == (dead,)
