"""Laws of the outbox as people see it: what is to be done, and what has failed for good."""

from __future__ import annotations

from statewright.storage import Store
from statewright.storage.queues import Entry, Settlement
from statewright.storage.records import SessionKey
from tests.storage.examples import ALWAYS, KEY, request, turn

OTHER = SessionKey("acme", "s2")
ERROR = '{"error":{"code":"connect"}}'


async def failing(store: Store, *names: str, key: SessionKey = KEY, at: int = 15) -> None:
    """Have requests of a new session claimed, and fail for good one after another."""
    await store.commit([turn(key=key, requests=tuple(map(request, names)), at=10)])
    for later, claim in enumerate(await store.claim(f"of {key.session}", 10, held_until=20)):
        assert await store.finish([Settlement(claim, ERROR, at + later, failed=True)]) == (True,)


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.request.key for entry in entries]


async def what_is_not_finished_is_pending(store: Store, other: Store) -> None:
    await store.commit([turn(requests=tuple(map(request, "abc")), at=10)])
    await store.commit([turn(key=SessionKey("else", "s"), requests=(request("z"),), at=1)])
    assert names(await other.pending("acme")) == ["a", "b", "c"]
    claims = await store.claim("one", 10, held_until=20)
    mine = {claim.request.key: claim for claim in claims}
    done = Settlement(mine["a"], "1", 15), Settlement(mine["b"], None, 12)
    assert await store.finish(done) == (True, True)
    found = await other.pending("acme")
    assert [(one.request, one.at, one.attempts, one.result) for one in found] == [
        (request("b"), 12, 1, ""),
        (request("c"), 20, 1, ""),
    ]


async def what_has_failed_is_listed_oldest_first(store: Store, other: Store) -> None:
    await failing(store, "a", "b", at=50)
    await failing(store, "c", key=OTHER, at=40)
    await failing(store, "z", key=SessionKey("else", "s"))
    found = await other.failed("acme")
    assert [(one.request.key, one.at, one.result) for one in found] == [
        ("c", 40, ERROR),
        ("a", 50, ERROR),
        ("b", 51, ERROR),
    ]
    assert await other.pending("acme") == ()


async def what_has_succeeded_or_was_given_back_has_not_failed(store: Store, _: Store) -> None:
    await store.commit([turn(requests=(request("a"), request("b")), at=10)])
    one, two = await store.claim("one", 10, held_until=20)
    await store.finish([Settlement(one, "1", 15), Settlement(two, None, 15, failed=True)])
    assert await store.failed("acme") == ()


async def lists_of_requests_have_pages(store: Store, other: Store) -> None:
    await failing(store, "a", "b", "c", key=OTHER)
    await store.commit([turn(requests=tuple(map(request, "def")), at=10)])
    for listed, expected in ((other.failed, "abc"), (other.pending, "def")):
        first = await listed("acme", limit=2)
        rest = await listed("acme", after=first[-1], limit=2)
        assert names(first + rest) == list(expected)
        assert await listed("acme", after=rest[-1]) == ()


async def what_is_revived_is_claimed_as_if_it_were_new(store: Store, other: Store) -> None:
    await failing(store, "a", "b")
    first, second = await store.failed("acme")
    assert await other.revive([second], at=30) == (True,)
    assert await store.revive([second], at=31) == (False,)
    assert names(await store.failed("acme")) == ["a"]
    assert await store.claim("two", 29, held_until=40) == ()
    (claim,) = await store.claim("three", 30, held_until=40)
    assert (claim.request, claim.attempts) == (request("b"), 1)
    assert await store.finish([Settlement(claim, "1", 35)]) == (True,)
    assert await store.revive([second, first], at=50) == (False, True)


async def who_let_it_fail_no_longer_holds_what_is_revived(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("a"),), at=10)])
    (claim,) = await store.claim("one", 10, held_until=20)
    failed = Settlement(claim, ERROR, 15, failed=True)
    assert await store.finish([failed]) == (True,)
    assert await other.finish([failed]) == (True,), "finishing again changes nothing"
    assert [one.at for one in await store.failed("acme")] == [15]
    await other.revive(await store.failed("acme"), at=16)
    assert await store.finish([failed]) == (False,)
    assert await store.renew([claim], held_until=90) == (False,)


async def what_was_not_failed_or_is_gone_is_not_revived(store: Store, _: Store) -> None:
    await store.commit([turn(requests=(request("a"),), at=10)])
    (entry,) = await store.pending("acme")
    gone = Entry(OTHER, 1, 0, request("x"), 1, 1)
    assert await store.revive([entry, gone], at=ALWAYS) == (False, False)
    assert await store.revive([], at=1) == ()
    assert names(await store.pending("acme")) == ["a"]


LAWS = (
    what_is_not_finished_is_pending,
    what_has_failed_is_listed_oldest_first,
    what_has_succeeded_or_was_given_back_has_not_failed,
    lists_of_requests_have_pages,
    what_is_revived_is_claimed_as_if_it_were_new,
    who_let_it_fail_no_longer_holds_what_is_revived,
    what_was_not_failed_or_is_gone_is_not_revived,
)
