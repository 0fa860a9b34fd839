"""Rows that were changed by others than the runtime: told as what they are, and in nobody's way."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from statewright.errors import CorruptedSession, StatewrightError
from statewright.expressions import Literal
from statewright.runtime import Runtime, VirtualClock
from statewright.statechart import Statechart
from statewright.statechart.actions import Assign, Say, Send
from statewright.storage import SQLStore
from statewright.storage.identity import state_hash
from statewright.storage.records import SessionKey
from tests.runtime.worlds import NOW, release, texts
from tests.statechart.building import atom, cel, text, to

pytestmark = pytest.mark.anyio

MINUTE = 60_000_000

GREETER = Statechart(
    "greeter",
    (
        atom(
            "waiting",
            to(on="alarm", do=Say(Literal("tick"))),
            to(
                on="message",
                do=(
                    Say(text("{{ contact.name }}: {{ input }}")),
                    Assign(("contact", "last"), cel("input")),
                ),
            ),
            entry=((Send("alarm", delay=Literal(MINUTE)),),),
        ),
    ),
)
"""Has a timer, and reads and writes values of the contact."""


@dataclass
class Place:
    """A file with two sessions, of which one is to be broken."""

    path: Path
    runtime: Runtime
    clock: VirtualClock
    broken: SessionKey
    whole: SessionKey
    token: str

    def change(self, table: str, column: str, made: Callable[[str], str]) -> None:
        """Change what stands in a column of the broken session."""
        with sqlite3.connect(self.path) as file:
            where = f"where session = '{self.broken.session}'"
            if table == "profiles":
                where = "where contact = 'bob'"
            rows = file.execute(f"select rowid, {column} from statewright_{table} {where}")  # noqa: S608
            for number, value in rows.fetchall():
                file.execute(
                    f"update statewright_{table} set {column} = ? where rowid = ?",  # noqa: S608
                    (made(value), number),
                )
        file.close()

    def change_state(self, made: Callable[[str], str]) -> None:
        """Change the state, and the hash with it."""
        self.change("sessions", "snapshot", made)
        self.change("sessions", "state_hash", lambda _: state_hash(self.state))

    @property
    def state(self) -> str:
        file = sqlite3.connect(self.path)
        query = "select snapshot from statewright_sessions where session = ?"
        (state,) = file.execute(query, (self.broken.session,)).fetchone()
        file.close()
        return str(state)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    path, clock = tmp_path / "flows.db", VirtualClock(NOW)
    runtime = Runtime(SQLStore(f"sqlite:///{path}"), clock=clock, engine=None)
    await runtime.store.open()
    await runtime.publish(release(GREETER), flow="flow")
    broken = await runtime.start("flow", contact="bob")
    whole = await runtime.start("flow", contact="ann")
    for key in (broken.key, whole.key):
        await runtime.patch(key, {}, message_id="first")
        await runtime.send(key, "hello", message_id="second")
    yield Place(path, runtime, clock, broken.key, whole.key, broken.token)
    await runtime.close()


def in_state(**parts: Any) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        place.change_state(lambda state: json.dumps({**json.loads(state), **parts}))

    return change


def state_as(state: str) -> Callable[[Place], None]:
    return lambda place: place.change_state(lambda _: state)


CHANGES: dict[str, Callable[[Place], None]] = {
    "a state under an old hash": lambda place: place.change(
        "sessions", "snapshot", lambda state: state.replace("waiting", "hurried")
    ),
    "a hash that is none": lambda place: place.change("sessions", "state_hash", lambda _: "x"),
    "no state": state_as(""),
    "half a state": lambda place: place.change_state(lambda state: state[: len(state) // 2]),
    "a list": state_as("[]"),
    "a deep hole": state_as("[" * 100_000),
    "unknown states": in_state(configuration=["nowhere"]),
    "no states": in_state(configuration=[]),
    "a foreign chart": in_state(digest="0" * 64),
    "a foreign session": in_state(session="s2"),
    "another revision": in_state(turns=7),
    "text for timers": in_state(timers="soon"),
    "a status that is none": in_state(status="asleep"),
    "a status that is none in the row": lambda place: place.change(
        "sessions", "status", lambda _: "asleep"
    ),
    "values that are none": lambda place: place.change("profiles", "data", lambda _: '{"a":'),
    "values that are no map": lambda place: place.change("profiles", "data", lambda _: "[1]"),
}

READERS: dict[str, Callable[[Place], Awaitable[Any]]] = {
    "send": lambda place: place.runtime.send(place.broken, "hi"),
    "patch": lambda place: place.runtime.patch(place.broken, {}),
    "end": lambda place: place.runtime.end(place.broken),
    "session": lambda place: place.runtime.session(place.broken),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("change", CHANGES)
async def test_a_session_that_was_changed_is_told_as_corrupted(
    place: Place, change: str, reader: str
) -> None:
    CHANGES[change](place)
    with pytest.raises(CorruptedSession, match="restore") as told:
        await READERS[reader](place)
    assert place.broken.session in str(told.value)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 700


@pytest.mark.parametrize("change", CHANGES)
async def test_other_sessions_go_on(
    place: Place, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    CHANGES[change](place)
    now = place.clock.advance(61)
    assert await place.runtime.sweep(now) == 1
    assert f"session {place.broken.session} cannot go on" in caplog.text
    assert texts(*await place.runtime.read(place.whole, after=3)) == ["tick"]
    answers = await asyncio.gather(
        *(place.runtime.send(key, "both at once") for key in (place.whole, place.broken)),
        return_exceptions=True,
    )
    assert isinstance(answers[1], CorruptedSession)
    assert not isinstance(answers[0], BaseException)


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_answered_can_still_be_read_and_replayed(place: Place, change: str) -> None:
    CHANGES[change](place)
    answers = await place.runtime.read(place.broken)
    assert [answer.revision for answer in answers] == [1, 2, 3]
    if "values" in change or "in the row" in change:
        return
    found = await place.runtime.replay(place.broken)
    assert found.turns == 3
    assert {difference.what for difference in found.differences} == {"row"}
    assert (await place.runtime.key_of(place.token)) == place.broken


async def test_a_whole_session_is_as_its_last_turn_left_it(place: Place) -> None:
    assert (await place.runtime.replay(place.whole)).differences == ()


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"revision":', '{"revision": 1}', "null"])
async def test_an_answer_that_was_changed_is_told_as_corrupted(place: Place, answer: str) -> None:
    place.change("history", "answer", lambda _: answer)
    for reading in (
        place.runtime.read(place.broken),
        place.runtime.send(place.broken, "hello", message_id="second"),
        anext(place.runtime.subscribe(place.broken)),
    ):
        with pytest.raises(CorruptedSession, match="restore"):
            await reading
    assert texts(await place.runtime.send(place.broken, "new")) == [": new"]
    differences = (await place.runtime.replay(place.broken)).differences
    assert {difference.what for difference in differences} == {"answer"}


@pytest.mark.parametrize("event", ["", "[]", "{", '{"name":7}'])
async def test_an_event_that_was_changed_shows_in_the_replay(place: Place, event: str) -> None:
    place.change("history", "event", lambda _: event)
    (difference,) = (await place.runtime.replay(place.broken)).differences
    assert (difference.revision, difference.what) == (1, "failure")


@pytest.mark.parametrize("body", ["", "[]", "{", '{"name":7}'])
async def test_a_message_that_was_changed_while_it_waited_is_told(
    place: Place, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    place.runtime._inbox._drain = _nothing  # it is killed before it handles what it has accepted
    for key in (place.broken, place.whole):
        await place.runtime.accept(key, "hi", message_id="third")
    place.change("inbox", "body", lambda _: body)
    assert await place.runtime.sweep(place.clock.advance(20)) == 1
    assert "third" in caplog.text
    with pytest.raises(CorruptedSession, match="restore"):
        await place.runtime.send(place.broken, "later")


async def _nothing(_key: SessionKey, _now: int) -> int:
    return 0


@pytest.mark.parametrize("release_text", ["", "{}", '{"statechart": {}}'])
async def test_a_publication_that_was_changed_is_told(place: Place, release_text: str) -> None:
    file = sqlite3.connect(place.path)
    with file:
        file.execute("update statewright_publications set release = ?", (release_text,))
    file.close()
    other = Runtime(SQLStore(f"sqlite:///{place.path}"), clock=place.clock, engine=None)
    await other.store.open()
    for reading in (other.send(place.broken, "hi"), other.session(place.broken)):
        with pytest.raises(StatewrightError):
            await reading
    await other.close()
