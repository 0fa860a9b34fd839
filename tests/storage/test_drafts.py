"""Drafts are kept as they were given, and nobody overwrites what they have not seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from statewright.errors import DraftChanged, StorageUnavailable, UnstorableRecord
from statewright.storage import MemoryStore, SQLStore, Store
from statewright.storage.drafts import ABSENT, Draft, Drafts, KeepsDrafts

ODD = "\r\n\t ’“\N{PILE OF POO} 1e16 \\u0000 '); drop table statewright_drafts; --"
DRAFT = Draft("acme", "lead", "Lead", '{"id": "lead"}', "native", '{"x": 1}', 5)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return SQLStore(f"sqlite:///{tmp_path}/flows.db")
    return SQLStore(request.getfixturevalue("postgresql")())


def using(store: Store, work: Callable[[Drafts], Awaitable[None]]) -> None:
    assert isinstance(store, KeepsDrafts)
    drafts = store.drafts

    async def opened() -> None:
        await store.open()
        try:
            await work(drafts)
        finally:
            await store.close()

    asyncio.run(opened())


def test_a_draft_comes_back_as_it_was_given(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        draft = replace(DRAFT, flow="a/b ’", name=ODD, text=ODD, dialect=ODD, ui=ODD)
        saved = await drafts.save(draft)
        assert await drafts.read("acme", "a/b ’") == saved
        assert (saved.text, saved.dialect, saved.ui, saved.heading.name) == (ODD,) * 4
        assert saved.heading.digest == draft.digest

    using(store, work)


def test_saving_again_keeps_when_it_was_first_saved(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        await drafts.save(DRAFT)
        saved = await drafts.save(replace(DRAFT, text="{}", at=9))
        assert (saved.heading.created_at, saved.heading.updated_at) == (5, 9)
        assert await drafts.read("acme", "lead") == saved

    using(store, work)


def test_only_what_was_seen_is_replaced(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        first = await drafts.save(DRAFT, seen=ABSENT)
        second = await drafts.save(replace(DRAFT, text="{}"), seen=first.heading.digest)
        for seen in (ABSENT, first.heading.digest, "nonsense"):
            with pytest.raises(DraftChanged) as refused:
                await drafts.save(replace(DRAFT, text="lost"), seen=seen)
            assert refused.value.current == second.heading.digest
        assert await drafts.read("acme", "lead") == second

    using(store, work)


def test_what_is_gone_is_not_brought_back_by_somebody_who_has_seen_it(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        saved = await drafts.save(DRAFT)
        assert await drafts.remove("acme", "lead")
        with pytest.raises(DraftChanged) as refused:
            await drafts.save(DRAFT, seen=saved.heading.digest)
        assert refused.value.current == ABSENT
        assert await drafts.read("acme", "lead") is None

    using(store, work)


def test_only_what_was_seen_is_removed(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        saved = await drafts.save(DRAFT)
        with pytest.raises(DraftChanged):
            await drafts.remove("acme", "lead", seen="nonsense")
        assert await drafts.read("acme", "lead") == saved
        assert await drafts.remove("acme", "lead", seen=saved.heading.digest)
        assert not await drafts.remove("acme", "lead")
        with pytest.raises(DraftChanged):
            await drafts.remove("acme", "lead", seen=saved.heading.digest)

    using(store, work)


def test_of_many_who_have_seen_one_draft_one_replaces_it(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        for seen in (ABSENT, (await drafts.save(replace(DRAFT, flow="b"))).heading.digest):
            flow = "b" if seen else "a"
            tries = (
                drafts.save(replace(DRAFT, flow=flow, text=str(number)), seen=seen)
                for number in range(12)
            )
            outcomes = await asyncio.gather(*tries, return_exceptions=True)
            assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
            assert sum(isinstance(outcome, DraftChanged) for outcome in outcomes) == 11

    using(store, work)


def test_headings_come_in_pages_by_flow_and_only_of_the_tenant(store: Store) -> None:
    async def work(drafts: Drafts) -> None:
        flows = ["B", "a", "b", "ä", "\N{PILE OF POO}"]
        for flow in reversed(flows):
            await drafts.save(replace(DRAFT, flow=flow))
        await drafts.save(replace(DRAFT, tenant="other", flow="c"))
        first = await drafts.headings("acme", limit=2)
        rest = await drafts.headings("acme", after=first[-1].flow)
        assert [heading.flow for heading in (*first, *rest)] == flows
        assert first[0].name == "Lead"

    using(store, work)


def test_two_drafts_that_hold_the_same_have_one_digest() -> None:
    assert replace(DRAFT, at=7, tenant="other").digest == DRAFT.digest
    changes: tuple[dict[str, Any], ...] = (
        {"flow": "x"},
        {"name": "x"},
        {"text": "x"},
        {"dialect": "x"},
        {"ui": "x"},
    )
    digests = {replace(DRAFT, **change).digest for change in changes}
    assert len(digests | {DRAFT.digest}) == 6


@pytest.mark.parametrize("change", [{"flow": ""}, {"text": "\0"}, {"ui": "\ud800"}, {"at": -1}])
def test_what_no_database_keeps_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnstorableRecord):
        replace(DRAFT, **change)


def test_drafts_of_a_store_that_is_not_open_are_not_available(tmp_path: Path) -> None:
    store = SQLStore(f"sqlite:///{tmp_path}/flows.db")
    with pytest.raises(StorageUnavailable):
        asyncio.run(store.drafts.read("acme", "lead"))
