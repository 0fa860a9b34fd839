"""How many durable turns a second there are, beside what the database could do at best.

Run: ``python -m benchmarks.turn [sqlite] [postgresql]``. Turns go to 10,000 sessions of 2 KB at
random, by 1, 8 and 32 clients. Two things are measured:

- ``turn``, which is what counts: ``Runtime.send``, from the text of a user to the answer. The
  session is loaded, its hash verified, its state read; a chart of 20 states is stepped, with guards
  and assignments; state, history and one request to the world are committed and on the disk.
  The process has had a turn of every session before, and so loads few of them; with the most
  clients, ``turn, unknown`` is measured, too, where it has had none.
- ``store``: the same rows through the store alone, without stepping anything.

Beside them is the limit:

- SQLite: a loop over the bare ``sqlite3`` module in one thread, with the same statements and rows
  and the same durability, one transaction a turn.
- PostgreSQL: ``pgbench`` with one prepared statement that updates the session and inserts into
  history and outbox, without reading the session first.

On PostgreSQL the most clients are also parted among two processes, as ``serve --workers 2`` has
them: once each with sessions of its own, once with all of them at random.

Beside the rates stands processor time per turn, in microseconds: of the processes that take turns,
and of the server; and what the ratio is by that: what it would be were all cores always busy. It
says more where others use the machine. Two lines tell of waiting: how much longer a turn
takes than the limit where nothing else is under way, and how long turns take that arrive at random
at half the rate of 32 clients, counted from when they arrive.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from benchmarks.measuring import HEADER, Measured
from benchmarks.processor import spent_by, spent_by_children
from benchmarks.sessions import (
    CHANCE,
    CHART,
    KEYS,
    SAID,
    SAMPLES,
    SESSIONS,
    TENANTS,
    first_turn,
    turn,
)
from benchmarks.together import acquainted, turns_of_runtime, turns_together
from statewright.runtime import Runtime
from statewright.runtime.residents import spare_residents
from statewright.statechart import Release, digest_of
from statewright.storage import SQLStore
from statewright.storage.records import Committed, Lookup
from statewright.storage.sql import rows, upgrade
from statewright.storage.sql.sqlite import PRAGMAS
from statewright.storage.sql.statements import statements_for
from statewright.storage.store import WAITING
from tests.postgres import Server

SECONDS = 3.0
CLIENTS = (1, 8, 32)
BUDGET = {"sqlite": 0.75, "postgresql": 0.7}


async def turns_of_store(store: SQLStore, clients: int, server: int | None) -> Measured:
    """Turns through a store by some clients at once, without stepping."""
    measured, life = Measured(SECONDS, server=server), time.time_ns()

    async def client(who: int) -> None:
        count = 0
        while measured.goes_on():
            began = time.perf_counter()
            number = CHANCE.randrange(SESSIONS)
            message = f"{life}-{who}-{count}"
            while True:
                (found,) = await store.load([Lookup(KEYS[number], message)])
                assert found.session is not None
                made = turn(number, found.session.revision, message)
                (outcome,) = await store.commit([made])
                if isinstance(outcome, Committed):
                    break
            measured.count(began)
            count += 1

    await asyncio.gather(*(client(who) for who in range(clients)))
    return measured


async def turns_that_arrive(runtime: Runtime, rate: float, server: int | None) -> Measured:
    """Whole turns that arrive at random, so many a second, whether others are done or not."""
    measured, life = Measured(SECONDS, server=server), time.time_ns()

    async def arrive(name: str, began: float) -> None:
        await answered(runtime, name)
        measured.count(began)

    arrival = time.perf_counter()
    async with asyncio.TaskGroup() as arriving:
        while arrival < measured.end:
            # Whatever should have arrived by now has: being late is not the next one's fault.
            await asyncio.sleep(max(0, arrival - time.perf_counter()))
            arriving.create_task(arrive(f"{life}-{arrival}", arrival))
            arrival += CHANCE.expovariate(rate)
    return measured


async def answered(runtime: Runtime, message: str) -> None:
    """A turn of a session at random."""
    key = KEYS[CHANCE.randrange(SESSIONS)]
    answer = await runtime.send(key, CHANCE.choice(SAID), message_id=message)
    assert answer.messages


def bare_sqlite(path: Path) -> Measured:
    """The same statements without anything around them."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    sql = statements_for(sqlite_dialect(paramstyle="named"))
    measured, life = Measured(SECONDS), time.time_ns()
    count = 0
    while measured.goes_on():
        began = time.perf_counter()
        number = CHANCE.randrange(SESSIONS)
        made = turn(number, 1, f"{life}-{count}")
        asked = rows.message_rows([made])
        found = connection.execute(sql["load"], {"lookups": asked, "waiting": WAITING}).fetchone()
        made = replace(made, expected=found[3])
        connection.execute("begin immediate")
        (standing,) = connection.execute(sql["standing"], {"turns": asked}).fetchall()
        assert standing[1] == made.expected
        connection.execute(sql["move"], rows.session_row([made]))
        connection.execute(sql["record"], rows.history_row(made))
        connection.execute(sql["ask"], rows.outbox_rows(made)[0])
        connection.execute("commit")
        measured.count(began)
        count += 1
    connection.close()
    return measured


