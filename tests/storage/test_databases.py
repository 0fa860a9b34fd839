"""What concerns databases only: failures, crashes, migrations, and who may open what."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from statewright.errors import HostError, StorageUnavailable, UnusableDatabase
from statewright.storage import SQLStore, Store
from statewright.storage.patches import Scope
from statewright.storage.queues import Settlement
from statewright.storage.records import Committed, Lookup, SessionKey, Turn
from statewright.storage.sql import database, sqlite, upgrade
from statewright.storage.sql import postgresql as postgresql_module
from statewright.storage.sql.schema import METADATA, VERSION_TABLE
from tests.storage.examples import (
    ALWAYS,
    KEY,
    birth,
    count_up,
    loaded,
    message,
    request,
    revision,
    turn,
)

NewDatabase = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/flows.db"
    make: NewDatabase = request.getfixturevalue("postgresql")
    return make()


def using(url: str, work: Callable[[Store], Awaitable[None]]) -> None:
    """Do some work with an open store."""

    async def opened() -> None:
        store = SQLStore(url)
        await store.open()
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(opened())


def engine_of(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def execute(url: str, sql: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(sa.text(sql))
    engine.dispose()


def spoiled(made: Turn) -> Turn:
    """A turn whose outbox row no database takes, by a way that no caller can go."""
    object.__setattr__(made.requests[-1], "kind", None)
    return made


def test_a_turn_that_fails_half_way_leaves_nothing_behind(url: str) -> None:
    async def work(store: Store) -> None:
        await store.commit([turn()])
        (position,) = await store.accept([message("m2")])
        bad = spoiled(turn(1, position=position, requests=(request("good"), request("bad"))))
        with pytest.raises(HostError):
            await store.commit([bad])
        assert await revision(store) == 1
        assert len(await store.history(KEY)) == 1
        assert await store.claim("t", ALWAYS, held_until=ALWAYS) == ()
        assert [arrival.message for arrival in (await loaded(store)).inbox] == ["m2"]
        assert await store.commit([turn(1, position=position)]) == (Committed(2),)

    using(url, work)


def test_a_turn_that_fails_does_not_fail_those_of_other_callers(url: str) -> None:
    async def work(store: Store) -> None:
        keys = [SessionKey("acme", f"s{number}") for number in range(9)]
        calls = [store.commit([turn(0, key=key)]) for key in keys]
        bad = spoiled(turn(0, key=SessionKey("acme", "bad"), requests=(request("bad"),)))
        *outcomes, failed = await asyncio.gather(
            *calls, store.commit([bad]), return_exceptions=True
        )
        assert outcomes == [(Committed(1),)] * 9
        assert isinstance(failed, HostError)
        assert len(await store.sessions("acme")) == 9

    using(url, work)


def test_handled_messages_leave_no_rows_in_the_inbox(url: str) -> None:
    async def work(store: Store) -> None:
        (position,) = await store.accept([message("m1")])
        await store.accept([message("m2")])
        await store.commit([turn(position=position), turn(1)])
        assert _inbox(url) == [2]
        await store.ready(0, held_until=1)
        assert _inbox(url) == []

    using(url, work)


def test_whoever_clears_up_an_inbox_waits_for_nobody(postgresql: NewDatabase) -> None:
    url = postgresql()

    async def work(store: Store) -> None:
        await store.accept([message("m1"), message("m2")])
        await store.commit([turn(0, "m1"), turn(1, "m2")])
        engine = engine_of(url)
        with engine.begin() as other:
            other.execute(sa.text("select from statewright_inbox where position = 1 for update"))
            async with asyncio.timeout(60):
                await store.ready(0, held_until=1)
            assert _inbox(url) == [1]
        await store.ready(1, held_until=2)
        assert _inbox(url) == []
        engine.dispose()

    using(url, work)


LOCK = "select from statewright_outbox where session = :session for update"
WAITS = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"


def test_results_are_stored_in_the_order_of_their_keys(postgresql: NewDatabase) -> None:
    url = postgresql()
    keys = [SessionKey("acme", f"s{number}") for number in range(4)]

    async def work(store: Store) -> None:
        for at, key in enumerate(reversed(keys)):  # So their rows lie the other way round.
            await store.commit([turn(key=key, at=at, requests=(request("r"),))])
        claims = await store.claim("t", ALWAYS, held_until=ALWAYS)
        engine = engine_of(url)
        with engine.begin() as other:
            other.execute(sa.text(LOCK), {"session": "s0"})
            settled = [Settlement(claim, "{}", 1) for claim in reversed(claims)]
            finishing = asyncio.create_task(store.finish(settled))
            with engine.connect() as watching:
                while not watching.scalar(sa.text(WAITS)):
                    await asyncio.sleep(0.01)
                    watching.rollback()
            # Whoever waits for the first one has locked none of the others.
            for key in keys[1:]:
                other.execute(sa.text(f"{LOCK} nowait"), {"session": key.session})
        assert await finishing == (True,) * 4
        engine.dispose()

    using(url, work)


def _inbox(url: str) -> list[int]:
    engine = engine_of(url)
    with engine.connect() as connection:
        positions = list(connection.scalars(sa.text("select position from statewright_inbox")))
    engine.dispose()
    return positions


def test_a_new_database_has_the_tables_of_the_schema(url: str) -> None:
    upgrade(url)
    engine = engine_of(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
        inspector = sa.inspect(connection)
        for table in METADATA.tables.values():
            key = [column.name for column in table.primary_key]
            assert inspector.get_pk_constraint(table.name)["constrained_columns"] == key
            names = {index["name"] for index in inspector.get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= names
    engine.dispose()


def test_every_unique_key_starts_with_the_tenant() -> None:
    for table in METADATA.tables.values():
        uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
        for constraint in (table.primary_key, *uniques):
            assert next(iter(constraint.columns)).name == "tenant"
        assert not any(index.unique for index in table.indexes)


def test_upgrading_again_changes_nothing(url: str) -> None:
    using(url, _commit_one)
    upgrade(url)
    upgrade(url)

    async def work(store: Store) -> None:
        assert await revision(store) == 1

    using(url, work)


async def _commit_one(store: Store) -> None:
    await store.commit([turn()])


def test_many_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    _open_at_once(f"sqlite:///{tmp_path}/new.db")


def test_many_may_open_a_new_postgresql_at_once(postgresql: NewDatabase) -> None:
    url = postgresql()
    tables = ", ".join([*METADATA.tables, VERSION_TABLE])
    execute(url, f"drop table {tables}")
    _open_at_once(url)


def _open_at_once(url: str) -> None:
    async def opened() -> None:
        stores = [SQLStore(url) for _ in range(6)]
        await asyncio.gather(*(store.open() for store in stores))
        assert await stores[0].commit([turn()]) == (Committed(1),)
        await asyncio.gather(*(store.close() for store in stores))

    asyncio.run(opened())


def test_tables_of_a_later_version_are_refused(url: str) -> None:
    upgrade(url)
    execute(url, "update statewright_version set version_num = '9999'")
    with pytest.raises(UnusableDatabase, match="9999"):
        asyncio.run(SQLStore(url).open())
    with pytest.raises(UnusableDatabase, match="use the version that made them"):
        upgrade(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "sqlite:///flows.db"),
        ("nonsense", "sqlite:///flows.db"),
        ("oracle://host/x", "sqlite:///flows.db"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url: str, said: str) -> None:
    store = SQLStore(url)
    with pytest.raises(UnusableDatabase, match=said):
        asyncio.run(store.open())


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look like one" * 100)
    with pytest.raises(HostError, match="not a database"):
        asyncio.run(SQLStore(f"sqlite:///{tmp_path}/notes.txt").open())
    with pytest.raises(HostError, match="unable to open"):
        asyncio.run(SQLStore(f"sqlite:///{tmp_path}/none/flows.db").open())


def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = SQLStore(f"sqlite:///{tmp_path}/flows.db")
    with pytest.raises(StorageUnavailable, match="open"):
        asyncio.run(store.load([]))
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_opened_and_closed_as_often_as_one_likes(url: str) -> None:
    async def work() -> None:
        store = SQLStore(url)
        await store.close()
        for expected in range(3):
            await store.open()
            await store.open()
            assert await store.commit([turn(expected)]) == (Committed(expected + 1),)
            await store.close()
            await store.close()

    asyncio.run(work())


def test_closing_waits_for_what_was_begun(url: str) -> None:
    async def work() -> None:
        store = SQLStore(url)
        await store.open()
        calls = [
            asyncio.create_task(store.commit([turn(0, key=SessionKey("t", f"s{n}"))]))
            for n in range(200)
        ]
        await asyncio.sleep(0)
        await store.close()
        assert await asyncio.gather(*calls) == [(Committed(1),)] * 200

    asyncio.run(work())


def test_connections_that_are_cut_are_made_again(postgresql: NewDatabase) -> None:
    url = postgresql()
    cut = (
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )

    async def work(store: Store) -> None:
        done = asyncio.Event()

        async def cutter() -> None:
            while not done.is_set():
                await asyncio.to_thread(execute, url, cut)
                await asyncio.sleep(0.2)

        cutting = asyncio.create_task(cutter())
        for expected in range(150):
            (outcome,) = await store.commit([turn(expected)])
            assert outcome.revision == expected + 1
        done.set()
        await cutting
        assert len(await store.history(KEY, limit=200)) == 150

    using(url, work)


def test_batches_in_any_order_do_not_wait_for_each_other_in_a_circle(
    postgresql: NewDatabase,
) -> None:
    url = postgresql()
    chance = random.Random(11)
    keys = [SessionKey("acme", f"s{number:02}") for number in range(24)]

    async def batches(store: Store, life: int) -> None:
        for _ in range(12):
            some = chance.sample(keys, 16)
            found = await store.load([Lookup(key) for key in some])
            revisions = [one.session.revision if one.session else 0 for one in found]
            patches = (count_up(), count_up(Scope.TENANT)) if chance.random() < 0.5 else ()
            turns = [
                turn(
                    at,
                    f"{life}-{chance.random()}",
                    key,
                    birth=None if at else birth(contact=f"c{chance.randrange(4)}"),
                    patches=patches,
                    requests=(request("r"),),
                    due_at=1,
                )
                for key, at in zip(some, revisions, strict=True)
            ]
            await store.accept([message(f"{life}-{chance.random()}", key) for key in some])
            await store.commit(turns)
            await store.ready(2, held_until=3)
            claims = await store.claim(f"{chance.random()}", ALWAYS, held_until=ALWAYS)
            await store.finish([Settlement(claim, "{}", 1) for claim in claims])

    async def work(store: Store) -> None:
        others = [SQLStore(url) for _ in range(5)]
        await asyncio.gather(*(other.open() for other in others))
        await asyncio.gather(*(batches(one, life) for life, one in enumerate([store, *others])))
        await asyncio.gather(*(other.close() for other in others))

    using(url, work)
    engine = engine_of(url)
    with engine.connect() as connection:
        deadlocks = connection.scalar(
            sa.text("select deadlocks from pg_stat_database where datname = current_database()")
        )
        # Who waited for whom stands in the log of a server of our own.
        log = connection.scalar(sa.text("select pg_read_file('../log', 0, 9999999, true)")) or ""
    engine.dispose()
    assert deadlocks == 0, log[log.find("deadlock") :][:6000]


def test_a_disk_that_is_full_is_told_and_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "max_page_count = 120"))
    monkeypatch.setattr(database, "_PAUSES", ())

    async def fill() -> None:
        store = SQLStore(f"sqlite:///{tmp_path}/flows.db")
        await store.open()
        committed = 0
        failure = None
        while failure is None:
            try:
                await store.commit([turn(committed, answer=f'"{"x" * 20_000}"')])
                committed += 1
            except HostError as error:
                failure = error
        assert isinstance(failure, StorageUnavailable)
        assert "full" in str(failure)
        assert await revision(store) == committed > 1
        assert len(await store.history(KEY)) == committed
        await store.close()

    asyncio.run(fill())


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PAUSES", ())
    monkeypatch.setitem(postgresql_module._PATIENCE, "connect_timeout", 2)

    async def ask(port: int) -> None:
        store = SQLStore(f"postgresql://nobody@127.0.0.1:{port}/none")
        with pytest.raises(StorageUnavailable):
            await store.open()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(asyncio.wait_for(ask(silent.getsockname()[1]), 20))


def test_a_server_that_is_away_is_unavailable(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StorageUnavailable, match="try again later"):
        asyncio.run(SQLStore(f"postgresql://postgres@/x?host={tmp_path}").open())


WRITER = """
import asyncio, sys
from statewright.storage import SQLStore
from tests.storage.examples import KEY, send

