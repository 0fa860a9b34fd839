"""Tables of earlier versions, and what becomes of what they hold."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from statewright.storage import SQLStore
from statewright.storage.queues import Settlement
from statewright.storage.records import SessionKey
from tests.storage.examples import KEY, message, request, turn

ROOT = Path(__file__).parents[2]
OTHER = SessionKey(KEY.tenant, "other")

TO_0008 = """
drop index statewright_receipts_age;
drop index statewright_mailboxes_waiting;
alter table statewright_mailboxes drop column cleared;
alter table statewright_mailboxes drop column look_at;
update statewright_version set version_num = '0008';
"""
"""Makes the tables what they were before mailboxes knew whether anything waits."""

TO_0003 = (
    TO_0008
    + """
drop table statewright_tallies;
drop table statewright_secrets;
drop index statewright_history_moment;
alter table statewright_history drop column moment;
alter table statewright_history drop column version;
drop index statewright_outbox_failed;
alter table statewright_outbox drop column failed_at;
update statewright_version set version_num = '0003';
"""
)
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


TO_0004 = (
    TO_0008
    + """
drop table statewright_tallies;
drop table statewright_secrets;
drop index statewright_history_moment;
alter table statewright_history drop column moment;
alter table statewright_history drop column version;
update statewright_version set version_num = '0004';
"""
)
"""Makes the tables what they were before sessions could be migrated."""


async def committed(url: str, version: int) -> None:
    store = SQLStore(url)
    await store.open()
    await store.commit([turn(0, version=version), turn(1, version=version)])
    await store.close()


async def versions(url: str) -> list[int]:
    store = SQLStore(url)
    await store.open()
    found = [past.version for past in await store.history(KEY)]
    await store.close()
    return found


def test_turns_from_before_sessions_could_be_migrated_are_of_the_version_of_their_session(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    asyncio.run(committed(url, 7))
    with closing(sqlite3.connect(tmp_path / "flows.db")) as connection:
        connection.executescript(TO_0004)
    assert asyncio.run(versions(url)) == [7, 7]


async def accepted(url: str) -> None:
    """A message that waits, and one that does not."""
    store = SQLStore(url)
    await store.open()
    (position,) = await store.accept([message("done")])
    await store.accept([message("waits", OTHER)])
    await store.commit([turn(0, "done", position=position)])
    await store.close()


async def found_ready(url: str, now: int = 10) -> tuple[SessionKey, ...]:
    store = SQLStore(url)
    await store.open()
    found = await store.ready(now, held_until=now + 10)
    await store.close()
    return found


def test_what_waited_before_mailboxes_knew_it_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    asyncio.run(accepted(url))
    with closing(sqlite3.connect(tmp_path / "flows.db")) as connection:
        connection.executescript(TO_0008)
    assert asyncio.run(found_ready(url)) == (OTHER,)
    assert asyncio.run(found_ready(url)) == ()


def test_what_a_process_of_the_version_before_accepts_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    asyncio.run(accepted(url))
    assert asyncio.run(found_ready(url)) == (OTHER,)
    with closing(sqlite3.connect(tmp_path / "flows.db")) as connection:
        connection.executescript(AS_0008)
    assert sorted(asyncio.run(found_ready(url, now=20))) == sorted([OTHER, KEY])


AS_0008 = """
update statewright_mailboxes set position = 2 where session = 's1';
insert into statewright_inbox (tenant, session, position, message, at, held_until, body)
values ('acme', 's1', 2, 'late', 0, 0, '{}');
"""
"""How the version before accepted a message."""


async def opened_at_once(urls: list[str]) -> list[int]:
    """How much has failed in each of several fresh databases, all opened at the same time."""
    stores = [SQLStore(url) for url in urls]
    await asyncio.gather(*(store.open() for store in stores))
    found = [len(await store.failed("acme")) for store in stores]
    await asyncio.gather(*(store.close() for store in stores))
    return found


def test_fresh_databases_are_opened_at_the_same_time(tmp_path: Path) -> None:
    # In a process of its own: where threads share what Alembic works on, it may crash.
    urls = [f"sqlite:///{tmp_path}/{number}.db" for number in range(8)]
    code = "import asyncio\nfrom tests.storage.test_upgrading import opened_at_once\n"
    code += f"print(asyncio.run(opened_at_once({urls!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stdout.strip()) == (0, str([0] * 8)), done.stderr[-2000:]
