"""A worker that runs a machine on events from a queue, which may repeat them and mix them up.

    python examples/embed_worker.py

The queue delivers each message at least once, in any order, and the worker dies in the middle. A
message has an id of its own and its place among those of its conversation, which the sender counts.
The worker handles each message once, in the order of places: what comes too early waits in a table,
what comes again changes nothing. Snapshot, place and answers are committed together; a message is
acknowledged after that, and never before.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from statewright import compiler, flows
from statewright.statechart import (
    Event,
    Macrostep,
    Release,
    Snapshot,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)

FLOW = Path(__file__).parent / "lead-capture.yaml"
NOON = 1_767_268_800_000_000

TABLES = """
create table talks (name text primary key, place integer not null, snapshot text not null);
create table waiting (
  talk text not null, place integer not null, text text not null, sent integer not null,
  primary key (talk, place)
);
create table outbox (
  id text primary key, position integer not null, talk text not null, text text not null
);
"""


@dataclass(frozen=True)
class Message:
    """What lies in the queue."""

    talk: str
    place: int
    text: str
    sent: int


class Crash(Exception):
    """The worker dies here."""


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; other workers on the same conversation wait."""
    database.execute("begin immediate")
    try:
        yield
    except BaseException:
        database.execute("rollback")
        raise
    database.execute("commit")


class Worker:
    """Handles messages. Any number of them may share the database and the queue."""

    def __init__(self, database: sqlite3.Connection, release: Release) -> None:
        self.database = database
        self.release = release

    def handle(self, message: Message, *, dies: bool = False) -> int:
        """Handle a message, and those that have waited for it; how many were handled."""
        # JSON may bring half a character, which nothing here could write down.
        text = message.text.encode(errors="replace").decode()
        with transaction(self.database):
            if message.place > self._reached(message.talk)[0]:
                self.database.execute(
                    "insert into waiting values (?, ?, ?, ?) on conflict do nothing",
                    (message.talk, message.place, text, message.sent),
                )
            handled = 0
            while self._handle_next(message.talk):
                handled += 1
            if dies:
                raise Crash
        return handled

    def _reached(self, talk: str) -> tuple[int, str]:
        """The place up to which a conversation is handled, and its snapshot: 0 before its start."""
        found: tuple[int, str] | None = self.database.execute(
            "select place, snapshot from talks where name = ?", (talk,)
        ).fetchone()
        return found or (0, "")

    def _handle_next(self, talk: str) -> bool:
        """Handle the message in the next place, if it is there."""
        place, kept = self._reached(talk)
        found = self.database.execute(
            "delete from waiting where talk = ? and place = ? returning text, sent",
            (talk, place + 1),
        ).fetchone()
        if found is None:
            return False
        text, sent = found
        chart = self.release.statechart
        if kept:
            snapshot = snapshot_from_json(kept)
        else:
            # The time is that of the first message, whenever a worker gets to it.
            snapshot = self._keep(talk, 0, start(chart, session=talk, seed=talk, now=sent))
        if snapshot.status == "active":
            step = macrostep(chart, snapshot, Event("message", {"text": text}, sent))
            self._keep(talk, place + 1, step)
        else:
            self.database.execute("update talks set place = place + 1 where name = ?", (talk,))
        return True

    def _keep(self, talk: str, place: int, step: Macrostep) -> Snapshot:
        """Write down what the conversation is now, and what is to be sent."""
        self.database.execute(
            "insert or replace into talks values (?, ?, ?)",
            (talk, place, snapshot_to_json(step.snapshot)),
        )
        for effect in step.effects:
            says = effect.kind == "say"
            text = effect.data["content"]["text"] if says else f"({effect.data['event']})"
            # The sender passes the id on: who gets it twice can tell.
            self.database.execute(
                "insert into outbox select ?, count(*), ?, ? from outbox", (effect.id, talk, text)
            )
        return step.snapshot


def deliveries(messages: list[Message], chance: random.Random) -> deque[Message]:
    """The queue: every message comes, some of them twice, in no particular order."""
    repeated = [*messages, *chance.sample(messages, len(messages) // 2)]
    chance.shuffle(repeated)
    return deque(repeated)


def conversation(name: str) -> list[Message]:
    """What one customer says."""
    texts = ("Ada", "demo", "sixty", "60", "ada@example.com")
    minute = 60_000_000
    return [
        Message(name, place, text, NOON + place * minute) for place, text in enumerate(texts, 1)
    ]


def work(database: sqlite3.Connection, seed: int) -> list[str]:
    """Run workers until the queue is empty; what they send to the first customer."""
    database.executescript(TABLES)
    release = compiler.compile(flows.read(FLOW)).release()
    chance = random.Random(seed)  # noqa: S311 - a queue that misbehaves the same way every time
    messages = [one for name in ("ada", "bob") for one in conversation(name)]
    queue, worker, deaths, delivered = deliveries(messages, chance), Worker(database, release), 0, 0
    while queue:
        message = queue[0]
        dies = chance.random() < 0.2
        delivered += 1
        try:
            worker.handle(message, dies=dies)
        except Crash:
            deaths += 1
            worker = Worker(database, release)  # the next one finds all that was committed
            continue
        queue.popleft()  # acknowledged
    print(f"{len(messages)} messages, {delivered} deliveries, {deaths} deaths")
    rows = database.execute("select text from outbox where talk = 'ada' order by position")
    return [text for (text,) in rows]


def main(path: Path, seed: int) -> None:
    """Show that a bad queue makes no difference."""
    for line in work(sqlite3.connect(path, isolation_level=None), seed):
        print("to ada:", line)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder) / "talks.db", seed=7)
