"""Laws of what is kept, and for how long."""

from __future__ import annotations

import asyncio

from statewright.statechart.snapshot import Status
from statewright.storage import Store
from statewright.storage.queues import Settlement
from statewright.storage.records import Committed, Lookup, Session, SessionKey
from tests.storage.examples import ALWAYS, KEY, birth, message, request, turn

LATER = 10_000


def key(session: str, tenant: str = "t") -> SessionKey:
    return SessionKey(tenant, session)


async def begun(store: Store, one: SessionKey, at: int, status: Status = Status.COMPLETED) -> None:
    who = birth(conversation=one.session)
    assert await store.commit([turn(0, key=one, at=at, status=status, birth=who)]) == (
        Committed(1),
    )


async def tenants_with_sessions_are_listed(store: Store, other: Store) -> None:
    for tenant in ("b", "Z", "ä", "a", "b"):
        await store.commit([turn(0, key=key("s", tenant))])
    assert await other.tenants() == ("Z", "a", "b", "ä")
    assert await other.tenants(after="a", limit=1) == ("b",)
    assert await other.tenants(after="ä") == ()


async def idle_sessions_are_listed_by_age(store: Store, other: Store) -> None:
    for session, at in (("s1", 5), ("s2", 3), ("s3", 5), ("s4", 50)):
        await begun(store, key(session), at, Status.ACTIVE)
    await store.commit([turn(1, key=key("s1"), at=90)])
    await begun(store, key("s9", "u"), 1)
    found = await other.idle("t", before=51)
    assert [row.key.session for row in found] == ["s2", "s3", "s4"]
    assert [row.key.session for row in await other.idle("t", before=50)] == ["s2", "s3"]
    paged: list[Session] = []
    while page := await other.idle("t", before=51, after=paged[-1] if paged else None, limit=2):
        paged += page
    assert tuple(paged) == found


async def a_session_that_is_over_is_forgotten_with_all_that_it_had(
    store: Store, other: Store
) -> None:
    await begun(store, key("gone"), 1)
    await begun(store, key("kept"), 1)
    assert await other.forget([key("gone")], before=2) == (True,)
    assert await store.forget([key("gone")], before=2) == (False,)
    assert await store.history(key("gone")) == ()
    (gone, kept) = await store.load([Lookup(key("gone"), "m1"), Lookup(key("kept"), "m1")])
    assert (gone.session, gone.duplicate, gone.snapshot) == (None, None, "")
    assert kept.session is not None
    assert kept.duplicate is not None
    assert len(await store.history(key("kept"))) == 1
    assert [row.key.session for row in await store.sessions("t")] == ["kept"]


async def a_conversation_remembers_how_many_sessions_it_has_had(store: Store, _: Store) -> None:
    who = birth(conversation="c", episode=7)
    await store.commit([turn(0, key=key("s7"), at=1, status=Status.FAILED, birth=who)])
    await store.forget([key("s7")], before=2)
    (episode,) = await store.conversation("t", who.channel, "c")
    assert (episode.episode, episode.status) == (7, Status.COMPLETED)


async def what_has_something_to_do_is_not_forgotten(store: Store, _: Store) -> None:
    await begun(store, key("active"), 1, Status.ACTIVE)
    await begun(store, key("recent"), LATER)
    await begun(store, key("inbox"), 1)
    await store.accept([message("late", key("inbox"))])
    asking = turn(0, key=key("asking"), at=1, status=Status.COMPLETED, requests=(request("r"),))
    await store.commit([asking])
    names = [key(one) for one in ("active", "recent", "inbox", "asking", "nobody")]
    assert await store.forget(names, before=LATER) == (False,) * 5
    assert len(await store.sessions("t")) == 4
    for claim in await store.claim("token", ALWAYS, held_until=ALWAYS + 1):
        await store.finish([Settlement(claim, "{}", ALWAYS)])
    assert await store.forget([key("asking")], before=LATER) == (True,)
    assert await store.requests([key("asking")]) == ((),)


async def two_who_forget_at_once_forget_once(store: Store, other: Store) -> None:
    keys = [key(f"s{number}") for number in range(20)]
    for one in keys:
        await begun(store, one, 1)
    first, second = await asyncio.gather(
        store.forget(keys, before=2), other.forget(keys[::-1], before=2)
    )
    assert not any(one and two for one, two in zip(first, second[::-1], strict=True))
    await store.forget(keys, before=2)
    assert await store.sessions("t") == ()


async def requests_that_are_not_finished_are_listed(store: Store, other: Store) -> None:
    two = turn(0, requests=(request("a"), request("b")))
    await store.commit([two, turn(0, key=key("s2"))])
    (found, none) = await other.requests([KEY, key("s2")])
    assert [claim.request for claim in found] == list(two.requests)
    assert {claim.token for claim in found} == {""}
    assert none == ()
    first, _ = await store.claim("token", ALWAYS, held_until=ALWAYS + 1)
    await store.finish([Settlement(first, "{}", ALWAYS)])
    ((left,),) = await other.requests([KEY])
    assert (left.request, left.attempts) == (two.requests[1], 1)
    assert await other.requests([]) == ()


LAWS = (
    tenants_with_sessions_are_listed,
    idle_sessions_are_listed_by_age,
    a_session_that_is_over_is_forgotten_with_all_that_it_had,
    a_conversation_remembers_how_many_sessions_it_has_had,
    what_has_something_to_do_is_not_forgotten,
    two_who_forget_at_once_forget_once,
    requests_that_are_not_finished_are_listed,
)
