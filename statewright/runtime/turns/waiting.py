"""What waits in a session: messages of its inbox, and timers that are due."""

from __future__ import annotations

from dataclasses import replace

from statewright.runtime.turns.messages import Incoming, incoming_from
from statewright.statechart import Status
from statewright.storage.records import Loaded, Session, SessionKey


def before(key: SessionKey, loaded: Loaded, message: Incoming, last: int) -> list[Incoming]:
    """What waits in the inbox, up to a position, and came before a message."""
    found: list[Incoming] = []
    for arrival in loaded.inbox:
        # What is to begin the session is handled as what waits there, whoever brings it again.
        own = arrival.message == message.id and loaded.session is not None
        if own or arrival.position > last:
            break
        found.append(incoming_from(key, arrival))
    return found


def placed(loaded: Loaded, message: Incoming) -> Incoming:
    """A message with its place in the inbox, where it was accepted before."""
    if loaded.inbox and loaded.inbox[0].message == message.id:
        return replace(message, position=loaded.inbox[0].position)
    return message


def is_due(session: Session | None, now: int) -> bool:
    """Whether a session goes on, and a deadline of it has passed."""
    if session is None or session.status is not Status.ACTIVE:
        return False
    return session.due_at is not None and session.due_at <= now
