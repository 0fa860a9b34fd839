"""Limits: how often requests are made, and who comes next."""

from __future__ import annotations

import heapq
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.runtime.clock import SECOND
from statewright.runtime.effects.breakers import Destination
from statewright.runtime.effects.limits import (
    LONGEST_REST,
    REMEMBERED,
    Limiter,
    Limits,
    Rate,
    limits_from,
)

HOST = "crm.example"


def passed(
    limits: Limits, arrivals: list[tuple[int, str, str]]
) -> tuple[dict[str, int], Counter[str]]:
    """When requests are made that come back whenever they are told to, and how often each came.

    Args:
        limits: of the process.
        arrivals: time, id and tenant of each request.
    """
    limiter = Limiter(limits)
    made: dict[str, int] = {}
    asked: Counter[str] = Counter()
    coming = [(at, number, effect, whose) for number, (at, effect, whose) in enumerate(arrivals)]
    heapq.heapify(coming)
    while coming:
        now, number, effect, tenant = heapq.heappop(coming)
        asked[effect] += 1
        wait = limiter.wait(effect, (tenant, "http", HOST), now)
        if wait:
            heapq.heappush(coming, (now + wait, number, effect, tenant))
        else:
            made[effect] = now
    return made, asked


def most_within(times: list[int], span: int) -> int:
    """The most of the times that lie within any span."""
    ordered = sorted(times)
    return max(sum(start <= at < start + span for at in ordered) for start in ordered)


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from("ab")), min_size=1, max_size=40),
)
def test_no_time_has_more_requests_than_its_rate_and_each_is_made(
    for_host: int, for_tenant: int, arrivals: list[tuple[int, str]]
) -> None:
    limits = Limits(tenant=Rate(for_tenant, 10), host=Rate(for_host, 10))
    coming = [(at, f"e{number}", tenant) for number, (at, tenant) in enumerate(arrivals)]
    made, _ = passed(limits, coming)
    assert len(made) == len(arrivals)
    assert most_within(list(made.values()), 10) <= for_host
    for tenant in "ab":
        own = [made[effect] for _, effect, whose in coming if whose == tenant]
        assert not own or most_within(own, 10) <= for_tenant


def test_requests_of_a_tenant_are_made_in_the_order_in_which_they_came() -> None:
    made, _ = passed(Limits(host=Rate(2, SECOND)), [(n, f"e{n}", "acme") for n in range(20)])
    assert sorted(made, key=made.__getitem__) == [f"e{n}" for n in range(20)]


def test_a_rate_is_used_up_and_who_waits_does_not_come_for_nothing() -> None:
    made, asked = passed(
        Limits(tenant=Rate(10, SECOND)), [(0, f"e{n}", "acme") for n in range(1_000)]
    )
    assert max(made.values()) <= 100 * SECOND
    assert max(asked.values()) <= 2


def test_a_backlog_of_one_tenant_does_not_keep_another_from_its_share() -> None:
    backlog = [(0, f"a{n}", "acme") for n in range(1_000)]
    others = [(SECOND, f"b{n}", "bolt") for n in range(10)]
    made, asked = passed(Limits(host=Rate(10, SECOND)), backlog + others)
    assert max(made[f"b{n}"] for n in range(10)) <= 5 * SECOND
    assert max(made.values()) <= 110 * SECOND
    assert sum(asked.values()) <= 4 * len(made)


def test_tenants_that_wait_for_a_host_take_turns() -> None:
    backlogs = [(0, f"{tenant}{n}", tenant) for n in range(200) for tenant in "abcd"]
    made, asked = passed(Limits(host=Rate(10, SECOND)), backlogs)
    early = Counter(effect[0] for effect, at in made.items() if at <= 20 * SECOND)
    assert min(early.values()) >= 30, "of 50 each"
    assert sum(asked.values()) <= 4 * len(made)


def test_a_slow_tenant_does_not_keep_others_from_the_host() -> None:
    limits = Limits(host=Rate(10, SECOND), tenants={"slow": Rate(1, 60 * SECOND)})
    slow = [(0, f"s{n}", "slow") for n in range(50)]
    made, _ = passed(limits, [*slow, *((1, f"q{n}", "quick") for n in range(10))])
    assert max(made[f"q{n}"] for n in range(10)) <= 2 * SECOND


def test_what_is_remembered_is_bounded() -> None:
    limiter = Limiter(Limits(tenant=Rate(1, SECOND)))
    for number in range(REMEMBERED + 100):
        limiter.wait(f"e{number}", ("acme", "http", HOST), 0)
    assert len(limiter._waiting) == REMEMBERED


def test_who_wants_to_be_left_alone_is() -> None:
    limiter, whom = Limiter(), ("acme", "http", HOST)
    limiter.rest(whom, 8 * SECOND, 0)
    waits = {limiter.wait(f"e{n}", whom, 2 * SECOND) for n in range(20)}
    assert all(6 * SECOND <= wait <= 7.5 * SECOND for wait in waits)
    assert len(waits) > 1, "not all at once"
    assert limiter.wait("e", ("bolt", "http", HOST), 0) == 0, "of another tenant"
    assert limiter.wait("e", whom, 8 * SECOND) == 0
    limiter.rest(whom, 3600 * SECOND, 0)
    assert limiter.wait("e", whom, LONGEST_REST) == 0


def test_what_is_asked_of_nobody_in_particular_has_no_host() -> None:
    limiter = Limiter(Limits(host=Rate(1, SECOND)))
    nobody: Destination = ("acme", "email", "")
    assert [limiter.wait(f"e{n}", nobody, 0) for n in range(3)] == [0, 0, 0]


def test_limits_are_written_like_rates() -> None:
    found = limits_from(
        ["tenant=5/s", "tenant:Acme=50/s", "host=10/s", "host:CRM.example:8080=9/h"]
    )
    assert found == Limits(
        Rate(5), Rate(10), {"Acme": Rate(50)}, {"crm.example:8080": Rate(9, 3600 * SECOND)}
    )


@pytest.mark.parametrize(
    "text",
    ["", "host", "host=0/s", "host=x/s", "host=10/d", "host:=1/s", "flow=1/s", "host=10001/s"],
)
def test_what_is_no_limit_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no limit"):
        limits_from([text])
