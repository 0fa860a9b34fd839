"""A machine inside an object of an ORM, in the manner of Django: ``ticket.hear("It is broken")``.

    python examples/embed_orm.py

``Model`` and ``CharField`` below stand for ``django.db.models``; with Django, leave them out. The
object keeps the machine in four columns: the release that it began with, the snapshot, a version
that guards against lost updates, and the states it is in, to be searched for.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Self

from statewright import compiler, flows
from statewright.statechart import (
    Effect,
    Event,
    Macrostep,
    Release,
    awaiting,
    macrostep,
    release_from_json,
    release_to_json,
    snapshot_from_json,
    snapshot_to_json,
    start,
)

FLOW = Path(__file__).parent / "support-triage.yaml"


# What Django would be


class StaleObject(Exception):
    """Somebody else has saved the object since it was read."""


class Model:
    """An object with a row, saved where its version is still the one that was read."""

    database: ClassVar[sqlite3.Connection]
    table: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, **values: Any) -> None:
        self.id: int | None = None
        self.version = 0
        for name in self.columns:
            setattr(self, name, values.get(name, ""))

    @classmethod
    def create_table(cls) -> None:
        """What a migration does."""
        columns = ", ".join(f"{name} text not null" for name in cls.columns)
        cls.database.execute(
            f"create table {cls.table} "
            f"(id integer primary key, version integer not null, {columns})"
        )

    @classmethod
    def filter(cls, **wanted: Any) -> list[Self]:
        """The objects with these values."""
        where = " and ".join(f"{name} = ?" for name in wanted) or "true"
        rows = cls.database.execute(
            f"select id, version, {', '.join(cls.columns)} from {cls.table} where {where}",  # noqa: S608 - names are ours
            tuple(wanted.values()),
        )
        return [cls._of_row(row) for row in rows]

    @classmethod
    def get(cls, key: int) -> Self:
        """The object with a key."""
        (found,) = cls.filter(id=key)
        return found

    @classmethod
    def _of_row(cls, row: tuple[Any, ...]) -> Self:
        made = cls(**dict(zip(cls.columns, row[2:], strict=True)))
        made.id, made.version = row[0], row[1]
        return made

    def save(self) -> None:
        """Insert or update the row.

        Raises:
            StaleObject: it was changed since it was read; nothing is written.
        """
        values = tuple(getattr(self, name) for name in self.columns)
        if self.id is None:
            marks = ", ".join("?" * len(values))
            cursor = self.database.execute(
                f"insert into {self.table} "  # noqa: S608 - names are ours
                f"(version, {', '.join(self.columns)}) values (1, {marks})",
                values,
            )
            self.id, self.version = cursor.lastrowid, 1
            return
        setting = ", ".join(f"{name} = ?" for name in self.columns)
        updated = self.database.execute(
            f"update {self.table} set version = version + 1, {setting} "  # noqa: S608 - names are ours
            "where id = ? and version = ?",
            (*values, self.id, self.version),
        ).rowcount
        if not updated:
            raise StaleObject(f"{self.table} {self.id} is not at version {self.version} any more")
        self.version += 1


# What you write


class Machine(Model):
    """The release of a flow, once for all the objects that run it."""

    table = "machines"
    columns = ("digest", "release")
    digest: str
    release: str

    @classmethod
    def publish(cls, release: Release) -> str:
        """Keep a release; its digest, which is its name."""
        if not cls.filter(digest=release.digest):
            cls(digest=release.digest, release=release_to_json(release)).save()
        return release.digest


@lru_cache(maxsize=100)
def release_named(digest: str) -> Release:
    """A release by its digest. It never changes, so that it is read once in a process."""
    (found,) = Machine.filter(digest=digest)
    return release_from_json(found.release)


class Ticket(Model):
    """A support ticket, of which the machine decides what comes next."""

    table = "tickets"
    columns = ("customer", "machine", "snapshot", "state")
    customer: str
    machine: str
    snapshot: str
    state: str

    @classmethod
    def open(cls, customer: str, digest: str, data: Mapping[str, Any] | None = None) -> Self:
        """A new ticket, its machine started."""
        ticket = cls(customer=customer, machine=digest)
        name = f"ticket-{customer}"
        chart = release_named(digest).statechart
        step = start(chart, session=name, seed=name, now=_now(), data=data)
        ticket._take(step)
        return ticket

    def hear(self, text: str) -> list[Effect]:
        """Handle what the customer says; what is to be done about it, once that is saved."""
        while True:
            chart = release_named(self.machine).statechart
            event = Event("message", {"text": text}, _now())
            step = macrostep(chart, snapshot_from_json(self.snapshot), event)
            try:
                # With Django: `with transaction.atomic():`, and rows for the effects beside it.
                return self._take(step)
            except StaleObject:
                self._refresh()

    @property
    def asks(self) -> str:
        """What the ticket waits for."""
        waiting = awaiting(
            release_named(self.machine).statechart, snapshot_from_json(self.snapshot)
        )
        return waiting.node if waiting else ""

    def _take(self, step: Macrostep) -> list[Effect]:
        self.snapshot = snapshot_to_json(step.snapshot)
        self.state = step.snapshot.configuration[-1]
        self.save()
        return list(step.effects)

    def _refresh(self) -> None:
        """Take the row as it is now."""
        self.__dict__.update(vars(self.filter(id=self.id)[0]))


def _now() -> int:
    return time.time_ns() // 1000


def show(effects: list[Effect]) -> None:
    """Print what the machine wants done."""
    for effect in effects:
        if effect.kind == "say":
            print("bot:", effect.data["content"].get("text"))
        else:
            print(f"{effect.kind}:", effect.data.get("event", effect.data))


def main(path: Path) -> None:
    """Two people work on one ticket, without knowing of each other."""
    Model.database = sqlite3.connect(path, isolation_level=None)
    for table in (Machine, Ticket):
        table.create_table()
    digest = Machine.publish(compiler.compile(flows.read(FLOW)).release())
    ticket = Ticket.open("ada", digest)
    print("asks:", ticket.asks)
    other = Ticket.get(1)
    show(ticket.hear("bug"))
    print("asks:", ticket.asks, "at version", ticket.version)
    show(other.hear("nothing"))
    print("asks:", other.asks, "at version", other.version)
    found = Ticket.filter(state=other.state)
    print("found by its state:", [one.customer for one in found])
    try:
        ticket.save()
    except StaleObject as stale:
        print("refused:", stale)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder) / "tickets.db")
