"""Turns → the rows that they leave behind, in memory."""

from __future__ import annotations

from statewright.statechart.making import maker
from statewright.storage.records import Birth, PastTurn, Session, Turn

_session = maker(Session)


def born(turn: Turn, birth: Birth) -> Session:
    """The row of a session after its first turn."""
    return Session(turn.key, birth, turn.version, 1, turn.status, turn.due_at, turn.at, turn.at)


def grown(turn: Turn, session: Session) -> Session:
    """The row of a session after a later turn."""
    return _session(
        session.key,
        session.birth,
        turn.version,
        turn.revision,
        turn.status,
        turn.due_at,
        session.created_at,
        turn.at,
    )


def past_turn(turn: Turn) -> PastTurn:
    """The row of the history that a turn adds."""
    return PastTurn(**{name: getattr(turn, name) for name in PastTurn.__slots__})
