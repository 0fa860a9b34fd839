"""The action `sql`, on real databases."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from statewright.errors import EffectFailed
from statewright.runtime import Order
from statewright.runtime.effects.sql import Source, SqlHandler
from statewright.statechart import EffectKind
from statewright.storage.records import SessionKey

pytestmark = pytest.mark.anyio

TABLES = (
    "create table orders (id integer primary key, who text, total numeric(9, 2), at timestamp)",
    "insert into orders values (1, 'Ada', 12.50, '2026-01-05 09:00:00'), (2, 'Bo', 7, null)",
    "create table notes (effect varchar(99) primary key, note text)",
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """A database with two orders."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/shop.db"
    else:
        url = str(request.getfixturevalue("postgresql")())
        url = url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in TABLES:
            if request.param == "sqlite":
                statement = statement.replace("timestamp", "text")  # noqa: PLW2901 (as SQLite has it)
            connection.execute(text(statement))
    engine.dispose()
    return Source(make_url(url), connections=2)


def order(query: Any, tenant: str = "default", **parameters: Any) -> Order:
    given = {"database": "shop", "query": query, "parameters": parameters}
    key = SessionKey(tenant, "s")
    return Order(key, "s:a:1:0", EffectKind.INVOKE, "sql", "a", {"with": given})


@pytest.fixture
async def handler(source: Source) -> AsyncIterator[SqlHandler]:
    """May change nothing."""
    one = SqlHandler({"shop": source}, lambda *_: None)
    yield one
    await one.aclose()


@pytest.fixture
async def writing(source: Source) -> AsyncIterator[SqlHandler]:
    one = SqlHandler({"shop": replace(source, read_only=False)}, lambda *_: None)
    yield one
    await one.aclose()


async def code(handler: SqlHandler, query: Any, **parameters: Any) -> str:
    with pytest.raises(EffectFailed) as failure:
        await handler(order(query, **parameters))
    return failure.value.code


async def test_rows_come_back_by_the_names_of_their_columns(handler: SqlHandler) -> None:
    result = await handler(order("select id, who, total from orders where id = :id", id=1))
    assert result == {
        "rows": [{"id": 1, "who": "Ada", "total": 12.5}],
        "count": 1,
        "truncated": False,
    }


async def test_a_list_is_as_many_parameters_as_it_has_elements(handler: SqlHandler) -> None:
    query = "select who from orders where id in :ids order by id"
    assert (await handler(order(query, ids=[1, 2, 3])))["count"] == 2
    assert (await handler(order(query, ids=[])))["rows"] == []


@pytest.mark.parametrize(
    "value", ["Ada' or '1'='1", "'; drop table orders; --", "\\' or 1=1 --", ":id", "%s", "{{ x }}"]
)
async def test_a_value_is_never_part_of_the_statement(handler: SqlHandler, value: str) -> None:
    result = await handler(order("select who from orders where who = :who", who=value))
    assert result["rows"] == []
    assert (await handler(order("select id from orders")))["count"] == 2


@pytest.mark.parametrize(
    "query",
    [
        "delete from orders",
        "update orders set who = 'x'",
        "insert into orders (id) values (9)",
        "drop table orders",
        "create table x (a integer)",
        "with gone as (delete from orders returning id) select id from gone",
        "pragma query_only = off",
        "attach database 'other.db' as other",
        "vacuum",
        "commit",
    ],
)
async def test_where_nothing_may_be_changed_nothing_is(handler: SqlHandler, query: str) -> None:
    try:
        await handler(order(query))
    except EffectFailed as failure:
        assert failure.code == "query"  # noqa: PT017 (some databases say nothing)
    assert (await handler(order("select id from orders where who <> 'x'")))["count"] == 2
    with pytest.raises(EffectFailed):
        await handler(order("delete from orders"))


async def test_setting_out_of_reading_only_does_not_help(source: Source) -> None:
    one = SqlHandler({"shop": replace(source, connections=1)}, lambda *_: None)
    for trick in (
        "set transaction read write",
        "set session characteristics as transaction read write",
    ):
        with suppress(EffectFailed):
            await one(order(trick))
        with pytest.raises(EffectFailed):
            await one(order("delete from orders"))
    await one.aclose()


@pytest.mark.parametrize(
    ("query", "parameters", "code_"),
    [
        ("", {}, "request"),
        (17, {}, "request"),
        ("select 1; delete from orders", {}, "request"),
        ("select :a", {}, "request"),
        ("select 1", {"a": 1}, "request"),
        ("select :effect", {"effect": "mine"}, "request"),
        ("selec 1", {}, "query"),
        ("select nothing from nowhere", {}, "query"),
        ("select " + "x" * 70_000, {}, "request"),
    ],
)
async def test_what_is_no_statement_is_a_failure(
    handler: SqlHandler, query: Any, parameters: Mapping[str, Any], code_: str
) -> None:
    assert await code(handler, query, **parameters) == code_


