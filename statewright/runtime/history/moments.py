"""A session as it stood at a revision: what had come, what came of it, what was waited for."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.runtime.turns.answer import Answer
from statewright.runtime.turns.stepping import Stepped
from statewright.statechart import Effect, EffectKind, Event, Incident, Snapshot
from statewright.storage.records import PastTurn, SessionKey


@dataclass(frozen=True, slots=True)
class Moment:
    """A session behind one of its turns, made again from its history.

    Attributes:
        key: which session.
        flow: what it runs.
        version: the publication of the flow that it ran then.
        revision: that it had.
        at: when the turn was taken, microseconds since 1970 UTC.
        message: the id of the message that was handled.
        event: what was handled.
        answer: what was answered, with data, configuration and what was waited for.
        effects: what else was asked of the world, in order, with all that it carries; secrets are
            not in it.
        incidents: what went wrong in the turn.
        snapshot: the state.
        as_stored: whether state, effects, incidents and answer are those that were stored.
    """

    key: SessionKey
    flow: str
    version: int
    revision: int
    at: int
    message: str
    event: Event
    answer: Answer
    effects: tuple[Effect, ...]
    incidents: tuple[Incident, ...]
    snapshot: Snapshot
    as_stored: bool


def moment_from(
    key: SessionKey, flow: str, turn: PastTurn, made: Stepped, *, as_stored: bool
) -> Moment:
    """The moment behind a turn that was taken again."""
    step = made.step
    return Moment(
        key=key,
        flow=flow,
        version=turn.version,
        revision=turn.revision,
        at=turn.at,
        message=turn.message,
        event=step.event,
        answer=made.answer,
        effects=tuple(one for one in step.effects if one.kind is not EffectKind.SAY),
        incidents=step.incidents,
        snapshot=step.snapshot,
        as_stored=as_stored,
    )
