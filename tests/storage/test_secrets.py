"""Sealed secrets are kept as they were given, for each tenant its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from statewright.errors import UnstorableRecord
from statewright.storage import MemoryStore, SQLStore, Store
from statewright.storage.secrets import KeepsSecrets, SealedSecret, SealedSecrets

SECRET = SealedSecret("acme", "crm", "v1.k.c", 5)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return SQLStore(f"sqlite:///{tmp_path}/flows.db")
    return SQLStore(request.getfixturevalue("postgresql")())


def using(store: Store, work: Callable[[SealedSecrets], Awaitable[None]]) -> None:
    assert isinstance(store, KeepsSecrets)
    secrets = store.secrets

    async def opened() -> None:
        await store.open()
        try:
            await work(secrets)
        finally:
            await store.close()

    asyncio.run(opened())


def test_the_last_that_was_set_counts(store: Store) -> None:
    async def work(secrets: SealedSecrets) -> None:
        assert await secrets.read("acme", "crm") is None
        await secrets.save(SECRET)
        await secrets.save(replace(SECRET, sealed="v1.k.d", at=6))
        assert await secrets.read("acme", "crm") == replace(SECRET, sealed="v1.k.d", at=6)
        assert await secrets.read("other", "crm") is None
        assert await secrets.remove("acme", "crm")
        assert not await secrets.remove("acme", "crm")

    using(store, work)


def test_pages_go_on_behind_what_was_seen(store: Store) -> None:
    async def work(secrets: SealedSecrets) -> None:
        names = [("", "smtp"), ("a", "Z"), ("a", "z"), ("b", "a"), ("ø", "1")]
        for tenant, name in reversed(names):
            await secrets.save(SealedSecret(tenant, name, "x", 1))
        found: list[tuple[str, str]] = []
        while page := await secrets.page(after=found[-1] if found else None, limit=2):
            found += [(one.tenant, one.name) for one in page]
        assert found == names

    using(store, work)


def test_what_was_set_since_is_not_sealed_again(store: Store) -> None:
    async def work(secrets: SealedSecrets) -> None:
        await secrets.save(SECRET)
        assert await secrets.reseal(SECRET, "v1.l.c")
        assert not await secrets.reseal(SECRET, "v1.m.c")
        assert await secrets.read("acme", "crm") == replace(SECRET, sealed="v1.l.c")

    using(store, work)


def test_a_name_that_no_database_keeps_is_refused() -> None:
    with pytest.raises(UnstorableRecord):
        SealedSecret("acme", "a\0b", "x", 1)
