"""Dead letters: what has failed for good is kept, and what was sent can be sent again."""

from __future__ import annotations

import pytest

from statewright.errors import EffectFailed, UnsuitableRepair
from statewright.expressions import Literal
from statewright.runtime import Runtime
from statewright.runtime.operations.letters import Letter, Letters
from statewright.statechart import Invoke, State, Statechart, StateKind
from statewright.statechart.actions import Say
from tests.runtime.test_effects import Worker
from tests.runtime.worlds import World, caller, counter, texts
from tests.statechart.building import atom, text, to

pytestmark = pytest.mark.anyio
REFUSED = EffectFailed("request", "that cannot be done")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def letters_of(runtime: Runtime) -> Letters:
    return Letters(runtime.store, runtime.clock, runtime.repairs)


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


async def test_work_whose_failure_a_session_has_handled_is_no_dead_letter(world: World) -> None:
    chart = caller(Literal({}), type_="work")
    runtime, session = await world.started(chart, handlers={"work": Worker(REFUSED)})
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=2)) == ["request"]
    letters = letters_of(runtime)
    assert await letters.dead("default") == await letters.pending("default") == ()


def careless() -> Statechart:
    """Asks somebody to do something, and fails if it is not done."""
    return Statechart(
        "careless",
        (
            State(
                "calling",
                invocations=(Invoke("job", "work", Literal({})),),
                transitions=(
                    to("done", on="done.invoke.job", do=Say(text("got {{ event.data }}"))),
                    to("broken", on="error.communication.job"),
                ),
            ),
            atom("done", to(on="message")),
            State("broken", StateKind.FINAL, failed=True),
        ),
    )


@pytest.mark.parametrize("all_", [False, True])
async def test_work_that_a_session_has_failed_of_is_asked_for_again(
    world: World,
    all_: bool,  # noqa: FBT001 (of the table)
) -> None:
    work = Worker(REFUSED, "cats")
    runtime, session = await world.started(careless(), handlers={"work": work})
    await runtime.work(world.clock())
    assert (await runtime.session(session.key)).status == "failed"
    letters = letters_of(runtime)
    (dead,) = await letters.dead("default")
    assert shown((dead,)) == [("invoke", "work", "calling", "request", "that cannot be done")]
    if all_:
        assert await letters.retry_all("default") == (dead,)
    else:
        assert await letters.retry("default", [dead.entry.request.key]) == (dead,)
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=2)) == ["got cats"]
    assert await letters.dead("default") == await letters.pending("default") == ()
    first, second = work.orders
    assert first.id != second.id
    assert (await runtime.replay(session.key)).differences == ()


async def test_work_of_a_session_that_was_ended_otherwise_stays_a_dead_letter(
    world: World,
) -> None:
    runtime, session = await world.started(careless(), handlers={"work": Worker(REFUSED)})
    await runtime.work(world.clock())
    await runtime.repairs.resume(session.key)
    await runtime.end(session.key)
    letters = letters_of(runtime)
    (dead,) = await letters.dead("default")
    with pytest.raises(UnsuitableRepair, match="it has completed"):
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
