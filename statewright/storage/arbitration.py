"""Which turns of a batch may be committed: pure, the same in every store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from statewright.statechart.making import maker
from statewright.storage.records import Committed, Conflict, Duplicate, Outcome, SessionKey, Turn

Handled = Mapping[tuple[SessionKey, str], Duplicate]
"""Session and message id → the answer it got."""

Quiet = Mapping[SessionKey, str]
"""Session in whose inbox nothing waits → the hash of its state."""


def outcomes_of(
    turns: Sequence[Turn], revisions: Mapping[SessionKey, int], handled: Handled, quiet: Quiet
) -> list[Outcome]:
    """What becomes of each turn, when they are settled one after another.

    A message that was handled is a duplicate, whatever revision it was stepped from; a turn from
    the session's revision is committed and moves it; any other is in conflict. So is every later
    turn of a session of which one was not committed: it may have been stepped from that one, from a
    state that never was, and that its revision is the session's may be another worker's doing.

    A turn from a state that was recalled also needs the session to be quiet and in that state; in a
    batch, it is the first of its session, or was stepped from another such turn.

    Args:
        turns: in order.
        revisions: of the sessions that exist.
        handled: the answers to those messages of the batch that were handled before.
        quiet: what is known of the sessions of turns from recalled states.
    """
    now = dict(revisions)
    states = dict(quiet)
    answers = dict(handled)
    outcomes: list[Outcome] = []
    broken: set[SessionKey] = set()
    for turn in turns:
        key, message = turn.key, (turn.key, turn.message)
        revision = now.get(key, 0)
        answer = answers.get(message)
        if answer is not None:
            outcomes.append(answer)
            broken.add(key)
        elif turn.expected != revision or key in broken or _is_mistaken(turn, states):
            outcomes.append(Conflict(revision))
            broken.add(key)
        else:
            now[key] = turn.revision
            states[key] = turn.state_hash if turn.recalled else ""
            answers[message] = _duplicate(turn.revision, turn.answer)
            outcomes.append(_committed(turn.revision, ()))
    return outcomes


_committed = maker(Committed)
_duplicate = maker(Duplicate)


def _is_mistaken(turn: Turn, states: Quiet) -> bool:
    """Whether a turn was stepped from a state that was recalled, and is not the session's."""
    return bool(turn.recalled) and states.get(turn.key) != turn.recalled


def committed(turns: Iterable[Turn], outcomes: Iterable[Outcome]) -> list[Turn]:
    """The turns whose outcome says that they are to be written."""
    return [
        turn
        for turn, outcome in zip(turns, outcomes, strict=True)
        if isinstance(outcome, Committed)
    ]