ONE_STATEMENT = """
\\set i random(0, 9999)
with moved as (
  update statewright_sessions
  set snapshot = cast(:state as text), state_hash = cast(:hash as text), revision = revision + 1,
      updated_at = revision
  where tenant = 't' || (cast(:i as integer) % 50)
    and session = 'session-' || lpad(cast(cast(:i as integer) as text), 6, '0')
  returning tenant, session, revision),
recorded as (
  insert into statewright_history (
    tenant, session, revision, message, position, at, state_hash, event, answer, effects, incidents)
  select tenant, session, revision, gen_random_uuid()::text, 0, revision, cast(:hash as text),
         cast(:event as text), cast(:answer as text), cast(:effects as text), '[]'
  from moved),
asked as (
  insert into statewright_outbox (
    tenant, session, revision, ordinal, key, kind, stream, attempts, token, available_at, payload)
  select tenant, session, revision, 0, session || '-ask-' || revision || '-0', 'send', 'send', 0,
         '', revision, cast(:payload as text)
  from moved)
select revision from moved;
"""
"""What a turn writes, for one of 10,000 sessions, as a script of pgbench."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the database could do at best.

    Attributes:
        rate: turns a second.
        here: processor time of the clients, in microseconds a turn.
        there: processor time of the server.
    """

    rate: float
    here: float
    there: float

    @property
    def work(self) -> float:
        """Processor time in all."""
        return self.here + self.there


