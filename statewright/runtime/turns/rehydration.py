"""Rehydration: what a store gives of a session becomes something that can be stepped.

Nothing runs here, and nothing is believed: a state that is not what was stored is told apart from
every other trouble, for nobody can mend it by trying again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.errors import ForeignSnapshot, InvalidSnapshot, UnknownSession
from statewright.runtime.turns.releases import Running
from statewright.statechart import Snapshot, Statechart, snapshot_from_json
from statewright.storage.corruption import corrupted
from statewright.storage.identity import state_hash
from statewright.storage.records import Loaded, Session, SessionKey

UNFIT: Final = (InvalidSnapshot, ForeignSnapshot)
"""What is raised where a state does not fit its chart: here, that is a state we did not store."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A session, ready to be stepped.

    Attributes:
        row: everything but its state.
        running: what it runs.
        snapshot: its state.
        contact: the contact's values that its events carry.
        tenant: the tenant's values that its events carry.
    """

    row: Session
    running: Running
    snapshot: Snapshot
    contact: Mapping[str, Any]
    tenant: Mapping[str, Any]

    @property
    def chart(self) -> Statechart:
        """The chart that it runs."""
        return self.running.chart


@dataclass(frozen=True, slots=True)
class Rehydrated(Ready):
    """A session that was loaded, its state verified.

    Attributes:
        loaded: what the store gave.
    """

    loaded: Loaded


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
    try:
        snapshot = snapshot_from_json(loaded.snapshot)
    except InvalidSnapshot as error:
        raise corrupted(key, error) from None
    if (snapshot.session, snapshot.turns) != (key.session, revision):
        found = f"session {snapshot.session!r} at revision {snapshot.turns}"
        raise corrupted(key, f"the state stored at its revision {revision} is that of {found}")
    return snapshot
