"""Rehydration: what a store gives of a session becomes something that can be stepped.

Nothing runs here, and nothing is believed: a state that is not what was stored is told apart from
every other trouble, for nobody can mend it by trying again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from statewright.errors import (
    CorruptedSession,
    ForeignSnapshot,
    InvalidSnapshot,
    UnknownSession,
)
from statewright.runtime.releases import Running
from statewright.statechart import Snapshot, Statechart, snapshot_from_json
from statewright.storage.identity import state_hash
from statewright.storage.records import Loaded, Session, SessionKey


@dataclass(frozen=True, slots=True)
class Rehydrated:
    """A session, ready to be stepped.

    Attributes:
        row: everything but its state.
        running: what it runs.
        snapshot: its state, verified.
        state_hash: of its state.
        contact: the contact's values that its events carry.
        tenant: the tenant's values that its events carry.
    """

    row: Session
    running: Running
    snapshot: Snapshot
    state_hash: str
    contact: Mapping[str, Any]
    tenant: Mapping[str, Any]

    @property
    def chart(self) -> Statechart:
        """The chart that it runs."""
        return self.running.chart


def existing(key: SessionKey, loaded: Loaded) -> Session:
    """The row of a session.

    Raises:
        UnknownSession: there is none.
    """
    if loaded.session is None:
        raise UnknownSession(f"there is no session {key.session!r}; start one")
    return loaded.session


def state_of(key: SessionKey, loaded: Loaded) -> Snapshot:
    """The state of a session, verified to be what was stored.

    Raises:
        UnknownSession: there is no such session.
        CorruptedSession: the state is not what was stored.
    """
    revision = existing(key, loaded).revision
    if state_hash(loaded.snapshot) != loaded.state_hash:
        raise corrupted(key, f"the hash of its state at revision {revision} differs")
    with as_corrupted(key):
        snapshot = snapshot_from_json(loaded.snapshot)
    if (snapshot.session, snapshot.turns) != (key.session, revision):
        found = f"session {snapshot.session!r} at revision {snapshot.turns}"
        raise corrupted(key, f"the state stored at its revision {revision} is that of {found}")
    return snapshot


@contextmanager
def as_corrupted(key: SessionKey) -> Iterator[None]:
    """Tell of a state that does not fit its chart as what it is here: not the state we stored.

    Raises:
        CorruptedSession: inside, a snapshot is refused.
    """
    try:
        yield
    except (InvalidSnapshot, ForeignSnapshot) as error:
        raise corrupted(key, str(error)) from None


def corrupted(key: SessionKey, why: str) -> CorruptedSession:
    """What is raised where a session is not what was stored, with what can be done about it."""
    return CorruptedSession(
        f"session {key.session!r} is not what was stored: {why}; nothing was changed, and it "
        "cannot go on until its rows are restored from a backup (`statewright replay` shows what "
        "its history makes of it)"
    )
