"""How many durable turns a second there are, beside what the database could do at best.

Run: ``python -m benchmarks.turn [sqlite] [postgresql]``. Turns go to 10,000 sessions of 2 KB at
random, by 1, 8 and 32 clients. Two things are measured:

- ``turn``, which is what counts: ``Runtime.send``, from the text of a user to the answer. The
  session is loaded, its hash verified, its state read; a chart of 20 states is stepped, with guards
  and assignments; state, history and one request to the world are committed and on the disk.
- ``store``: the same rows through the store alone, without stepping anything.

Beside them is the limit:

- SQLite: a loop over the bare ``sqlite3`` module in one thread, with the same statements and rows
  and the same durability, one transaction a turn.
- PostgreSQL: ``pgbench`` with one prepared statement that updates the session and inserts into
  history and outbox, without reading the session first.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from statewright.expressions import Literal
from statewright.runtime import Runtime
from statewright.runtime.turns.messages import Incoming
from statewright.runtime.turns.stepping import begun, start_event, stepped, turn_from
from statewright.statechart import Datum, Event, Release, Statechart, digest_of
from statewright.statechart.actions import Assign, Say, Send
from statewright.storage import SQLStore
from statewright.storage.records import Birth, Committed, Lookup, SessionKey, Turn
from statewright.storage.sql import rows, upgrade
from statewright.storage.sql.sqlite import PRAGMAS
from statewright.storage.sql.statements import statements_for
from statewright.storage.store import WAITING
from tests.postgres import Server
from tests.statechart.building import atom, cel, final, text, to

SESSIONS = 10_000
TENANTS = 50
SECONDS = 3.0
CLIENTS = (1, 8, 32)
BUDGET = {"sqlite": 0.75, "postgresql": 0.7}

CHANCE = random.Random(1)
WORDS = ("hello", "order", "status", "payment", "name", "email", "phone", "yes", "menu", "agent")


def talk(size: int) -> str:
    """Text like that of a chat."""
    return " ".join(CHANCE.choice(WORDS) + str(CHANCE.randrange(100)) for _ in range(size // 8))


QUESTIONS = 18


def conversation() -> Statechart:
    """Asks one thing after another, round and round, and notes the answers: 20 states."""
    asked = tuple(
        atom(
            f"ask{number}",
            to("over", on="message", when="input == 'stop' && turns > 3"),
            to("help", on="message", when="input.startsWith('help') && helps < 3"),
            to(
                f"ask{(number + 1) % QUESTIONS}",
                on="message",
                when="size(input) > 3 && turns >= 0",
                do=(
                    Assign((f"v{number}",), cel("input")),
                    Assign(("turns",), cel("turns + 1")),
                    Say(text(f"{talk(120)} {{{{ input }}}}? That was {{{{ turns }}}}")),
                    Send("note", cel(f"{{'text': '{talk(200)}', 'n': turns}}"), target="ledger"),
                ),
            ),
            to(on="message", do=Say(Literal("pardon?"))),
        )
        for number in range(QUESTIONS)
    )
    known = tuple(Datum(f"v{number}", "string", Literal(talk(60))) for number in range(30))
    counted = (Datum("turns", "int", Literal(0)), Datum("helps", "int", Literal(0)))
    helping = atom("help", to("ask0", on="message"))
    return Statechart("benchmark", (*asked, helping, final("over")), data=(*known, *counted))


CHART = conversation()
KEYS = [SessionKey(f"t{number % TENANTS}", f"session-{number:06}") for number in range(SESSIONS)]
SAID = [talk(120) for _ in range(64)]


def first_turn(number: int) -> Turn:
    """The turn that begins a session."""
    key = KEYS[number]
    event = start_event({}, seed="s", now=number, contact={}, tenant={})
    made = begun(CHART, key.session, event)
    birth = Birth("flow", "web", f"c{number}")
    return turn_from(key, made, Incoming("start", event), version=1, birth=birth)


def second_turns() -> list[Turn]:
    """Some turns as the runtime makes them: what is written where nothing is stepped."""
    turns = []
    for number, said in enumerate(SAID[:16]):
        key = KEYS[number]
        event = start_event({}, seed="s", now=number, contact={}, tenant={})
        before = begun(CHART, key.session, event).step.snapshot
        message = Event("message", {"text": said}, 1_000_000)
        made = stepped(CHART, before, message)
        turns.append(turn_from(key, made, Incoming("m", message), version=1))
    return turns


SAMPLES = second_turns()


def turn(number: int, expected: int, message: str) -> Turn:
    """A turn of one of the sessions, made of what other turns have written."""
    sample = CHANCE.choice(SAMPLES)
    return replace(sample, key=KEYS[number], expected=expected, message=message, at=expected)


class Measured:
    """Turns counted in a window of time, after a while of warming up."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start = time.perf_counter() + 0.5
        self.end = self.start + SECONDS

    def goes_on(self) -> bool:
        """Whether there is time for another turn."""
        return time.perf_counter() < self.end

    def count(self, began: float) -> None:
        """Count a turn that began then and ended now."""
        if began >= self.start:
            self.times.append(time.perf_counter() - began)

    def rate(self) -> float:
        """Turns a second."""
        return len(self.times) / SECONDS

    def line(self, name: str, clients: int, limit: float, budget: float | None = None) -> str:
        """The result for people."""
        times = sorted(self.times)
        p50, p99 = (1_000 * times[int(len(times) * part)] for part in (0.5, 0.99))
        verdict = f"   budget {budget}" if budget else ""
        return (
            f"{name:<28} {clients:>7} {self.rate():>9,.0f} {self.rate() / limit:>7.2f}"
            f" {p50:>8.2f} {p99:>8.2f}{verdict}"
        )


