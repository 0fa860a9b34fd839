"""Laws of publications and of lists with pages."""

from __future__ import annotations

import asyncio

import pytest

from statewright.errors import UnknownPublication
from statewright.statechart.snapshot import Status
from statewright.storage import Store
from statewright.storage.records import Publication, Session, SessionKey
from tests.storage.examples import KEY, birth, release, turn


async def versions_count_from_one_in_each_flow_of_each_tenant(store: Store, _: Store) -> None:
    made = [
        await store.publish(release(), tenant=tenant, flow=flow, at=9)
        for tenant, flow in (("a", "x"), ("a", "x"), ("a", "y"), ("b", "x"))
    ]
    assert [row.version for row in made] == [1, 2, 1, 1]
    assert made[1] == Publication("a", "x", 2, "", release().digest, 9)


async def publishers_at_once_get_versions_without_a_gap(store: Store, other: Store) -> None:
    calls = [
        one.publish(release(), tenant="a", flow="x", at=9)
        for one in (store, other)
        for _ in range(8)
    ]
    made = await asyncio.gather(*calls)
    assert sorted(row.version for row in made) == list(range(1, 17))


async def what_was_published_is_read_back(store: Store, other: Store) -> None:
    made = await store.publish(release("one"), tenant="a", flow="x", at=9, label="live")
    await store.publish(release("two"), tenant="a", flow="x", at=10)
    assert await other.publication("a", "x", version=1) == made
    assert await other.release(made) == release("one")


async def the_newest_of_each_flow_is_listed_in_pages(store: Store, other: Store) -> None:
    for flow in ("B", "ä", "a", "a", "B", "b", "a"):
        await store.publish(release(), tenant="t", flow=flow, at=9)
    await store.publish(release(), tenant="other", flow="c", at=9)
    first = await other.newest("t", limit=2)
    rest = await other.newest("t", after=first[-1].flow)
    listed = [(one.flow, one.version) for one in (*first, *rest)]
    assert listed == [("B", 2), ("a", 3), ("b", 1), ("ä", 1)]


async def the_newest_publication_of_a_version_or_label_is_found(store: Store, _: Store) -> None:
    for label in ("live", "trial", "live", ""):
        await store.publish(release(), tenant="a", flow="x", at=9, label=label)

    async def version(**which: int | str) -> int | None:
        number, label = which.get("version"), which.get("label")
        assert not isinstance(number, str)
        assert not isinstance(label, int)
        found = await store.publication("a", "x", version=number, label=label)
        return found.version if found else None

    assert await version() == 4
    assert await version(label="live") == 3
    assert await version(label="trial") == 2
    assert await version(label="") == 4
    assert await version(version=1) == 1
    assert await version(version=1, label="trial") is None
    for unknown in (5, 0, -1, 2**31, 2**63, 10**30):
        assert await version(version=unknown) is None
    assert await version(label="none") is None
    assert await store.publication("b", "x") is None


async def a_release_that_was_not_published_is_unknown(store: Store, _: Store) -> None:
    await store.publish(release(), tenant="a", flow="x", at=9)
    for tenant, flow, version in (("a", "x", 2), ("a", "y", 1), ("b", "x", 1)):
        with pytest.raises(UnknownPublication, match=f"version {version}"):
            await store.release(Publication(tenant, flow, version, "", "digest", 9))


async def publications_are_listed_by_flow_newest_first(store: Store, _: Store) -> None:
    for flow in ("b", "a", "Z", "ä", "b"):
        await store.publish(release(), tenant="t", flow=flow, at=9)
    await store.publish(release(), tenant="u", flow="a", at=9)
    order = [("Z", 1), ("a", 1), ("b", 2), ("b", 1), ("ä", 1)]
    found = await store.publications("t")
    assert [(row.flow, row.version) for row in found] == order
    paged: list[Publication] = []
    while page := await store.publications("t", after=paged[-1] if paged else None, limit=2):
        paged += page
    assert tuple(paged) == found
    only = await store.publications("t", flow="b", limit=1)
    assert [(row.flow, row.version) for row in only] == [("b", 2)]
    assert len(await store.publications("t", flow="b", after=only[0])) == 1


async def the_history_is_read_page_by_page(store: Store, _: Store) -> None:
    await store.commit([turn(number) for number in range(7)])
    pages = []
    after = 0
    while page := await store.history(KEY, after=after, limit=3):
        pages.append([row.revision for row in page])
        after = page[-1].revision
    assert pages == [[1, 2, 3], [4, 5, 6], [7]]
    assert await store.history(SessionKey("acme", "none")) == ()


async def sessions_are_listed_newest_first_page_by_page(store: Store, _: Store) -> None:
    times = {"s1": 5, "s2": 9, "s3": 5, "s4": 1, "s5": 9}
    for session, at in times.items():
        await store.commit([turn(0, key=SessionKey("t", session), at=at)])
    await store.commit([turn(0, key=SessionKey("u", "s9"))])
    await store.commit([turn(1, key=SessionKey("t", "s4"), at=99)])
    found = await store.sessions("t")
    assert [row.key.session for row in found] == ["s5", "s2", "s3", "s1", "s4"]
    paged: list[Session] = []
    while page := await store.sessions("t", after=paged[-1].key.session if paged else "", limit=2):
        paged += page
    assert tuple(paged) == found
    assert await store.sessions("t", after="unknown") == ()
    assert await store.sessions("nobody") == ()


async def sessions_are_listed_by_flow_and_status(store: Store, _: Store) -> None:
    for number, flow in enumerate(("lead", "quiz", "lead", "quiz")):
        key = SessionKey("t", f"s{number}")
        await store.commit([turn(0, key=key, birth=birth(flow=flow), at=number)])
    await store.commit([turn(1, key=SessionKey("t", "s2"), status=Status.FAILED)])

    async def ids(flow: str = "", status: Status | None = None, after: str = "") -> list[str]:
        found = await store.sessions("t", flow=flow, status=status, after=after)
        return [row.key.session for row in found]

    assert await ids(flow="quiz") == ["s3", "s1"]
    assert await ids(status=Status.ACTIVE) == ["s3", "s1", "s0"]
    assert await ids(flow="lead", status=Status.FAILED) == ["s2"]
    assert await ids(flow="quiz", after="s3") == ["s1"]


LAWS = (
    the_newest_of_each_flow_is_listed_in_pages,
    versions_count_from_one_in_each_flow_of_each_tenant,
    publishers_at_once_get_versions_without_a_gap,
    what_was_published_is_read_back,
    the_newest_publication_of_a_version_or_label_is_found,
    a_release_that_was_not_published_is_unknown,
    publications_are_listed_by_flow_newest_first,
    the_history_is_read_page_by_page,
    sessions_are_listed_newest_first_page_by_page,
    sessions_are_listed_by_flow_and_status,
)
