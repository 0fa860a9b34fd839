"""Tables of earlier versions, and what becomes of what they hold."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from statewright.storage import SQLStore
from statewright.storage.queues import Settlement
from tests.storage.examples import request, turn

TO_0003 = """
drop table statewright_secrets;
drop index statewright_outbox_failed;
alter table statewright_outbox drop column failed_at;
update statewright_version set version_num = '0003';
"""
"""Makes the tables what they were before it was noted when requests failed."""


async def settled(url: str) -> None:
    """A request that has failed for good, and one that has not."""
    store = SQLStore(url)
    await store.open()
    await store.commit([turn(requests=(request("bad"), request("good")), at=10)])
    claims = await store.claim("one", 10, held_until=20)
    results = {"bad": '{"error":{"code":"connect"}}', "good": '{"data":{"error":1}}'}
    await store.finish([Settlement(one, results[one.request.key], 15) for one in claims])
    await store.close()


async def failed(url: str) -> list[tuple[str, int]]:
    store = SQLStore(url)
    await store.open()
    found = [(one.request.key, one.at) for one in await store.failed("acme")]
    await store.close()
    return found


def test_what_had_failed_before_it_was_noted_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    asyncio.run(settled(url))
    with closing(sqlite3.connect(tmp_path / "flows.db")) as connection:
        connection.executescript(TO_0003)
    assert asyncio.run(failed(url)) == [("bad", 15)]
