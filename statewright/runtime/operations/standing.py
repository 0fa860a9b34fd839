"""How sessions stand, for whoever looks after them: which of them need somebody, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from statewright.runtime.clock import SECOND
from statewright.statechart import Incident, Snapshot, Status
from statewright.statechart.stepping.awaiting import EFFECT, TIMER
from statewright.storage.queues import Claim
from statewright.storage.records import Arrival, Session

PATIENCE: Final = 60 * SECOND
"""Microseconds after which something that nobody sees to counts as stuck."""

TRIED: Final = 22
"""How often a request is begun before it counts as stuck: more often than any may be tried."""


class Standing(StrEnum):
    """How a session stands."""

    WAITING = "waiting"
    """It waits for the user, or for something else from outside."""
    WORKING = "working"
    """It waits for work that is done, or for time."""
    STUCK = "stuck"
    """It goes on, but nothing that it waits for is on its way."""
    COMPLETED = "completed"
    """It has come to an end."""
    FAILED = "failed"
    """It has failed; it can be resumed."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as a list for operators shows it.

    Attributes:
        session: everything but its state.
        standing: how it stands.
        reason: why it is stuck or has failed, or what it waits for; else ``""``.
        effects: ids of the work that it waits for.
    """

    session: Session
    standing: Standing
    reason: str
    effects: tuple[str, ...] = ()


def listed(
    session: Session,
    snapshot: Snapshot,
    awaiting: Mapping[str, Any] | None,
    requests: Sequence[Claim],
    inbox: Sequence[Arrival],
    now: int,
) -> Listed:
    """How a session that goes on stands.

    Args:
        session: everything but its state.
        snapshot: its state.
        awaiting: what it waits for, as in ``Answer``.
        requests: those of it that are not finished.
        inbox: messages that wait.
        now: the time.
    """
    effects = tuple(one.id for one in snapshot.invocations)
    trouble = _trouble(session, snapshot, requests, inbox, now)
    if trouble:
        return Listed(session, Standing.STUCK, trouble, effects)
    kind = "" if awaiting is None else str(awaiting["kind"])
    if awaiting is None:
        return Listed(session, Standing.WAITING, "for an event")
    if kind == EFFECT:
        types = ", ".join(f"`{one.type}` at `{one.state}`" for one in snapshot.invocations)
        asked = {claim.request.key for claim in requests}
        idle = awaiting["due"] is not None and asked.isdisjoint(effects)
        vain = f", which nobody does, until {awaiting['due']}" if idle else ""
        return Listed(session, Standing.WORKING, f"for {types}{vain}", effects)
    if kind == TIMER:
        return Listed(session, Standing.WORKING, f"for time, until {awaiting['due']}", effects)
    return Listed(session, Standing.WAITING, f"at `{awaiting['node']}` ({kind})", effects)


def ended(session: Session, incidents: Sequence[Incident]) -> Listed:
    """How a session that is over stands; the incidents are those of the turn that ended it."""
    if session.status is Status.COMPLETED:
        return Listed(session, Standing.COMPLETED, "")
    told = [
        f"{one.name}{f' at `{one.state}`' if one.state else ''}: {one.message}" for one in incidents
    ]
    return Listed(session, Standing.FAILED, "; ".join(told) or "it ended in a failure")


def unreadable(session: Session, why: object) -> Listed:
    """A session whose state cannot be read."""
    return Listed(session, Standing.STUCK, str(why))


def _trouble(
    session: Session,
    snapshot: Snapshot,
    requests: Sequence[Claim],
    inbox: Sequence[Arrival],
    now: int,
) -> str:
    """Why nothing will become of a session by itself, or ``""``."""
    if inbox and inbox[0].at + PATIENCE <= now:
        return f"the message {inbox[0].message!r} waits, and nobody handles it; does a worker run?"
    if session.due_at is not None and session.due_at + PATIENCE <= now:
        return "a deadline has passed, and nobody sees to it; does a worker run?"
    open_ = {claim.request.key: claim for claim in requests}
    for invocation in snapshot.invocations:
        claim = open_.get(invocation.id)
        work = f"`{invocation.type}` at `{invocation.state}`"
        if claim is not None and claim.attempts >= TRIED:
            return f"{work} was begun {claim.attempts} times without an end; skip or retry it"
        # A deadline, or an answer of the user, would take it further.
        if claim is None and not snapshot.timers and not snapshot.floor:
            return f"it waits for {work}, which nobody does; retry or skip it"
    return ""
