"""Tries: how long is waited between them, and when nobody is asked at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EffectFailed, FailureKind
from statewright.expressions import Literal
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.breakers import Breaker, Breakers
from statewright.runtime.effects.retrying import LONGEST_WAIT, Retrying, retrying_of
from statewright.statechart import Effect, EffectKind
from tests.runtime.test_effects import Worker
from tests.runtime.worlds import World, caller, texts


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def waits(**backoff: Any) -> list[float]:
    """The waits before the second try to the fifth, in seconds."""
    params = {"retries": 4, "backoff": {"jitter": 0, "wait": SECOND, **backoff}}
    retrying = retrying_of(Effect(EffectKind.INVOKE, "e", "s", {"type": "w", "params": params}))
    return [retrying.before("e", attempt) / SECOND for attempt in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [
        ({}, [1, 2, 4, 8]),
        ({"growth": "exponential", "longest": 3 * SECOND}, [1, 2, 3, 3]),
        ({"growth": "linear", "wait": 2 * SECOND}, [2, 4, 6, 8]),
        ({"growth": "constant", "wait": 5 * SECOND}, [5, 5, 5, 5]),
        ({"growth": "unheard of", "wait": -1, "longest": "x"}, [1, 2, 4, 8]),
    ],
    ids=["usual", "capped", "linear", "constant", "nonsense"],
)
def test_waits_grow_as_they_are_told(backoff: Any, expected: list[float]) -> None:
    assert waits(**backoff) == expected


@given(
    st.sampled_from(["constant", "linear", "exponential"]),
    st.integers(1, LONGEST_WAIT),
    st.integers(1, LONGEST_WAIT),
    st.floats(0, 1),
    st.integers(1, 1_000_000),
    st.integers(0, LONGEST_WAIT),
)
def test_chance_shortens_waits_always_alike_and_never_what_was_asked_for(
    growth: str, wait: int, longest: int, jitter: float, attempt: int, asked: int
) -> None:
    retrying = Retrying(3, growth, wait, longest, jitter)
    full = Retrying(3, growth, wait, longest, 0).before("e", attempt)
    found = retrying.before("e", attempt, asked)
    assert found == retrying.before("e", attempt, asked)
    assert max(asked, round(full * (1 - jitter)) - 1) <= found <= max(asked, full)


def test_those_who_fail_together_do_not_come_back_together() -> None:
    retrying = Retrying(3, jitter=1)
    assert len({retrying.before(f"e{n}", 1) for n in range(100)}) == 100


@pytest.mark.anyio
async def test_nobody_is_asked_again_before_they_want_it(world: World) -> None:
    busy = EffectFailed("status", "busy", transient=True, wait=90 * SECOND)
    worker = Worker(busy, "at last")
    chart = caller(Literal({"retries": 1}), type_="work")
    runtime, session = await world.started(chart, handlers={"work": worker})
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert await runtime.work(world.clock.advance(89)) == 0
    assert await runtime.work(world.clock.advance(1)) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got at last"]


# --- kinds of failures ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FailureKind.TRANSIENT, [1, 2, 4]),
        (FailureKind.RATE_LIMIT, [1, 2, 3]),
        (FailureKind.AUTHENTICATION, [0]),
        (FailureKind.CONFIGURATION, []),
    ],
)
def test_each_kind_of_failure_has_its_tries(kind: FailureKind, expected: list[float]) -> None:
    asked = Effect(EffectKind.INVOKE, "e", "s", {"type": "work", "params": {}})
    retrying = retrying_of(asked, kind)
    waits = [retrying.before("e", attempt) / SECOND for attempt in range(1, retrying.retries + 1)]
    assert len(waits) == len(expected)
    assert all(
        full * (1 - retrying.jitter) <= wait <= full
        for wait, full in zip(waits, expected, strict=True)
    )


def test_what_a_request_says_of_its_tries_holds_for_what_may_pass_only() -> None:
    params = {"retries": 7, "backoff": {"growth": "constant", "wait": 5 * SECOND, "jitter": 0}}
    asked = Effect(EffectKind.INVOKE, "e", "s", {"type": "work", "params": params})
    found = {kind: retrying_of(asked, kind) for kind in FailureKind}
    assert [found[kind].retries for kind in FailureKind] == [7, 7, 1, 0]
    assert found[FailureKind.RATE_LIMIT].before("e", 3) == 5 * SECOND


class Vault:
    """Secrets of which the first has run out, until they are looked up anew."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.refreshed: list[str] = []

    def __call__(self, _tenant: str, _name: str) -> str:
        return "new" if self.refreshed else "old"

    async def refresh(self, tenant: str) -> None:
        if not self.works:
            raise ValueError("hidden")
        self.refreshed.append(tenant)


KEPT_OUT = EffectFailed("status", "not let in", kind=FailureKind.AUTHENTICATION)