def pgbench(server: Server, database: str, clients: int) -> Limit:
    """What pgbench does with the one-statement form."""
    sample = SAMPLES[0]
    values = {
        "state": sample.snapshot,
        "hash": sample.state_hash,
        "event": sample.event,
        "answer": sample.answer,
        "effects": sample.effects,
        "payload": sample.requests[0].payload,
    }
    before = spent_by_children(), spent_by(server.process)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(ONE_STATEMENT)
        file.flush()
        result = subprocess.run(
            [
                server.bin / "pgbench",
                *("-h", server.directory, "-U", "postgres", "-n", "-M", "prepared"),
                *("-c", str(clients), "-j", str(min(2, clients)), "-T", str(int(SECONDS))),
                *(part for name, value in values.items() for part in ("-D", f"{name}={value}")),
                *("-f", file.name, database),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    after = spent_by_children(), spent_by(server.process)
    found = re.search(r"tps = ([\d.]+)", result.stdout)
    turns = re.search(r"transactions actually processed: (\d+)", result.stdout)
    assert found, result.stderr
    assert turns, result.stderr
    spent = (1e6 * (end - start) / int(turns[1]) for start, end in zip(before, after, strict=True))
    return Limit(float(found[1]), *spent)


async def filled(url: str) -> None:
    """Publish the chart, and begin the sessions."""
    store = SQLStore(url)
    await store.open()
    release = Release(CHART, digest_of(CHART))
    for number in range(TENANTS):
        await store.publish(release, tenant=f"t{number}", flow="flow", at=0)
    begin = (store.commit([first_turn(number)]) for number in range(SESSIONS))
    await asyncio.gather(*begin)
    await store.close()


async def whole(
    url: str, clients: int, server: int | None = None, *, known: bool = True
) -> Measured:
    """Turns of the runtime on a database, of sessions that it knows or does not know."""
    async with Runtime(SQLStore(url), engine=None) as runtime:
        if known:
            await acquainted(runtime, KEYS, f"{time.time_ns()}")
        spare_residents()
        measured = Measured(SECONDS, server=server)
        await turns_of_runtime(runtime, clients, measured)
        return measured


async def arriving(url: str, rate: float, server: int | None = None) -> Measured:
    """Turns of the runtime on a database, as many a second as arrive."""
    async with Runtime(SQLStore(url), engine=None) as runtime:
        await acquainted(runtime, KEYS, f"{time.time_ns()}")
        spare_residents()
        return await turns_that_arrive(runtime, rate, server)


async def stored(url: str, clients: int, server: int | None = None) -> Measured:
    """Turns of the store alone on a database; its sessions cannot be stepped after that."""
    store = SQLStore(url)
    await store.open()
    try:
        return await turns_of_store(store, clients, server)
    finally:
        await store.close()


def told(
    turns: Measured,
    clients: int,
    limit: float,
    own: float,
    budget: float,
    work: float | None = None,
) -> None:
    """Say how whole turns went; where nothing else was under way, beside what is the database's.

    Args:
        turns: as they were measured.
        clients: how many there were.
        limit: turns a second of the limit, by as many clients.
        own: the milliseconds of a turn of the limit, where nothing else is under way.
        budget: what the ratio should be with the most clients.
        work: processor time of a turn of the limit, in microseconds.
    """
    most = clients == CLIENTS[-1]
    print(turns.line("turn", clients, limit, budget if most else None, work), flush=True)
    if clients == 1:
        added = turns.waited(0.5) - own
        print(f"{'… added when idle, p50':<28} {added:>42.2f} ms   budget 1.0", flush=True)


def on_sqlite() -> None:
    """A file for whole turns, one for the store alone, and one for the bare loop."""
    with tempfile.TemporaryDirectory() as directory:
        files = [Path(directory) / f"{name}.db" for name in ("turn", "store", "bare")]
        asyncio.run(filled(f"sqlite:///{files[0]}"))
        for path in files[1:]:
            shutil.copy(files[0], path)
        # What was just copied is on its way to the disk, and in everybody's way.
        os.sync()
        for clients in CLIENTS:
            bare = bare_sqlite(files[2])
            print(bare.line("bare sqlite3", 1, bare.rate()), flush=True)
            measured = asyncio.run(whole(f"sqlite:///{files[0]}", clients))
            told(measured, clients, bare.rate(), bare.waited(0.5), BUDGET["sqlite"])
            rate = measured.rate()
            measured = asyncio.run(stored(f"sqlite:///{files[1]}", clients))
            print(measured.line("store", clients, bare.rate()), flush=True)
        measured = asyncio.run(whole(f"sqlite:///{files[0]}", clients, known=False))
        print(measured.line("turn, unknown", clients, bare.rate()), flush=True)
        measured = asyncio.run(arriving(f"sqlite:///{files[0]}", rate / 2))
        print(measured.line("turn at half of that rate", 0, rate), flush=True)


def in_two_processes(server: Server, limit: Limit) -> None:
    """As many clients as ever, parted among two processes: an interpreter has one core."""
    each = CLIENTS[-1] // 2
    for apart, name in ((True, "turn, own sessions"), (False, "turn, shared sessions")):
        measured, _ = turns_together(
            server.url("turn"), 2, each, SECONDS, server=server.process, apart=apart
        )
        budget = BUDGET["postgresql"]
        line = measured.line(name, f"2 x {each}", limit.rate, budget, limit.work)
        print(line, flush=True)


def on_postgresql() -> None:
    """A database for whole turns, one for the store alone, and one for pgbench."""
    server = Server({"shared_buffers": "512MB", "max_wal_size": "4GB"})
    try:
        upgrade(server.url())
        asyncio.run(filled(server.url()))
        names = ("turn", "store", "limit")
        with psycopg.connect(server.url("template1"), autocommit=True) as admin:
            for name in names:
                admin.execute(f'create database "{name}" template postgres'.encode())
        for clients in CLIENTS:
            limit = pgbench(server, "limit", clients)
            print(
                f"{'pgbench, one statement':<28} {clients:>7} {limit.rate:>9,.0f}"
                f" {limit.here:>34.0f} {limit.there:>8.0f}",
                flush=True,
            )
            measured = asyncio.run(whole(server.url("turn"), clients, server.process))
            budget = BUDGET["postgresql"]
            told(measured, clients, limit.rate, 1_000 * clients / limit.rate, budget, limit.work)
            rate = measured.rate()
            if clients == CLIENTS[-1]:
                in_two_processes(server, limit)
            measured = asyncio.run(stored(server.url("store"), clients, server.process))
            line = measured.line("store", clients, limit.rate, work=limit.work)
            print(line, flush=True)
        measured = asyncio.run(whole(server.url("turn"), clients, server.process, known=False))
        line = measured.line("turn, unknown", clients, limit.rate, work=limit.work)
        print(line, flush=True)
        measured = asyncio.run(arriving(server.url("turn"), rate / 2, server.process))
        print(measured.line("turn at half of that rate", 0, rate), flush=True)
    finally:
        server.stop()


RUNS: dict[str, Callable[[], None]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def main() -> None:
    """Run what was asked for, or all."""
    for name in sys.argv[1:] or RUNS:
        load = os.getloadavg()[0]
        print(f"--- {os.cpu_count()} cores, load before {load:.1f}")
        print(f"{name:<28} {HEADER}")
        RUNS[name]()


if __name__ == "__main__":
    main()
