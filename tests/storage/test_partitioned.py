"""The tables are ready to be partitioned: cut by tenant, all of them keep the laws unchanged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from statewright.storage import SQLStore
from statewright.storage.sql import upgrade
from statewright.storage.sql.schema import METADATA
from tests.postgres import Cluster
from tests.storage.laws import LAWS, Law, holds, name_of

PARTITIONS = 4


def partitioned(url: str) -> None:
    """Make the tables of an empty database, and each of them again in partitions by tenant."""
    upgrade(url)
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        copies = sa.MetaData()
        for table in METADATA.tables.values():
            copy = table.to_metadata(copies)
            options = copy.dialect_options["postgresql"]
            options["partition_by"] = "hash (tenant)"
            # How full pages are is said of partitions, where the rows are.
            options["with"] = {}
        copies.create_all(connection)
        connection.exec_driver_sql(
            "alter table statewright_history alter column moment set default txid_current()"
        )
        for name in copies.tables:
            for number in range(PARTITIONS):
                connection.exec_driver_sql(
                    f"create table {name}_{number} partition of {name} "
                    f"for values with (modulus {PARTITIONS}, remainder {number})"
                )
    engine.dispose()


@pytest.fixture(scope="module")
def cluster(postgresql_cluster: Cluster) -> Iterator[Cluster]:
    made = Cluster(postgresql_cluster.admin, partitioned, "parted")
    yield made
    made.close()


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    name = cluster.create()
    yield cluster.url_of(name)
    cluster.drop(name)


@pytest.mark.parametrize("law", LAWS, ids=name_of)
def test_partitioned_tables_keep_the_law(law: Law, url: str) -> None:
    holds(law, SQLStore(url), SQLStore(url))


def test_every_table_is_in_partitions(url: str) -> None:
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select relname from pg_class where relkind = 'p' order by relname"
        )
        assert [row.relname for row in rows] == sorted(METADATA.tables)
    engine.dispose()
