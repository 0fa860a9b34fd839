"""Limits that several processes keep together."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import Literal
from statewright.runtime import Order
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.limits import Gated, Limits, Rate, limits_from
from statewright.runtime.effects.sharing import ENTRIES, noted
from tests.runtime.test_limits import most_within
from tests.runtime.worlds import World, caller, release

pytestmark = pytest.mark.anyio

HOST = ("", "requests to crm.example")
TENANT = ("acme", "requests")


def made(asked: list[list[Gated]], later: int = 1) -> list[tuple[int, list[Gated]]]:
    """When requests are made that are noted three at a time, and come back when they are told to."""
    texts = dict.fromkeys((HOST, TENANT), "")
    coming = [(0, number) for number in range(len(asked))]
    found: list[tuple[int, list[Gated]]] = []
    while coming:
        coming.sort()
        now = coming[0][0]
        batch = [one for one in coming if one[0] <= now + later][:3]
        coming = [one for one in coming if one not in batch]
        gates = [asked[number] for _, number in batch]
        places = {gated.place for one in gates for gated in one}
        new, waits = noted({place: texts[place] for place in places}, gates, now)
        texts |= new
        for (_, number), wait in zip(batch, waits, strict=True):
            if wait:
                coming.append((now + wait, number))
            else:
                found.append((now, asked[number]))
    return found


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.lists(st.sampled_from(("host", "tenant", "both")), min_size=1, max_size=30),
)
def test_no_window_has_more_requests_than_its_rate_and_each_is_made(
    for_host: int, for_tenant: int, kinds: list[str]
) -> None:
    host, tenant = Gated(HOST, Rate(for_host, 100)), Gated(TENANT, Rate(for_tenant, 100))
    gates = {"host": [host], "tenant": [tenant], "both": [tenant, host]}
    found = made([gates[kind] for kind in kinds])
    assert len(found) == len(kinds)
    for gated in (host, tenant):
        times = [at for at, passed in found if gated in passed]
        assert not times or most_within(times, 100) <= gated.rate.count


def test_who_waits_is_told_to_come_one_after_another() -> None:
    gated = Gated(HOST, Rate(10, SECOND))
    text, waits = noted({HOST: ""}, [[gated]] * 35, 0)
    assert Counter(waits) == {0: 10, SECOND: 10, 2 * SECOND: 10, 3 * SECOND: 5}
    assert json.loads(text[HOST]) == [[0, 10]]


def test_of_many_times_few_are_kept_and_no_window_gets_shorter() -> None:
    gated = Gated(HOST, Rate(10_000, SECOND))
    text = ""
    for number in range(5_000):
        new, (wait,) = noted({HOST: text}, [[gated]], number * 100)
        assert wait == 0
        text = new[HOST]
    window = json.loads(text)
    assert len(window) <= ENTRIES
    assert sum(count for _, count in window) == 5_000
    # What was made last is kept at its time or a little later, never earlier.
    assert window[-1][0] >= 4_999 * 100


@pytest.mark.parametrize("text", ["x", "{}", "[1]", '[["a", 1]]', "null", "[[1]]"])
def test_a_tally_that_tells_nothing_is_begun_anew(text: str) -> None:
    gated = Gated(HOST, Rate(1, SECOND))
    new, waits = noted({HOST: text}, [[gated]], 7)
    assert (json.loads(new[HOST]), waits) == ([[7, 1]], [0])


@pytest.mark.parametrize(("limits", "at_once"), [(["host=2/s"], 2), (["host=2/s", "own"], 4)])
async def test_a_limit_is_kept_by_all_processes_together(
    world: World, limits: list[str], at_once: int
) -> None:
    times: list[int] = []

    async def ask(_order: Order) -> Any:
        times.append(world.clock())
        return {"status": 200, "headers": {}, "body": ""}

    chart = caller(Literal({"url": "https://crm.example/"}))
    workers = [
        await world.worker(handlers={"http": ask}, limits=limits_from(limits)) for _ in range(2)
    ]
    await workers[0].publish(release(chart), flow="flow")
    for _ in range(10):
        key = (await workers[0].start("flow")).key
        await workers[0].send(key, "go")
    # Each of them may take half of what there is.
    for worker in workers:
        worker._background._engine._at_once = 5  # type: ignore[union-attr]
    for _ in range(100):
        for worker in workers:
            await worker.work(world.clock())
        world.clock.advance(0.1)
        if len(times) == 10:
            break
    assert len(times) == 10
    assert most_within(times, SECOND) == at_once


def test_processes_share_limits_unless_they_are_told_not_to() -> None:
    assert limits_from(["host=1/s"]).shared
    assert limits_from([" own ", "host=1/s"]) == Limits(host=Rate(1), shared=False)