@pytest.mark.anyio
async def test_who_is_not_let_in_tries_once_more_with_secrets_looked_up_anew(world: World) -> None:
    worker, vault = Worker(KEPT_OUT, "inside"), Vault()
    chart = caller(Literal({"retries": 0}), type_="work")
    runtime, session = await world.started(chart, handlers={"work": worker}, secrets=vault)
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert await runtime.work(world.clock()) == 1
    assert texts(*await runtime.read(session.key, after=2)) == ["got inside"]
    assert vault.refreshed == ["default"]


@pytest.mark.anyio
async def test_who_is_not_let_in_twice_gives_up(world: World) -> None:
    worker = Worker(KEPT_OUT, KEPT_OUT, "never")
    chart = caller(Literal({"retries": 5}), type_="work")
    runtime, session = await world.started(chart, handlers={"work": worker}, secrets=Vault())
    await runtime.send(session.key, "go")
    while await runtime.work(world.clock()):
        pass
    assert len(worker.orders) == 2
    assert texts(*await runtime.read(session.key, after=2)) == ["status"]


@pytest.mark.anyio
@pytest.mark.parametrize("options", [{}, {"secrets": Vault(works=False)}], ids=["none", "broken"])
async def test_nobody_tries_again_with_the_same_secrets(
    options: dict[str, Any], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(KEPT_OUT, "never")
    chart = caller(Literal({"retries": 5}), type_="work")
    runtime, session = await world.started(chart, handlers={"work": worker}, **options)
    await runtime.send(session.key, "go")
    await runtime.work(world.clock())
    assert texts(*await runtime.read(session.key, after=2)) == ["status"]
    assert "hidden" not in caplog.text


# --- breakers ------------------------------------------------------------------------------------

WHOM = ("t", "http", "api.example.com")
TWO = Breaker(failures=2, within=60, rest=30)


def failing(breakers: Breakers, *times: int) -> None:
    for now in times:
        assert breakers.admits(WHOM, TWO, now)
        breakers.note(WHOM, TWO, now, failed=True)


def test_too_many_failures_in_a_time_open_a_breaker() -> None:
    breakers = Breakers()
    failing(breakers, 0, 10)
    assert not breakers.admits(WHOM, TWO, 11)
    assert breakers.admits(("t", "http", "other.example.com"), TWO, 11)
    assert breakers.admits(("u", "http", "api.example.com"), TWO, 11)


def test_failures_far_apart_open_none() -> None:
    breakers = Breakers()
    failing(breakers, 0, 61, 122)
    assert breakers.admits(WHOM, TWO, 123)


def test_after_a_rest_one_request_is_let_through_and_decides() -> None:
    breakers = Breakers()
    failing(breakers, 0, 10)
    assert not breakers.admits(WHOM, TWO, 39)
    assert breakers.admits(WHOM, TWO, 40)
    assert not breakers.admits(WHOM, TWO, 41), "one at a time"
    breakers.note(WHOM, TWO, 42, failed=True)
    assert not breakers.admits(WHOM, TWO, 71)
    assert breakers.admits(WHOM, TWO, 72)
    breakers.note(WHOM, TWO, 73, failed=False)
    assert breakers.admits(WHOM, TWO, 74)
    failing(breakers, 75)
    assert breakers.admits(WHOM, TWO, 76), "what was before is forgotten"


def test_a_request_that_is_given_up_decides_nothing_and_lets_the_next_one_through() -> None:
    breakers = Breakers()
    failing(breakers, 0, 10)
    assert breakers.admits(WHOM, TWO, 40)
    breakers.note(WHOM, TWO, 41, failed=None)
    assert breakers.admits(WHOM, TWO, 41)


def test_a_late_failure_of_before_does_not_wake_a_closed_breaker_forever() -> None:
    breakers = Breakers()
    assert breakers.admits(WHOM, TWO, 0)
    failing(breakers, 1, 2)
    breakers.note(WHOM, TWO, 3, failed=False)
    assert breakers.admits(WHOM, TWO, 4)


@pytest.mark.anyio
async def test_an_open_breaker_fails_requests_at_once(world: World) -> None:
    worker = Worker(EffectFailed("connect", "no connection", transient=True))
    breaker = {"failures": 2, "within": 60 * SECOND, "rest": 30 * SECOND}
    params = {"retries": 5, "breaker": breaker, "backoff": {"wait": SECOND, "jitter": 0}}
    chart = caller(Literal(params), type_="work")
    runtime, session = await world.started(chart, handlers={"work": worker})
    await runtime.send(session.key, "go")
    for _ in range(4):
        await runtime.work(world.clock())
        world.clock.advance(2)
    assert len(worker.orders) == 2, "the third try finds it open"
    assert texts(*await runtime.read(session.key, after=2)) == ["open"]
