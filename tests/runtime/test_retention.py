"""How long sessions are kept: what was abandoned is ended, and what is over is deleted."""

from __future__ import annotations

import pytest

from statewright.runtime import Policy, Rule, Runtime
from statewright.runtime.operations.retention import Count, Fate
from statewright.storage.receipts import Receipt
from statewright.storage.records import SessionKey
from tests.runtime.worlds import World, caller, counter, release, sleeper
from tests.statechart.building import cel
from tests.storage.laws_of_receipts import always

pytestmark = pytest.mark.anyio

DAY = 86_400_000_000


def everybody(**spans: int) -> Policy:
    return Policy({("", ""): Rule(**spans)})


def counted(count: Count) -> dict[Fate, int]:
    assert count.failed == {}
    done: dict[Fate, int] = {}
    for (_, _, fate), number in count.done.items():
        done[fate] = done.get(fate, 0) + number
    return done


async def test_a_session_that_waits_for_long_is_ended(world: World) -> None:
    runtime, session = await world.started(counter())
    policy = everybody(abandon=7 * DAY)
    assert counted(await runtime.retention.keep(policy, world.clock.advance(6 * 86_400))) == {}
    later = world.clock.advance(2 * 86_400)
    assert counted(await runtime.retention.keep(policy, later, dry_run=True)) == {Fate.ENDED: 1}
    assert (await runtime.session(session.key)).status == "active"
    assert counted(await runtime.retention.keep(policy, later)) == {Fate.ENDED: 1}
    view = await runtime.session(session.key)
    assert (view.status, view.outcome, view.revision) == ("completed", "abandoned", 2)
    assert counted(await runtime.retention.keep(policy, later)) == {}
    assert (await runtime.replay(session.key)).differences == ()


async def test_whoever_waits_for_time_or_for_the_world_is_not_abandoned(world: World) -> None:
    runtime, sleeping = await world.started(sleeper(300 * DAY))
    await runtime.publish(release(caller(cel("{}"), type_="crm")), flow="calls")
    calling = await runtime.start("calls")
    await runtime.send(calling.key, "go")
    later = world.clock.advance(100 * 86_400)
    assert counted(await runtime.retention.keep(everybody(abandon=DAY), later)) == {}
    for key in (sleeping.key, calling.key):
        assert (await runtime.session(key)).status == "active"


async def test_a_session_that_is_over_is_deleted_in_its_time(world: World) -> None:
    runtime, session = await world.started(counter())
    other = await runtime.start("flow")
    await runtime.end(session.key)
    policy = everybody(delete=30 * DAY)
    later = world.clock.advance(31 * 86_400)
    assert counted(await runtime.retention.keep(policy, later, dry_run=True)) == {Fate.DELETED: 1}
    assert counted(await runtime.retention.keep(policy, later)) == {Fate.DELETED: 1}
    assert [row.key for row in await runtime.store.sessions("default")] == [other.key]
    again = await runtime.start("flow", conversation="c")
    assert again.key not in {session.key, other.key}, "no id is given twice"


async def test_what_is_not_sent_yet_is_kept(world: World) -> None:
    runtime, session = await world.started(counter(), handlers={"ledger": ledger})
    await runtime.send(session.key, "a")
    await runtime.send(session.key, "stop")
    later = world.clock.advance(86_400 * 2)
    assert counted(await runtime.retention.keep(everybody(delete=DAY), later)) == {}
    while await runtime.work(later):
        pass
    assert counted(await runtime.retention.keep(everybody(delete=DAY), later)) == {Fate.DELETED: 1}


async def ledger(_order: object) -> None:
    """Takes every receipt."""


async def test_the_most_particular_rule_counts(world: World) -> None:
    runtime, _ = await world.started(counter())
    policy = Policy(
        {
            ("", ""): Rule(delete=10 * DAY),
            ("", "short"): Rule(delete=DAY),
            ("acme", ""): Rule(delete=100 * DAY),
            ("acme", "short"): Rule(delete=2 * DAY),
        }
    )
    ended: dict[tuple[str, str], SessionKey] = {}
    for tenant in ("default", "acme", "else"):
        for flow in ("flow", "short"):
            await runtime.publish(release(counter()), tenant=tenant, flow=flow)
            key = (await runtime.start(flow, tenant=tenant)).key
            await runtime.end(key)
            ended[tenant, flow] = key
    gone = await left(runtime, ended, policy, world.clock() + DAY + 1)
    assert gone == {("default", "short"), ("else", "short")}
    gone = await left(runtime, ended, policy, world.clock() + 2 * DAY + 1)
    assert ("acme", "short") in gone
    gone = await left(runtime, ended, policy, world.clock() + 11 * DAY)
    assert ended.keys() - gone == {("acme", "flow")}


async def left(
    runtime: Runtime, ended: dict[tuple[str, str], SessionKey], policy: Policy, now: int
) -> set[tuple[str, str]]:
    """What is gone by a time."""
    await runtime.retention.keep(policy, now)
    gone = set()
    for place, key in ended.items():
        if not await runtime.store.history(key):
            gone.add(place)
    return gone


async def test_many_sessions_are_deleted_batch_by_batch(world: World) -> None:
    runtime, first = await world.started(counter())
    keys = [first.key, *[(await runtime.start("flow")).key for _ in range(130)]]
    for key in keys[::2]:
        await runtime.end(key)
    later = world.clock.advance(86_400 * 2)
    found = counted(await runtime.retention.keep(everybody(delete=DAY), later))
    assert found == {Fate.DELETED: 66}
    assert {row.key for row in await runtime.store.sessions("default", limit=200)} == set(
        keys[1::2]
    )


async def test_counts_of_requests_are_deleted_when_nobody_makes_them_any_more(
    world: World,
) -> None:
    runtime, _ = await world.started(counter())
    now = world.clock()
    host, tenant, other = ("", "requests to a.example"), ("acme", "requests"), ("acme", "other")
    texts = {host: f"[[{now},3]]", tenant: f"[[{now},1],[{now + 2 * DAY},1]]", other: "[[1,1]]"}
    await runtime.store.tally(list(texts), lambda _: texts)
    await runtime.retention.keep(Policy(), now + 7 * DAY - 1)
    assert set(await runtime.store.tallied()) == set(texts)
    await runtime.retention.keep(Policy(), now + 8 * DAY, dry_run=True)
    assert set(await runtime.store.tallied()) == set(texts)
    await runtime.retention.keep(Policy(), now + 8 * DAY)
    assert set(await runtime.store.tallied()) == {tenant, other}


async def test_keys_of_requests_are_kept_as_long_as_their_tenant_wants(world: World) -> None:
    runtime = await world.worker()
    for tenant in ("acme", "other"):
        for number in range(105):
            told = always(Receipt(tenant, f"k{number}", "", "", world.clock()))
            await runtime.publish(release(counter()), tenant=tenant, flow="flow", receipt=told)
    policy = Policy({("", ""): Rule(keys=30 * DAY), ("acme", ""): Rule(keys=7 * DAY)})
    later = world.clock.advance(8 * 86_400)
    assert (await runtime.retention.keep(policy, later, dry_run=True)).keys == {}
    assert (await runtime.retention.keep(policy, later)).keys == {"acme": 105}
    assert await runtime.store.receipt("acme", "k0") is None
    assert await runtime.store.receipt("other", "k0") is not None
    assert (await runtime.retention.keep(Policy(), world.clock.advance(10**8))).keys == {}