async def test_too_many_rows_are_left_out_and_too_much_is_a_failure(source: Source) -> None:
    series = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) "
        "select i, '0123456789' as t from n"
    )
    few = SqlHandler({"shop": replace(source, rows=150)}, lambda *_: None)
    result = await few(order(series))
    assert (result["count"], len(result["rows"]), result["truncated"]) == (150, 150, True)
    assert result["rows"][-1]["i"] == 150
    await few.aclose()
    small = SqlHandler({"shop": replace(source, largest=1_000)}, lambda *_: None)
    assert await code(small, series) == "result"
    await small.aclose()


async def test_what_takes_too_long_is_interrupted(source: Source) -> None:
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    )
    one = SqlHandler({"shop": replace(source, seconds=0.1, connections=1)}, lambda *_: None)
    assert await code(one, endless) == "timeout"
    # The only thread is free again.
    many = SqlHandler({"shop": source}, lambda *_: None)
    assert (await many(order("select 1 as one")))["rows"] == [{"one": 1}]
    await many.aclose()
    await one.aclose()


async def test_what_is_written_once_under_the_key_is_there_once(
    writing: SqlHandler,
) -> None:
    insert = "insert into notes values (:effect, :note) on conflict do nothing"
    assert (await writing(order(insert, note="hi")))["count"] == 1
    assert (await writing(order(insert, note="hi")))["count"] == 0
    found = await writing(order("select * from notes"))
    assert found["rows"] == [{"effect": "s:a:1:0", "note": "hi"}]
    back = await writing(order("update notes set note = 'x' returning note"))
    assert back["rows"] == [{"note": "x"}]
    assert await code(writing, "insert into notes values (:effect, 'again')") == "constraint"


async def test_a_database_that_is_not_named_for_a_tenant_is_not_asked(source: Source) -> None:
    one = SqlHandler({"shop": replace(source, tenants=("acme",))}, lambda *_: None)
    assert (await one(order("select 1 as x", "acme")))["count"] == 1
    assert await code(one, "select 1") == "database"
    await one.aclose()
    assert await code(SqlHandler({}, lambda *_: None), "select 1") == "database"


async def test_what_databases_hold_becomes_what_flows_hold(source: Source) -> None:
    if source.url.get_backend_name() != "postgresql":
        pytest.skip("SQLite has few types")
    one = SqlHandler({"shop": source}, lambda *_: None)
    query = (
        "select at, at::date as day, 10.0 as ten, true as yes, null as no, "
        "'{\"a\": [1, 2.5]}'::jsonb as doc, array[1, 2] as list, '\\x00ff'::bytea as raw, "
        "'7d444840-9dc0-11d1-b245-5ffdce74fad2'::uuid as id from orders where id = 1"
    )
    (row,) = (await one(order(query)))["rows"]
    assert row == {
        "at": datetime(2026, 1, 5, 9, tzinfo=UTC),
        "day": "2026-01-05",
        "ten": 10,
        "yes": True,
        "no": None,
        "doc": {"a": [1, 2.5]},
        "list": [1, 2],
        "raw": b"\x00\xff",
        "id": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
    }
    await one.aclose()


async def test_what_is_not_there_may_be_there_later(tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path}/no/such/shop.db")
    one = SqlHandler({"shop": Source(url)}, lambda *_: None)
    with pytest.raises(EffectFailed) as failure:
        await one(order("select 1"))
    assert (failure.value.code, failure.value.transient) == ("connect", True)
    await one.aclose()
    unknown = SqlHandler({"shop": Source(make_url("nosuch://x/y"))}, lambda *_: None)
    assert await code(unknown, "select 1") == "database"


async def test_a_busy_database_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    source = Source(make_url(f"sqlite:///{file}"), read_only=False, seconds=0.2)
    one = SqlHandler({"shop": source}, lambda *_: None)
    await one(order("create table a (b integer)"))
    with closing(sqlite3.connect(file)) as other:
        other.execute("begin immediate")
        with pytest.raises(EffectFailed) as failure:
            await one(order("insert into a values (1)"))
    assert failure.value.transient
    await one.aclose()


async def test_values_are_in_no_log_and_no_error(
    handler: SqlHandler, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(EffectFailed) as failure:
        await handler(order("select * from nowhere where a = :a", a="s3cr3t"))
    assert "s3cr3t" not in str(failure.value) + caplog.text