async def main():
    store = SQLStore(sys.argv[1])
    await store.open()
    async def sender(number):
        for count in range(100_000):
            name = f"{sys.argv[2]}-{number}-{count}"
            answer = await send(store, KEY, name)
            print(name, answer.revision, flush=True)
    await asyncio.gather(*(sender(number) for number in range(4)))

asyncio.run(main())
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(url: str) -> None:
    acknowledged: dict[str, int] = {}
    for life in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, url, str(life)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout
            lines = [writer.stdout.readline() for _ in range(20)]
            time.sleep(0.05)
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.readlines()
        whole = (line.split() for line in lines if line.endswith("\n"))
        acknowledged |= {name: int(at) for name, at in whole}

    async def work(store: Store) -> None:
        past = await store.history(KEY, limit=100_000)
        assert acknowledged.items() <= {row.message: row.revision for row in past}.items()
        assert [row.revision for row in past] == list(range(1, len(past) + 1))
        assert await revision(store) == len(past)
        outbox = await store.claim("t", ALWAYS, held_until=ALWAYS, limit=100_000)
        assert [claim.revision for claim in outbox] == [row.revision for row in past]
        # A turn that was committed and not acknowledged is a duplicate to whoever sends it again.
        assert (await loaded(store, asked=past[-1].message)).duplicate is not None

    using(url, work)
