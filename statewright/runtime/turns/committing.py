"""Committing turns, and what follows from it: what is remembered, logged, told and answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.recollection import Recollection
from statewright.runtime.turns.releases import Running
from statewright.runtime.turns.stepping import Stepped
from statewright.statechart import Status
from statewright.storage.records import Committed, Duplicate, Outcome, Session, Turn
from statewright.storage.store import Store

_log = logging.getLogger(__name__)

OnCommit = Callable[[Turn, Stepped], None]
"""Told of each turn that this process has committed. It returns at once, and never fails."""


class Commits:
    """Commits turns.

    Args:
        store: where sessions are.
        recollection: is told what became of them.
        on_commit: is told of every turn that was committed.
    """

    def __init__(self, store: Store, recollection: Recollection, on_commit: OnCommit) -> None:
        self._store = store
        self._recollection = recollection
        self._on_commit = on_commit

    async def one(
        self, running: Running, before: Session | None, turn: Turn, made: Stepped
    ) -> Outcome:
        """Commit a turn.

        Args:
            running: what the session runs.
            before: the session before the turn; None where the turn begins it.
            turn: what is committed.
            made: how it was stepped.
        """
        (outcome,) = await self._store.commit([turn])
        is_committed = isinstance(outcome, Committed)
        if is_committed:
            self._recollection.note(running, before, turn, made.step.snapshot)
        if turn.recalled and not isinstance(outcome, Duplicate):
            self._recollection.learn(turn.key, right=is_committed)
        if isinstance(outcome, Committed):
            self._tell(turn, made, outcome)
        return outcome

    async def all(self, turns: Sequence[tuple[Turn, Stepped]]) -> tuple[Outcome, ...]:
        """Commit turns in one batch: of one session, or of several."""
        if not turns:
            return ()
        outcomes = await self._store.commit([turn for turn, _ in turns])
        for (turn, made), outcome in zip(turns, outcomes, strict=True):
            self._recollection.forget(turn.key)
            if isinstance(outcome, Committed):
                self._tell(turn, made, outcome)
        return outcomes

    def _tell(self, turn: Turn, made: Stepped, outcome: Committed) -> None:
        session, revision = turn.key.session, turn.revision
        for incident in made.step.incidents:
            _log.info("session %s, revision %d: %s", session, revision, incident.name)
        if made.step.snapshot.status is Status.FAILED:
            # What users have said may stand in messages of incidents, so that stays in the history.
            names = ", ".join(dict.fromkeys(one.name for one in made.step.incidents)) or "an end"
            _log.warning("session %s failed at revision %d: %s", session, revision, names)
        for patch in outcome.unfit:
            what = f"{patch.scope} at {'.'.join(patch.path)}"
            _log.warning("session %s, revision %d: no patch of %s", session, revision, what)
        self._on_commit(turn, made)


def answer_after(outcome: Outcome, made: Stepped) -> Answer | None:
    """The answer that a message has got, by this turn or another; None where it has none yet.

    Raises:
        CorruptedSession: the answer of another turn is none.
    """
    match outcome:
        case Committed():
            return made.answer
        case Duplicate(_, text):
            return answer_from_json(text)
        case _:
            return None
