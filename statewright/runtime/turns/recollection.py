"""What a process remembers of the sessions that it has had turns of, so that they need no loading.

What is remembered is a hint. A turn that was stepped from it is committed only where the session is
still in that state and nothing waits in its inbox (``Turn.recalled``), and whoever was mistaken
loads the session and steps again, as after any lost race. Remembered are sessions that read nothing
but their own state: values of contacts and tenants change without a turn of theirs.

Where several processes share the sessions, what one remembers is soon wrong, and to find that out
costs more than to load. So each time that it can be seen, it is noted whether it was right, and
nothing is recalled while it was wrong too often.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from statewright.runtime.turns.releases import Running
from statewright.statechart import Snapshot, Status
from statewright.statechart.making import maker
from statewright.storage.growing import born, grown
from statewright.storage.records import Loaded, Session, SessionKey, Turn

ROOM: Final = 32_000_000
"""How many characters of state are remembered, as they are stored."""

WRONG: Final = 4
"""How many times it has to be right to make up for being wrong once."""

TRUST: Final = 64
"""How much being right counts at most."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A session as it was after the last turn that this process has had of it.

    Attributes:
        row: everything but its state.
        snapshot: its state, as it was stepped: it was never out of our hands, and so needs neither
            be read nor verified.
        state_hash: of that, as it was stored.
        size: how many characters of it were stored.
    """

    row: Session
    snapshot: Snapshot
    state_hash: str
    size: int


_remembered = maker(Remembered)


class Recollection:
    """The last states of sessions; those go first that had no turn for longest.

    Args:
        room: how many characters of state are kept.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._size = 0
        self._known: OrderedDict[SessionKey, Remembered] = OrderedDict()
        self._trust = TRUST

    def recall(self, key: SessionKey) -> Remembered | None:
        """What a session was after the last turn that this process has had of it; None if unknown.

        It is without the answer to any message, and without what waits.
        """
        return self._known.get(key) if self._trust > 0 else None

    def note(
        self, running: Running, before: Session | None, turn: Turn, snapshot: Snapshot
    ) -> None:
        """Remember a session after a turn that was committed.

        Args:
            running: what it runs.
            before: the session before the turn; None where the turn has begun it.
            turn: what was committed.
            snapshot: the state that it has left.
        """
        key, size = turn.key, len(turn.snapshot)
        self.forget(key)
        if turn.status is not Status.ACTIVE or size > self._room or not running.is_alone:
            return
        row = born(turn, turn.birth) if turn.birth else before and grown(turn, before)
        if row is not None:
            self._known[key] = _remembered(row, snapshot, turn.state_hash, size)
            self._size += size
        while self._size > self._room:
            _, last = self._known.popitem(last=False)
            self._size -= last.size

    def forget(self, key: SessionKey) -> None:
        """Remember a session no more."""
        found = self._known.pop(key, None)
        if found is not None:
            self._size -= found.size

    def learn(self, key: SessionKey, *, right: bool) -> None:
        """Note whether what was remembered of a session was so."""
        if right:
            self._trust = min(TRUST, self._trust + 1)
        else:
            self._trust = max(-TRUST, self._trust - WRONG)
            self.forget(key)

    def compare(self, key: SessionKey, loaded: Loaded) -> None:
        """Note whether what is remembered of a session, if anything, is what was loaded."""
        found = self._known.get(key)
        if found is not None:
            is_quiet = not loaded.inbox
            self.learn(key, right=found.state_hash == loaded.state_hash and is_quiet)
