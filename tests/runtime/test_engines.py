"""The laws of engines, on each engine and each store that it works on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from statewright.errors import CallerError, StorageUnavailable
from statewright.expressions import Literal
from statewright.runtime import InProcessEngine, Runtime
from statewright.runtime.clock import system_clock
from statewright.runtime.effects.engine import Engine, Host
from statewright.storage import MemoryStore
from tests.postgres import Cluster
from tests.runtime.engine_laws import AGAIN, LAWS, Bench, Doer
from tests.runtime.worlds import World, caller, release, texts

pytestmark = pytest.mark.anyio

Law = Callable[[Bench], Awaitable[None]]


def name_of(law: Law) -> str:
    return law.__name__


@pytest.mark.parametrize("law", LAWS, ids=name_of)
async def test_the_engine_that_is_built_in(
    law: Law, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await law(Bench(world, InProcessEngine, caplog))


@pytest.fixture(scope="session")
def dbos_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where DBOS keeps its tables in tests on SQLite: it takes a second to find a new queue."""
    return f"sqlite:///{tmp_path_factory.mktemp('dbos')}/flows.db.dbos"


@pytest.fixture(scope="session")
def dbos_database(postgresql_cluster: Cluster) -> Iterator[str]:
    """The same on PostgreSQL."""
    name = postgresql_cluster.create()
    url = postgresql_cluster.url_of(name)
    yield url.replace("postgresql://", "postgresql+psycopg://", 1)
    postgresql_cluster.drop(name)


@pytest.fixture
def dbos_engine(store_url: str, request: pytest.FixtureRequest) -> Callable[[Host], Engine]:
    pytest.importorskip("dbos")
    from statewright.runtime.effects.dbos.engine import DbosEngine  # noqa: PLC0415 (an extra)

    postgresql = store_url.startswith("postgresql")
    url = request.getfixturevalue("dbos_database" if postgresql else "dbos_file")
    return partial(DbosEngine, url=url, poll=0.05, queue_poll=0.01)


@pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("law", LAWS, ids=name_of)
async def test_dbos(
    law: Law,
    world: World,
    dbos_engine: Callable[[Host], Engine],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await law(Bench(world, dbos_engine, caplog))


async def tried_again(world: World, engine: Callable[[Host], Engine]) -> None:
    """Work that fails twice is done long before anybody looks by chance."""
    doer = Doer(AGAIN, AGAIN, "cats")
    backoff = {"wait": 20_000, "jitter": 0}
    chart = caller(Literal({"retries": 2, "backoff": backoff}), type_="work")
    runtime = await world.worker(clock=system_clock, handlers={"work": doer}, engine=engine)
    await runtime.publish(release(chart), flow="flow")
    key = (await runtime.start("flow", conversation="c")).key
    async with runtime:
        async with asyncio.timeout(60):
            answer = await runtime.send(key, "go", settle=50)
        assert texts(answer) == ["one moment", "got cats"]
        assert [order.attempt for order in doer.orders] == [1, 2, 3]


async def test_a_try_that_is_due_waits_for_no_round(world: World) -> None:
    await tried_again(world, partial(InProcessEngine, poll=600))


@pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_try_that_is_due_waits_for_no_round_of_dbos(
    world: World, dbos_engine: partial[Engine]
) -> None:
    await tried_again(world, partial(dbos_engine, poll=600))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_one_engine_of_dbos_may_be_open_in_a_process(
    dbos_engine: Callable[[Host], Engine],
) -> None:
    async with Runtime(MemoryStore(), engine=dbos_engine):
        with pytest.raises(CallerError, match="one engine of DBOS"):
            await Runtime(MemoryStore(), engine=dbos_engine).open()
    async with Runtime(MemoryStore(), engine=dbos_engine):
        pass


async def test_a_database_that_dbos_cannot_use_is_told(tmp_path: Path) -> None:
    pytest.importorskip("dbos")
    from statewright.runtime.effects.dbos.engine import DbosEngine  # noqa: PLC0415 (an extra)

    engine = partial(DbosEngine, url=f"sqlite:///{tmp_path}/nowhere/flows.db")
    with pytest.raises(StorageUnavailable, match="DBOS cannot use its database"):
        await Runtime(MemoryStore(), engine=engine).open()
