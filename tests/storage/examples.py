"""Records for the tests: small, whole, and different only in what a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from statewright.statechart import Release, Statechart, digest_of
from statewright.statechart.definition import State
from statewright.statechart.patches import Operation
from statewright.statechart.snapshot import Status
from statewright.storage import Store
from statewright.storage.identity import state_hash
from statewright.storage.patches import Patch, Scope
from statewright.storage.records import (
    Birth,
    Committed,
    Conflict,
    Duplicate,
    Loaded,
    Lookup,
    Message,
    Request,
    SessionKey,
    Turn,
)

KEY = SessionKey("acme", "s1")
ALWAYS = 10**15
"""A time after all others in the tests."""


def birth(**changes: Any) -> Birth:
    """Who a session is."""
    return Birth(**{"flow": "lead", "channel": "web", "conversation": "c1", **changes})


def turn(expected: int = 0, message: str = "", key: SessionKey = KEY, **changes: Any) -> Turn:
    """The turn from revision ``expected`` to the next one."""
    snapshot = changes.pop("snapshot", json.dumps({"n": expected + 1}))
    usual: dict[str, Any] = {
        "key": key,
        "expected": expected,
        "message": message or f"m{expected + 1}",
        "at": 1_000 + expected,
        "version": 1,
        "snapshot": snapshot,
        "state_hash": state_hash(snapshot),
        "status": Status.ACTIVE,
        "due_at": None,
        "event": json.dumps({"name": "message", "n": expected + 1}),
        "answer": json.dumps({"answer": expected + 1}),
        "birth": birth(conversation=f"of {key.session}") if expected == 0 else None,
    }
    return Turn(**{**usual, **changes})


def request(name: str, **changes: Any) -> Request:
    """A request to the world."""
    return Request(**{"key": name, "kind": "invoke", "payload": f'{{"of":"{name}"}}', **changes})


def message(name: str, key: SessionKey = KEY, at: int = 1_000) -> Message:
    """A message to be accepted."""
    return Message(key, name, f'{{"text":"{name}"}}', at)


def count_up(scope: Scope = Scope.CONTACT, by: float = 1) -> Patch:
    """A patch that counts."""
    return Patch(scope, ("visits",), Operation.INCREMENT, by)


def release(name: str = "lead") -> Release:
    """Something to publish."""
    chart = Statechart(name, (State("idle"),))
    return Release(statechart=chart, digest=digest_of(chart))


async def loaded(store: Store, key: SessionKey = KEY, asked: str = "", contact: str = "") -> Loaded:
    """What is in the store of one session."""
    return (await store.load([Lookup(key, asked, contact)]))[0]


async def revision(store: Store, key: SessionKey = KEY) -> int:
    """The revision of a session; 0 where it does not exist."""
    session = (await loaded(store, key)).session
    return session.revision if session else 0


@dataclass(frozen=True, slots=True)
class Answered:
    """What a sender got for its message."""

    message: str
    revision: int
    answer: str


async def send(store: Store, key: SessionKey, name: str) -> Answered:
    """Send a message as the runtime does: load, step, commit, and again after a conflict."""
    for attempt in count():
        now = await loaded(store, key, name)
        if now.duplicate:
            return Answered(name, now.duplicate.revision, now.duplicate.answer)
        before = now.session.revision if now.session else 0
        n = json.loads(now.snapshot)["n"] if now.snapshot else 0
        made = turn(
            before,
            name,
            key,
            snapshot=json.dumps({"n": n + 1}),
            answer=json.dumps({"to": name, "n": n + 1}),
            requests=(request(f"{key.session}:{name}"),),
        )
        match (await store.commit([made]))[0]:
            case Committed(revision=after):
                return Answered(name, after, made.answer)
            case Duplicate(revision=after, answer=answer):
                return Answered(name, after, answer)
            case Conflict():
                await asyncio.sleep(0.001 * (attempt % 7))
    raise AssertionError


async def at_once(calls: Sequence[Coroutine[Any, Any, Answered]]) -> list[Answered]:
    """The answers to calls that are under way together."""
    return list(await asyncio.gather(*calls))
