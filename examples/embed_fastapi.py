"""Conversations in a FastAPI service that keeps them in a row of its own: no runtime, no queue.

    pip install statewright fastapi uvicorn
    uvicorn --app-dir examples embed_fastapi:app

    curl http://127.0.0.1:8000/talks --json '{}'
    curl http://127.0.0.1:8000/talks/1/messages --json '{"id": "m1", "text": "Ada"}'

A row holds the snapshot as text, and a revision. A turn reads the row, steps (which is pure), and
writes it back where the revision is still the one that was read; what the turn asks of the world is
written in the same transaction. Whoever loses the race steps again.
"""

from __future__ import annotations

import os
import pathlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel

from statewright import compiler, flows
from statewright.errors import InvalidEvent, SessionEnded
from statewright.statechart import (
    Event,
    Macrostep,
    Release,
    effect_to_json,
    macrostep,
    release_from_json,
    release_to_json,
    snapshot_from_json,
    snapshot_to_json,
    start,
)

FLOW = pathlib.Path(__file__).parent / "lead-capture.yaml"
TRIES = 10

TABLES = """
create table if not exists releases (digest text primary key, release text not null);
create table if not exists talks (
  id integer primary key,
  digest text not null references releases,
  revision integer not null,
  snapshot text not null,
  status text not null,
  due integer
);
create table if not exists answers (
  talk integer not null references talks,
  message text not null,
  answer text not null,
  primary key (talk, message)
);
create table if not exists outbox (
  id text primary key, talk integer not null, effect text not null
);
"""


READ = """
select revision, snapshot, release, answer from talks
join releases using (digest) left join answers on talk = talks.id and message = ?
where talks.id = ?
"""
"""One statement, so that the row and the answer are of one moment."""


def whole(text: str) -> str:
    """A text that can be written down: JSON may bring half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("this holds half a character") from None
    return text


Text = Annotated[str, AfterValidator(whole)]


class Message(BaseModel):
    """What the user says; ``id`` makes the request repeatable."""

    id: Text
    text: Text


class Answer(BaseModel):
    """What the bot says to it."""

    talk: int
    revision: int
    status: str
    says: list[Any]


def now() -> int:
    """Microseconds since 1970: a step has no clock of its own."""
    return time.time_ns() // 1000


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    """A connection; what was not committed is rolled back."""
    path = os.environ.get("TALKS", "talks.db")
    # FastAPI gives the parts of one request to several threads, one after the other.
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    try:
        yield connection
    finally:
        connection.close()


def connected() -> Iterator[sqlite3.Connection]:
    """The connection of a request."""
    with database() as connection:
        yield connection


Database = Annotated[sqlite3.Connection, Depends(connected)]
TalkId = Annotated[int, Path(ge=1, lt=2**63)]
"""What SQLite takes for an id."""


def published(connection: sqlite3.Connection) -> Release:
    """The release that new talks begin with. It is compiled and checked when the service starts."""
    (text,) = connection.execute("select release from releases order by rowid desc").fetchone()
    return release_from_json(text)


def prepare() -> None:
    """Make the tables, and publish the flow."""
    release = compiler.compile(flows.read(FLOW)).release()
    with database() as connection:
        connection.executescript(TABLES)
        connection.execute(
            "insert into releases values (?, ?) on conflict do nothing",
            (release.digest, release_to_json(release)),
        )


def keep(connection: sqlite3.Connection, talk: int, step: Macrostep) -> list[Any]:
    """Write down what a turn asks of the world, inside its transaction; give back what it says."""
    said = []
    for effect in step.effects:
        if effect.kind == "say":
            said.append(effect.data["content"])
        else:
            # A worker of yours does it afterwards. The id is an idempotency key: it never changes.
            connection.execute(
                "insert into outbox values (?, ?, ?)", (effect.id, talk, effect_to_json(effect))
            )
    return said


def row_of(step: Macrostep) -> tuple[str, str, int | None]:
    """What the row of a talk says after a step. A timer that is due needs somebody to look."""
    snapshot = step.snapshot
    due = snapshot.timers[0].due if snapshot.timers else None
    return snapshot_to_json(snapshot), str(snapshot.status), due


def turn(connection: sqlite3.Connection, talk: int, event: Event, message: str) -> Answer:
    """Handle one event of a talk, once, whoever else may be at it."""
    for _ in range(TRIES):
        row = connection.execute(READ, (message, talk)).fetchone()
        if row is None:
            raise HTTPException(404, "there is no such talk")
        revision, text, release, known = row
        if known is not None:
            return Answer.model_validate_json(known)
        # A talk stays with the release that it began with.
        chart = release_from_json(release).statechart
        step = macrostep(chart, snapshot_from_json(text), event)
        connection.execute("begin immediate")
        written = connection.execute(
            "update talks set revision = ?, snapshot = ?, status = ?, due = ? "
            "where id = ? and revision = ?",
            (revision + 1, *row_of(step), talk, revision),
        ).rowcount
        if written:
            answer = Answer(
                talk=talk,
                revision=revision + 1,
                status=str(step.snapshot.status),
                says=keep(connection, talk, step),
            )
            connection.execute(
                "insert into answers values (?, ?, ?)", (talk, message, answer.model_dump_json())
            )
            connection.execute("commit")
            return answer
        connection.execute("rollback")  # somebody was faster: the step is pure, so step again
    raise HTTPException(503, "too many messages at once")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Publish the flow when the service starts."""
    prepare()
    yield


app = FastAPI(title="Talks", lifespan=lifespan)


@app.exception_handler(RequestValidationError)
def refused(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Say what is wrong with a request, without repeating it: half a character cannot be sent."""
    wrong = [{"loc": one["loc"], "msg": one["msg"], "type": one["type"]} for one in error.errors()]
    return JSONResponse({"detail": wrong}, 422)


@app.post("/talks", status_code=201)
def begin(connection: Database) -> Answer:
    """Begin a talk."""
    release = published(connection)
    connection.execute("begin immediate")
    (talk,) = connection.execute("select coalesce(max(id), 0) + 1 from talks").fetchone()
    step = start(release.statechart, session=f"talk-{talk}", seed=f"talk-{talk}", now=now())
    connection.execute(
        "insert into talks values (?, ?, 1, ?, ?, ?)", (talk, release.digest, *row_of(step))
    )
    says = keep(connection, talk, step)
    connection.execute("commit")
    return Answer(talk=talk, revision=1, status=str(step.snapshot.status), says=says)


@app.post("/talks/{talk}/messages")
def hear(talk: TalkId, message: Message, connection: Database) -> Answer:
    """Say something to the bot. The same id again gets the same answer."""
    try:
        event = Event("message", {"text": message.text}, now())
        return turn(connection, talk, event, message.id)
    except SessionEnded as ended:
        raise HTTPException(409, str(ended)) from ended
    except InvalidEvent as invalid:
        raise HTTPException(422, str(invalid)) from invalid


@app.post("/ticks")
def tick(connection: Database) -> int:
    """Fire the timers that are due: for a cron job, every few seconds. How many talks had some."""
    late = connection.execute(
        "select id, due from talks where status = 'active' and due <= ?", (now(),)
    ).fetchall()
    for talk, due in late:
        turn(connection, talk, Event("tick", now=now()), f"tick:{due}")
    return len(late)
