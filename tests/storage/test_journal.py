"""What is particular to the journal on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from statewright.errors import InvalidCursor
from statewright.storage import SQLStore
from statewright.storage.journal import Cursor
from tests.storage.examples import turn


def test_a_cursor_of_another_server_is_refused(postgresql: Callable[[], str]) -> None:
    async def refused(store: SQLStore) -> None:
        await store.open()
        try:
            with pytest.raises(InvalidCursor, match="begin again"):
                await store.journal("acme", after=Cursor(2**62, "s1", 1))
        finally:
            await store.close()

    asyncio.run(refused(SQLStore(postgresql())))


def test_a_turn_is_not_told_while_an_earlier_one_may_still_be_committed(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()

    async def told(store: SQLStore, blocker: Any) -> list[int]:
        await store.open()
        counts = []
        try:
            blocker.execute("create table if not exists slow (n int)")
            await store.commit([turn()])
            counts.append(len(await store.journal("acme")))
            blocker.commit()
            async with asyncio.timeout(60):
                while not await store.journal("acme"):  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.002)
            counts.append(len(await store.journal("acme")))
        finally:
            await store.close()
        return counts

    with pytest.importorskip("psycopg").connect(url) as blocker:
        assert asyncio.run(told(SQLStore(url), blocker)) == [0, 1]
