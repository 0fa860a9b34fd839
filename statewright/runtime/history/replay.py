"""Replay: a session made again from its start and its events, and compared with what was stored.

State hashes, effects, incidents and answers of every turn are compared, and how the session stands
now: its revision, its version, its state, its status and its deadline. A later version of this
library that answers otherwise shows as a difference, not as corruption: stored answers stay true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from statewright.errors import StatewrightError
from statewright.runtime.turns.stepping import Stepped, begun, due_at, stepped
from statewright.statechart import Incident, Statechart, event_from_json
from statewright.storage.records import PastTurn, Session


@dataclass(frozen=True, slots=True)
class Difference:
    """What replaying a turn gives otherwise.

    Attributes:
        revision: of the session after the turn.
        what: ``state``, ``effects``, ``incidents``, ``answer``; ``failure`` where the turn cannot
            be taken at all; ``row`` where the session does not stand where this turn has left it;
            ``version``, ``status`` or ``deadline`` where just that is otherwise in its row.
        stored: what the history has: a hash or JSON.
        replayed: what comes of it now; of a failure, what went wrong.
    """

    revision: int
    what: str
    stored: str
    replayed: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An incident that the history has.

    Attributes:
        revision: of the session after the turn in which it happened.
        incident: what went wrong, and where.
    """

    revision: int
    incident: Incident


@dataclass(frozen=True, slots=True)
class Replay:
    """A session that was replayed.

    Attributes:
        turns: how many turns were taken again.
        differences: what they gave otherwise, in order.
        incidents: what went wrong in the turns that were taken again, in order.
    """

    turns: int
    differences: tuple[Difference, ...]
    incidents: tuple[Happening, ...] = ()


class Replayer:
    """Takes the turns of a session again.

    Args:
        row: where the session stands.
        hashes: of the state that it stands in, and the one that is stored with that.
    """

    def __init__(self, row: Session, hashes: tuple[str, str]) -> None:
        self._row = row
        self._states = dict.fromkeys(hashes)
        self._last = 0
        self._made: Stepped | None = None
        self._turns = 0
        self._differences: list[Difference] = []
        self._incidents: list[Happening] = []
        self._failed = False

    @property
    def made(self) -> Stepped | None:
        """The last turn as it was taken again; None where none was, or it could not be taken."""
        return None if self._failed else self._made

    @property
    def result(self) -> Replay:
        """What was found so far."""
        return Replay(self._turns, tuple(self._differences), tuple(self._incidents))

    def take(self, turn: PastTurn, chart: Statechart) -> None:
        """Take the next turn; where one could not be taken, those behind it are only looked at.

        Args:
            turn: as the history has it.
            chart: that of the version which the session ran then.
        """
        if not self._failed:
            self._turns += 1
            self._differences += self._retaken(turn, chart)
        self._last = turn.revision
        if turn.revision == self._row.revision:
            self._differences += self._otherwise_in_row(turn)

    def end(self) -> None:
        """There are no more turns: note where the history ends before the session does."""
        revision = self._row.revision
        if self._last < revision:
            stands, ends = f"revision {revision}", f"revision {self._last}"
            self._differences.append(Difference(revision, "row", stands, ends))

    def _otherwise_in_row(self, turn: PastTurn) -> Iterator[Difference]:
        """How the session stands otherwise than its last turn has left it."""
        row = self._row
        for state in self._states:
            if state != turn.state_hash:
                yield Difference(turn.revision, "row", state, turn.state_hash)
        pairs: list[tuple[str, object, object]] = [("version", row.version, turn.version)]
        if self.made is not None:
            snapshot = self.made.step.snapshot
            pairs += [
                ("status", row.status, snapshot.status),
                ("deadline", row.due_at, due_at(snapshot)),
            ]
        for what, stands, left in pairs:
            if stands != left:
                yield Difference(turn.revision, what, str(stands), str(left))

    def _retaken(self, turn: PastTurn, chart: Statechart) -> Iterator[Difference]:
        try:
            made = self._stepped(turn, chart)
        except StatewrightError as error:
            self._failed = True
            yield Difference(turn.revision, "failure", turn.event, str(error))
            return
        self._made = made
        self._incidents += (Happening(turn.revision, one) for one in made.step.incidents)
        yield from _differences(turn, made)

    def _stepped(self, turn: PastTurn, chart: Statechart) -> Stepped:
        event = event_from_json(turn.event)
        if self._made is None:
            return begun(chart, self._row.key.session, event)
        return stepped(chart, self._made.step.snapshot, event)


def _differences(turn: PastTurn, made: Stepped) -> Iterator[Difference]:
    for what, stored, replayed in _COMPARED:
        was, now = getattr(turn, stored), getattr(made, replayed)
        if was != now:
            yield Difference(turn.revision, what, was, now)


_COMPARED: Final = (
    ("state", "state_hash", "state_hash"),
    ("effects", "effects", "effects"),
    ("incidents", "incidents", "incidents"),
    ("answer", "answer", "answer_text"),
)
"""What is compared: its name, and the attributes of the past turn and of the step that have it."""
