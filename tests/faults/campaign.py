"""Many talk at once to few or many sessions, while connections are cut and processes are killed.

Run: ``python -m tests.faults.campaign postgresql --sessions 100 --seconds 30 --cut 0.3 --kills 50``.

32 clients in two processes send messages. Of these, 15 % are delivered twice at the same moment: by
two tasks of one process, and by the other process, too. Whoever gets no answer sends again. In the
end the database has to say the same in every place: history = counters = revision = outbox, which
is what was acknowledged, once each; processes that were killed may have got further than they could
tell. No session may be stuck, and every one of them has to be replayed to the same state.

``--lost`` takes an answer out of the books at the end, to see that this is noticed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from statewright.errors import StorageUnavailable
from statewright.runtime import Runtime
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey
from tests.postgres import Server
from tests.runtime.worlds import counter, release

CLIENTS = 32
PROCESSES = 2
TWICE = 0.15
PATIENCE = 60.0
"""Seconds for which somebody who gets no answer sends again."""

LEAST = 2
"""How many messages each client sends, however long it takes until it can."""

BATCH = 200
"""How many sessions are begun, or looked at, at once."""

Books = dict[str, set[str]]
"""Session → the messages that were acknowledged to somebody."""


async def begun(url: str, count: int) -> list[SessionKey]:
    """Sessions that count what they are told."""
    keys: list[SessionKey] = []
    async with Runtime(SQLStore(url), engine=None, schedules=None) as runtime:
        await runtime.publish(release(counter()), flow="flow")
        while len(keys) < count:
            size = min(BATCH, count - len(keys))
            made = await asyncio.gather(*(runtime.start("flow") for _ in range(size)))
            keys += [one.key for one in made]
    return keys


async def talked(url: str, keys: Sequence[SessionKey], who: str, life: int, until: float) -> None:
    """Talk until a time, and write down on stdout what was acknowledged."""

    async def said(runtime: Runtime, key: SessionKey, message: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = await runtime.send(key, message, message_id=message)
            except StorageUnavailable:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.01)
                continue
            return answer.text

    async def client(runtime: Runtime, number: int) -> None:
        # Both processes draw the same, so that both come with the same message to one session.
        chance = random.Random(f"{number}-{life}")
        count = 0
        while count < LEAST or time.monotonic() < until:
            key = chance.choice(keys)
            shared = chance.random() < TWICE
            message = f"{'both' if shared else who}-{life}-{number}-{count}"
            copies = (said(runtime, key, message) for _ in range(2 if shared else 1))
            answers = await asyncio.gather(*copies)
            assert len(set(answers)) == 1, "two answers to one message"
            os.write(1, f"{key.session} {message}\n".encode())
            count += 1

    async with Runtime(SQLStore(url), engine=None, schedules=None) as runtime:
        await asyncio.gather(*(client(runtime, n) for n in range(CLIENTS // PROCESSES)))


def forked(url: str, keys: Sequence[SessionKey], who: str, life: int, until: float) -> int:
    """A process that talks; its number. What it acknowledged is in a file of that name."""
    process = os.fork()
    if not process:
        _become(url, keys, who, life, until)
    return process


def _become(url: str, keys: Sequence[SessionKey], who: str, life: int, until: float) -> NoReturn:
    code = 1
    try:
        file = os.open(f"{who}-{life}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, 1)
        asyncio.run(talked(url, keys, who, life, until))
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def run(
    url: str, keys: Sequence[SessionKey], *, seconds: float, kills: int, cut: float
) -> tuple[int, int]:
    """Have processes talk, kill them and cut their connections; how often that was done."""
    chance = random.Random(5)
    until = time.monotonic() + seconds
    talkers = {who: forked(url, keys, who, 0, until) for who in ("one", "two")}
    killed = cuts = life = 0
    while time.monotonic() < until or killed < kills or (cut and not cuts):
        time.sleep(cut or chance.uniform(0.1, 0.4))
        if cut:
            cuts += _connections_cut(url)
        if killed < kills:
            who = chance.choice(sorted(talkers))
            os.kill(talkers[who], signal.SIGKILL)
            os.waitpid(talkers[who], 0)
            killed, life = killed + 1, life + 1
            until = max(until, time.monotonic() + 1.0)
            talkers[who] = forked(url, keys, who, life, until)
    for process in talkers.values():
        _, status = os.waitpid(process, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "somebody who talked failed"
    return killed, cuts


def _connections_cut(url: str) -> int:
    """Cut all connections to a database of PostgreSQL but this one; how many there were."""
    import psycopg  # noqa: PLC0415 (not needed for SQLite)

    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        ).fetchone()
    return row[0] if row else 0


def books(directory: Path) -> Books:
    """What was acknowledged; a line that was cut off by a death counts for nothing."""
    found: Books = defaultdict(set)
    for path in directory.iterdir():
        for line in path.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                session, message = line.split()
                found[session].add(message)
    return found


async def audited(url: str, keys: Sequence[SessionKey], acknowledged: Books, *, exact: bool) -> int:
    """Compare all that the database says with what was acknowledged; how many turns there were.

    Args:
        url: of the database.
        keys: the sessions.
        acknowledged: what was.
        exact: whether nobody was killed, who may have got further than they could tell.
    """
    total = 0
    async with Runtime(SQLStore(url), engine=None, schedules=None) as runtime:

        async def one(key: SessionKey) -> int:
            history = [turn async for turn in runtime._reader.turns(key, 0)]
            handled = [turn.message for turn in history[1:]]
            (outbox,) = await runtime.store.requests([key])
            view = await runtime.session(key)
            acks = acknowledged.get(key.session, set())
            assert len(handled) == len(set(handled)), f"{key.session}: something is there twice"
            assert acks <= set(handled), f"{key.session}: lost {sorted(acks - set(handled))}"
            assert acks == set(handled) or not exact, f"{key.session}: more than was acknowledged"
            assert view.data["count"] == view.revision - 1 == len(handled) == len(outbox)
            assert view.data["heard"] == handled
            assert (await runtime.replay(key)).differences == ()
            assert (await runtime.send(key, "stop")).status == "completed", "it is stuck"
            return len(handled)

        for start in range(0, len(keys), BATCH):
            total += sum(await asyncio.gather(*map(one, keys[start : start + BATCH])))
    return total


@contextmanager
def database(where: str) -> Iterator[str]:
    """A database of our own, or the one that a URL names."""
    if where == "sqlite":
        with tempfile.TemporaryDirectory() as directory:
            yield f"sqlite:///{directory}/flows.db"
    elif where == "postgresql":
        server = Server()
        try:
            yield server.url()
        finally:
            server.stop()
    else:
        yield where


def main(arguments: Sequence[str]) -> None:
    """Run the campaign, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.campaign")
    parser.add_argument("database", help="sqlite, postgresql, or the URL of an empty database")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--cut", type=float, default=0.0, help="seconds between cuts; 0: none")
    parser.add_argument("--lost", action="store_true", help="lose an answer on purpose")
    asked = parser.parse_args(arguments)
    with database(asked.database) as url, tempfile.TemporaryDirectory() as directory:
        keys = asyncio.run(begun(url, asked.sessions))
        os.chdir(directory)
        began = time.monotonic()
        killed, cuts = run(url, keys, seconds=asked.seconds, kills=asked.kills, cut=asked.cut)
        lasted = time.monotonic() - began
        found = books(Path(directory))
        os.chdir("/")
        if asked.lost:
            found[keys[0].session].add("never handled")
        total = asyncio.run(audited(url, keys, found, exact=not asked.kills))
    acknowledged = sum(map(len, found.values()))
    print(
        f"{asked.sessions} sessions, {total} turns, {acknowledged} acknowledged, {killed} killed, "
        f"{cuts} cut, {total / lasted:.0f} a second: exact"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
