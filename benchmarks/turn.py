"""How many durable turns a second a store makes, beside what its database could do at best.

Run: ``python -m benchmarks.turn [sqlite] [postgresql]``. Turns go to 10,000 sessions of 2 KB at
random; each loads its session and commits state, history and one request to the world, every commit
on the disk before it counts. No chart is stepped yet.

- SQLite: the limit is a loop over the bare ``sqlite3`` module in one thread, with the same
  statements and the same durability, one transaction a turn.
- PostgreSQL: the limit is ``pgbench`` with one prepared statement that updates the session and
  inserts into history and outbox, without reading the session first.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from statewright.statechart.snapshot import Status
from statewright.storage import SQLStore, Store
from statewright.storage.identity import state_hash
from statewright.storage.records import Birth, Committed, Lookup, Request, SessionKey, Turn
from statewright.storage.sql import rows, upgrade
from statewright.storage.sql.sqlite import PRAGMAS
from statewright.storage.sql.statements import statements_for
from tests.postgres import Server

SESSIONS = 10_000
SECONDS = 3.0
CLIENTS = (1, 8, 32)
BUDGET = {"sqlite": 0.75, "postgresql": 0.7}

CHANCE = random.Random(1)
WORDS = ("hello", "order", "status", "payment", "name", "email", "phone", "yes", "menu", "agent")


def text(size: int) -> str:
    """Text like that of a chat."""
    return " ".join(CHANCE.choice(WORDS) + str(CHANCE.randrange(100)) for _ in range(size // 8))


STATES = [json.dumps({"data": {f"v{n}": text(60) for n in range(30)}}) for _ in range(16)]
HASHES = {state: state_hash(state) for state in STATES}
EVENT = json.dumps({"name": "message", "data": {"text": text(120)}})
ANSWER = json.dumps({"messages": [{"type": "text", "text": text(200)}]})
PAYLOAD = json.dumps({"url": "https://example.org/api/v1/messages", "body": {"text": text(200)}})
KEYS = [SessionKey(f"t{number % 50}", f"session-{number:06}") for number in range(SESSIONS)]


def turn(number: int, expected: int, message: str) -> Turn:
    """A turn of one of the sessions."""
    state = CHANCE.choice(STATES)
    key = KEYS[number]
    return Turn(
        key=key,
        expected=expected,
        message=message,
        at=expected,
        version=1,
        snapshot=state,
        state_hash=HASHES[state],
        status=Status.ACTIVE,
        due_at=None,
        event=EVENT,
        answer=ANSWER,
        requests=(Request(f"{key.session}:ask:{expected}:0", "invoke", PAYLOAD),),
        birth=None if expected else Birth("lead", "web", f"c{number}"),
    )


async def fill(store: Store) -> None:
    """Make the sessions."""
    await asyncio.gather(*(store.commit([turn(number, 0, "start")]) for number in range(SESSIONS)))


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


async def turns_of_store(store: Store, clients: int, life: str) -> Measured:
    """Turns through a store by some clients at once."""
    measured = Measured()

    async def client(who: int) -> None:
        count = 0
        while measured.goes_on():
            began = time.perf_counter()
            number = CHANCE.randrange(SESSIONS)
            while True:
                (found,) = await store.load([Lookup(KEYS[number], f"{life}-{who}-{count}")])
                assert found.session is not None
                made = turn(number, found.session.revision, f"{life}-{who}-{count}")
                (outcome,) = await store.commit([made])
                if isinstance(outcome, Committed):
                    break
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
    measured = Measured()
    count = 0
    while measured.goes_on():
        began = time.perf_counter()
        number = CHANCE.randrange(SESSIONS)
        made = turn(number, 1, f"bare-{count}")
        asked = rows.message_rows([made])
        found = connection.execute(sql["load"], {"lookups": asked}).fetchone()
        made = turn(number, found[3], f"bare-{count}")
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
         cast(:event as text), cast(:answer as text), '[]', '[]'
  from moved),
asked as (
  insert into statewright_outbox (
    tenant, session, revision, ordinal, key, kind, stream, attempts, token, available_at, payload)
  select tenant, session, revision, 0, session || '-ask-' || revision || '-0', 'invoke', '', 0, '',
         revision, cast(:payload as text)
  from moved)
select revision from moved;
"""
"""What a turn writes, for one of 10,000 sessions, as a script of pgbench."""


def pgbench(server: Server, clients: int) -> float:
    """Turns a second of pgbench with the one-statement form."""
    state = STATES[0]
    values = {"state": state, "hash": HASHES[state], "event": EVENT, "answer": ANSWER}
    variables = [f"{name}={value}" for name, value in {**values, "payload": PAYLOAD}.items()]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(ONE_STATEMENT)
        file.flush()
        result = subprocess.run(  # noqa: S603 (the program is the server's own)
            [
                server.bin / "pgbench",
                *("-h", server.directory, "-U", "postgres", "-n", "-M", "prepared"),
                *("-c", str(clients), "-j", str(min(2, clients)), "-T", str(int(SECONDS))),
                *(part for variable in variables for part in ("-D", variable)),
                *("-f", file.name, "postgres"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([\d.]+)", result.stdout)
    assert found, result.stderr
    return float(found[1])


async def through_store(url: str, limits: Mapping[int, float], budget: float) -> None:
    """Print a line per number of clients."""
    store = SQLStore(url)
    await store.open()
    for clients, limit in limits.items():
        measured = await turns_of_store(store, clients, f"{time.time_ns()}")
        print(measured.line("store", clients, limit, budget if clients == 32 else None), flush=True)
    await store.close()


async def filled(url: str) -> None:
    """Make a database with the sessions."""
    store = SQLStore(url)
    await store.open()
    await fill(store)
    await store.close()


def on_sqlite() -> None:
    """The store on SQLite beside a bare loop."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "flows.db"
        asyncio.run(filled(f"sqlite:///{path}"))
        bare = bare_sqlite(path)
        print(bare.line("bare sqlite3", 1, bare.rate()), flush=True)
        limits = dict.fromkeys(CLIENTS, bare.rate())
        asyncio.run(through_store(f"sqlite:///{path}", limits, BUDGET["sqlite"]))


def on_postgresql() -> None:
    """The store on PostgreSQL beside pgbench."""
    server = Server({"shared_buffers": "512MB", "max_wal_size": "4GB"})
    try:
        upgrade(server.url())
        asyncio.run(filled(server.url()))
        limits = {}
        for clients in CLIENTS:
            limits[clients] = pgbench(server, clients)
            print(
                f"{'pgbench, one statement':<28} {clients:>7} {limits[clients]:>9,.0f}", flush=True
            )
        asyncio.run(through_store(server.url(), limits, BUDGET["postgresql"]))
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