async def turns_of_store(store: SQLStore, clients: int) -> Measured:
    """Turns through a store by some clients at once, without stepping."""
    measured, life = Measured(), time.time_ns()

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


async def turns_of_runtime(runtime: Runtime, clients: int) -> Measured:
    """Whole turns by some clients at once."""
    measured, life = Measured(), time.time_ns()

    async def client(who: int) -> None:
        count = 0
        while measured.goes_on():
            began = time.perf_counter()
            key = KEYS[CHANCE.randrange(SESSIONS)]
            said = SAID[count % len(SAID)]
            answer = await runtime.send(key, said, message_id=f"{life}-{who}-{count}")
            assert answer.messages
            measured.count(began)
            count += 1

    await asyncio.gather(*(client(who) for who in range(clients)))
    return measured


def bare_sqlite(path: Path) -> Measured:
    """The same statements without anything around them."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    sql = statements_for(sqlite_dialect(paramstyle="named"))
    measured, life = Measured(), time.time_ns()
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


def pgbench(server: Server, database: str, clients: int) -> float:
    """Turns a second of pgbench with the one-statement form."""
    sample = SAMPLES[0]
    values = {
        "state": sample.snapshot,
        "hash": sample.state_hash,
        "event": sample.event,
        "answer": sample.answer,
        "effects": sample.effects,
        "payload": sample.requests[0].payload,
    }
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
    found = re.search(r"tps = ([\d.]+)", result.stdout)
    assert found, result.stderr
    return float(found[1])


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


async def whole(url: str, clients: int) -> Measured:
    """Turns of the runtime on a database."""
    async with Runtime(SQLStore(url), engine=None) as runtime:
        return await turns_of_runtime(runtime, clients)


async def stored(url: str, clients: int) -> Measured:
    """Turns of the store alone on a database; its sessions cannot be stepped after that."""
    store = SQLStore(url)
    await store.open()
    try:
        return await turns_of_store(store, clients)
    finally:
        await store.close()


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
            budget = BUDGET["sqlite"] if clients == CLIENTS[-1] else None
            print(measured.line("turn", clients, bare.rate(), budget), flush=True)
            measured = asyncio.run(stored(f"sqlite:///{files[1]}", clients))
            print(measured.line("store", clients, bare.rate()), flush=True)


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
            print(f"{'pgbench, one statement':<28} {clients:>7} {limit:>9,.0f}", flush=True)
            measured = asyncio.run(whole(server.url("turn"), clients))
            budget = BUDGET["postgresql"] if clients == CLIENTS[-1] else None
            print(measured.line("turn", clients, limit, budget), flush=True)
            measured = asyncio.run(stored(server.url("store"), clients))
            print(measured.line("store", clients, limit), flush=True)
    finally:
        server.stop()


RUNS: dict[str, Callable[[], None]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def main() -> None:
    """Run what was asked for, or all."""
    for name in sys.argv[1:] or RUNS:
        print(f"{name:<28} {'clients':>7} {'turns/s':>9} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8}")
        RUNS[name]()


if __name__ == "__main__":
    main()
