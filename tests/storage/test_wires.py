"""Turns on connections that the event loop itself reads: as in threads, whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from statewright.storage import SQLStore
from statewright.storage.records import Committed, Conflict, Duplicate, SessionKey, Turn
from statewright.storage.sql.postgresql import PostgreSQLDatabase
from statewright.storage.sql.wires import Wires
from tests.storage.examples import KEY, count_up, loaded, revision, turn

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
"""Seconds after which something hangs."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def url(postgresql: Callable[[], str]) -> str:
    return postgresql()


@pytest.fixture
async def store(url: str) -> AsyncIterator[SQLStore]:
    """A store whose event loop reads a connection already."""
    made = SQLStore(url)
    await made.open()
    await made.commit([turn(0)])
    await until_wired(made)
    yield made
    await made.close()


def wires_of(store: SQLStore) -> Wires:
    database = store._open.database
    assert isinstance(database, PostgreSQLDatabase)
    return database._wires


async def until_wired(store: SQLStore) -> None:
    """Ask, until an answer comes without a thread."""
    async with asyncio.timeout(PATIENCE):
        while not wires_of(store)._free:
            await store.load([])
            await loaded(store)
            await asyncio.sleep(0.01)


def unthreaded(store: SQLStore) -> None:
    """Let no thread write any more."""
    store._open._writers.shutdown()


async def test_turns_are_committed_without_a_thread(store: SQLStore) -> None:
    unthreaded(store)
    made = turn(1)
    assert await store.commit([made]) == (Committed(2),)
    assert await store.commit([made]) == (Duplicate(2, made.answer),)
    assert await store.commit([turn(1, "late"), turn(2)]) == (Conflict(2), Conflict(2))
    keys = [SessionKey("acme", f"s{number}") for number in range(2, 30)]
    outcomes = await store.commit([turn(0, key=key) for key in keys] + [turn(2)])
    assert set(outcomes) == {Committed(1), Committed(3)}
    assert (await loaded(store)).snapshot == turn(2).snapshot


async def test_what_takes_several_statements_goes_to_a_thread(store: SQLStore) -> None:
    twin = turn(0, key=SessionKey("acme", "s2"))
    patching = turn(1, patches=(count_up(),))
    outcomes = await store.commit([twin, patching, twin])
    assert outcomes == (Committed(1), Committed(2, patching.patches), Duplicate(1, twin.answer))


async def test_a_batch_larger_than_what_a_socket_takes_at_once_arrives(store: SQLStore) -> None:
    unthreaded(store)
    long = json.dumps({"text": "ü🙂\\" * 200_000})
    made = turn(1, snapshot=long)
    async with asyncio.timeout(PATIENCE):
        assert await store.commit([made]) == (Committed(2),)
        assert (await loaded(store)).snapshot == long


async def test_a_batch_that_the_server_refuses_fails_alone(store: SQLStore) -> None:
    bad, good = turn(1), turn(0, key=SessionKey("acme", "s2"))
    object.__setattr__(bad, "answer", "half a \0")
    outcomes = await asyncio.gather(
        store.commit([bad]), store.commit([good]), return_exceptions=True
    )
    assert isinstance(outcomes[0], Exception)
    assert outcomes[1] == (Committed(1),)
    assert await store.commit([turn(1)]) == (Committed(2),)


async def test_a_connection_that_is_cut_is_made_again(store: SQLStore, url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        for expected in range(1, 6):
            await until_wired(store)
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
            assert await store.commit([turn(expected)]) == (Committed(expected + 1),)
    assert await revision(store) == 6


async def test_connections_are_cut_while_turns_are_under_way(store: SQLStore, url: str) -> None:
    keys = [SessionKey("acme", f"t{number}") for number in range(40)]

    async def talk(key: SessionKey) -> None:
        for expected in range(10):
            made: Turn = turn(expected, key=key)
            (outcome,) = await store.commit([made])
            assert outcome in {Committed(expected + 1), Duplicate(expected + 1, made.answer)}

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        talks = asyncio.gather(*map(talk, keys))
        for _ in range(8):
            await asyncio.sleep(0.02)
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
        async with asyncio.timeout(PATIENCE):
            await talks
    assert [await revision(store, key) for key in keys] == [10] * 40


async def test_without_a_connection_for_the_event_loop_threads_do(url: str) -> None:
    made = SQLStore(url)
    await made.open()
    wires = wires_of(made)
    wires._make = lambda _loop: 1 / 0  # type: ignore[assignment, return-value]
    assert await made.commit([turn(0), turn(1)]) == (Committed(1), Committed(2))
    assert (await loaded(made, KEY)).snapshot == turn(1).snapshot
    assert wires._all == []
    await made.close()
