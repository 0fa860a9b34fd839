"""Services that fail in every way that is told apart: a real server, and a clock that is put."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from statewright.runtime import Runtime, Started
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.http import HttpHandler
from statewright.runtime.effects.last_answers import AGE, KEPT, LARGEST, LastAnswers
from statewright.statechart import Effect, EffectKind
from tests.runtime.servers import Asked, Reply, Server, serving
from tests.runtime.worlds import World, caller, texts
from tests.statechart.building import cel

pytestmark = pytest.mark.anyio

BREAKER = "'breaker': {'failures': 1, 'within': 60000000, 'rest': 30000000, 'last_good': 600000000}"


@pytest.fixture(params=["memory"])
def store_url() -> str:
    """The store makes no difference here."""
    return ""


def replying(*replies: Reply) -> Callable[[Asked], Reply]:
    """The replies one after another, the last one for ever."""
    left = list(replies)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]


async def asked(
    world: World, service: Server, extra: str = "", **options: Any
) -> tuple[Runtime, Started]:
    """A session that has just asked a service."""
    params = cel(f"{{'url': '{service.url}/work'{extra and ', ' + extra}}}")
    handlers = {"http": HttpHandler(allow_private=True, clock=world.clock)}
    runtime, session = await world.started(caller(params), handlers=handlers, **options)
    await runtime.send(session.key, "go")
    return runtime, session


async def tried_at(world: World, runtime: Runtime, service: Server, until: int) -> list[int]:
    """In which seconds the service is asked."""
    times: list[int] = []
    for second in range(until + 1):
        before = len(service.asked)
        while await runtime.work(world.clock()):
            pass
        times += [second] * (len(service.asked) - before)
        world.clock.advance(1)
    return times


@pytest.mark.parametrize(
    ("status", "headers", "times"),
    [
        (503, {}, [0, 1, 3, 7]),
        (503, {"retry-after": "20"}, [0, 20, 40, 60]),
        (429, {}, [0, 1, 3, 6]),
        (429, {"retry-after": "5"}, [0, 5, 10, 15]),
        (401, {}, [0]),
        (403, {}, [0]),
        (404, {}, [0]),
    ],
)
async def test_each_status_has_its_tries(
    world: World, status: int, headers: Mapping[str, str], times: list[int]
) -> None:
    async with serving(replying(Reply(status=status, headers=headers))) as service:
        runtime, session = await asked(world, service)
        assert await tried_at(world, runtime, service, 70) == times
        (said,) = texts(*await runtime.read(session.key, after=2))
        assert f'"status":{status}' in said, "the last response is the result"
        assert len({one.headers["idempotency-key"] for one in service.asked}) == 1


class Vault:
    """A token that has run out, until it is looked up anew."""

    value = "old"

    def __call__(self, _tenant: str, _name: str) -> str:
        return self.value

    async def refresh(self, _tenant: str) -> None:
        self.value = "new"


async def test_who_is_not_let_in_comes_again_with_a_new_token(world: World) -> None:
    async with serving(replying(Reply(status=401), Reply(b'"in"'))) as service:
        runtime, session = await asked(world, service, secrets=Vault())
        assert await tried_at(world, runtime, service, 5) == [0, 0]
        (said,) = texts(*await runtime.read(session.key, after=2))
        assert '"body":"in"' in said


async def test_a_service_that_asks_to_be_left_alone_is_by_all_of_a_tenant(world: World) -> None:
    busy = Reply(status=429, headers={"retry-after": "5"})
    async with serving(replying(busy, Reply())) as service:
        runtime, _ = await asked(world, service)
        await runtime.work(world.clock())
        other = await runtime.start("flow")
        await runtime.send(other.key, "go")
        assert await runtime.work(world.clock.advance(4)) == 0
        assert await tried_at(world, runtime, service, 5) != []
        assert len(service.asked) == 3
        assert (await runtime.session(other.key)).revision == 3


async def test_an_open_breaker_may_answer_what_was_answered_last(world: World) -> None:
    good = Reply(b'{"rate": 7}')
    async with serving(replying(good, Reply(status=500))) as service:
        runtime, session = await asked(world, service, f"'retries': 0, {BREAKER}")
        await runtime.work(world.clock())
        said = []
        for _ in range(3):
            await runtime.send(session.key, "go")
            await runtime.work(world.clock.advance(5))
            said.append(texts(*await runtime.read(session.key))[-1])
        assert len(service.asked) == 2
        assert '"status":500' in said[0]
        assert all('"rate":7' in one for one in said[1:])
        assert f'"{AGE}":"15"' in said[2]
        world.clock.advance(20)
        await runtime.send(session.key, "go")
        await runtime.work(world.clock())
        assert len(service.asked) == 3, "it is asked again after its rest"


async def test_nothing_stands_in_where_it_was_not_asked_for(world: World) -> None:
    without = BREAKER.replace(", 'last_good': 600000000", "")
    async with serving(replying(Reply(), Reply(status=500))) as service:
        runtime, session = await asked(world, service, f"'retries': 0, {without}")
        await runtime.work(world.clock())
        for _ in range(2):
            await runtime.send(session.key, "go")
            await runtime.work(world.clock.advance(1))
        assert texts(*await runtime.read(session.key))[-1] == "open"


# --- what was answered last ------------------------------------------------------------------------

WHOM = ("acme", "http", "crm.example")


def effect(body: Any = None, last_good: int = 60 * SECOND) -> Effect:
    params = {"url": "https://crm.example/", "body": body, "breaker": {"last_good": last_good}}
    return Effect(EffectKind.INVOKE, "e", "s", {"type": "http", "params": params})


def test_only_the_very_same_request_is_answered_and_not_for_too_long() -> None:
    answers = LastAnswers()
    answers.keep(WHOM, effect("ada"), {"status": 200, "body": "hers"}, 0)
    assert answers.answer(WHOM, effect("ada"), 60 * SECOND) == {"status": 200, "body": "hers"}
    assert answers.answer(WHOM, effect("ada"), 60 * SECOND + 1) is None
    assert answers.answer(WHOM, effect("bob"), 0) is None
    assert answers.answer(("bolt", *WHOM[1:]), effect("ada"), 0) is None
    assert answers.answer(WHOM, effect("ada", last_good=0), 0) is None


def test_what_is_no_good_answer_is_not_kept() -> None:
    answers = LastAnswers()
    for data in ({"status": 404}, {"status": 302}, {"status": 200, "body": "x" * LARGEST}):
        answers.keep(WHOM, effect(), data, 0)
        assert answers.answer(WHOM, effect(), 0) is None


def test_answers_that_came_first_are_let_go_of() -> None:
    answers = LastAnswers()
    for number in range(KEPT + 1):
        answers.keep(WHOM, effect(number), "good", 0)
    assert answers.answer(WHOM, effect(0), 0) is None
    assert answers.answer(WHOM, effect(1), 0) == "good"
