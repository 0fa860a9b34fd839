"""Laws of receipts: a change and what was told of it are there together, and once for a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from statewright.errors import AlreadyDone, DraftChanged
from statewright.storage import Store
from statewright.storage.drafts import ABSENT, Draft, Drafts, KeepsDrafts, Saved
from statewright.storage.receipts import Receipt
from statewright.storage.records import Publication
from tests.storage.examples import release

DRAFT = Draft("a", "x", "X", "{}", "", "", 5)


def receipt(key: str = "k", answer: str = "told", request: str = "r") -> Receipt:
    return Receipt("a", key, request, answer, 9)


def of_publication(made: Publication) -> Receipt:
    return receipt(answer=f"version {made.version}")


def drafts_of(store: Store) -> Drafts:
    assert isinstance(store, KeepsDrafts)
    return store.drafts


async def a_receipt_is_kept_with_its_publication(store: Store, other: Store) -> None:
    assert await store.receipt("a", "k") is None
    await store.publish(release(), tenant="a", flow="x", at=9, receipt=of_publication)
    assert await other.receipt("a", "k") == receipt(answer="version 1")
    assert await other.receipt("b", "k") is None


async def nothing_is_published_under_a_key_that_was_used(store: Store, _: Store) -> None:
    await store.publish(release(), tenant="a", flow="x", at=9, receipt=of_publication)
    for flow in ("x", "y"):
        with pytest.raises(AlreadyDone):
            await store.publish(release(), tenant="a", flow=flow, at=9, receipt=of_publication)
    assert [one.version for one in await store.publications("a")] == [1]
    assert await store.receipt("a", "k") == receipt(answer="version 1")


async def of_publishers_with_one_key_one_publishes(store: Store, other: Store) -> None:
    calls = [
        one.publish(release(), tenant="a", flow="x", at=9, receipt=of_publication)
        for one in (store, other)
        for _ in range(6)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Publication) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyDone) for outcome in outcomes) == 11
    assert [one.version for one in await store.publications("a")] == [1]


async def a_receipt_is_kept_with_its_draft(store: Store, other: Store) -> None:
    drafts = drafts_of(store)

    def told(saved: Saved) -> Receipt:
        return receipt(answer=str(saved.heading.created_at))

    await drafts.save(DRAFT, seen=ABSENT, receipt=told)
    assert await drafts_of(other).receipt("a", "k") == receipt(answer="5")
    await drafts.remove("a", "x")
    with pytest.raises(AlreadyDone):
        await drafts.save(DRAFT, receipt=told)
    assert await drafts.read("a", "x") is None


async def what_was_not_done_leaves_no_receipt(store: Store, _: Store) -> None:
    drafts = drafts_of(store)
    with pytest.raises(DraftChanged):
        await drafts.save(DRAFT, seen="other", receipt=lambda _: receipt())
    with pytest.raises(DraftChanged):
        await drafts.remove("a", "x", seen="other", receipt=receipt())
    assert not await drafts.remove("a", "x", receipt=receipt())
    assert await store.receipt("a", "k") is None


async def nothing_is_removed_under_a_key_that_was_used(store: Store, _: Store) -> None:
    drafts = drafts_of(store)
    saved = await drafts.save(DRAFT, receipt=lambda _: receipt())
    with pytest.raises(AlreadyDone):
        await drafts.remove("a", "x", receipt=receipt())
    assert await drafts.read("a", "x") == saved
    assert await drafts.remove("a", "x", receipt=receipt("another"))
    assert await drafts.receipt("a", "another") == receipt("another")


async def of_savers_with_one_key_one_saves(store: Store, other: Store) -> None:
    calls = [
        drafts_of(one).save(
            Draft("a", f"x{number}", "X", "{}", "", "", 5), receipt=lambda _: receipt()
        )
        for number, one in enumerate((store, other) * 6)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Saved) for outcome in outcomes) == 1
    assert len(await drafts_of(other).headings("a")) == 1


async def publications_and_drafts_share_their_keys(store: Store, _: Store) -> None:
    await drafts_of(store).save(DRAFT, receipt=lambda _: receipt())
    with pytest.raises(AlreadyDone):
        await store.publish(release(), tenant="a", flow="x", at=9, receipt=of_publication)
    assert await store.publications("a") == ()


def always(receipt: Receipt) -> Callable[[Publication], Receipt]:
    return lambda _: receipt


async def receipts_are_forgotten_by_their_age(store: Store, other: Store) -> None:
    for tenant, key, at in (("a", "k1", 5), ("a", "k2", 3), ("a", "k3", 9), ("b", "k1", 1)):
        told = always(Receipt(tenant, key, "r", "told", at))
        await store.publish(release(), tenant=tenant, flow="x", at=at, receipt=told)
    assert await other.receipted() == ("a", "b")
    assert await other.receipted(after="a", limit=1) == ("b",)
    assert await other.forget_receipts("a", before=9, limit=1) == 1
    assert await store.receipt("a", "k2") is None
    assert await other.forget_receipts("a", before=9) == 1
    assert await other.forget_receipts("a", before=9) == 0
    assert await store.receipt("a", "k3") == Receipt("a", "k3", "r", "told", 9)
    assert await store.receipt("b", "k1") is not None


async def a_key_that_was_forgotten_is_a_new_one(store: Store, _: Store) -> None:
    for version in (1, 2):
        made = await store.publish(release(), tenant="a", flow="x", at=9, receipt=of_publication)
        assert made.version == version
        assert await store.forget_receipts("a", before=10) == 1


LAWS = (
    receipts_are_forgotten_by_their_age,
    a_key_that_was_forgotten_is_a_new_one,
    a_receipt_is_kept_with_its_publication,
    nothing_is_published_under_a_key_that_was_used,
    of_publishers_with_one_key_one_publishes,
    a_receipt_is_kept_with_its_draft,
    what_was_not_done_leaves_no_receipt,
    nothing_is_removed_under_a_key_that_was_used,
    of_savers_with_one_key_one_saves,
    publications_and_drafts_share_their_keys,
)
