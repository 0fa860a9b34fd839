"""What is said and what is asked: both contracts keep them apart, an answer does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from statewright.runtime import Answer, SessionView
from statewright.statechart.definition import OWN

ACKNOWLEDGEMENT: Final = "acknowledgement"
"""The kind of waiting for the user to have read something."""

_NOBODY: Final = frozenset({"effect", "timer"})
"""The kinds of waiting for the world or for time, not for the user."""

PEOPLE: Final = frozenset({"handoff", "approval"})
"""The kinds of waiting for people, not for the user."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer, with what is asked apart from what is said.

    Attributes:
        said: messages, in order.
        asked: the message that asks, or None where nothing is asked anew.
        awaiting: what is waited for from the user, or None.
        acknowledgement: whether the user need only have read it.
        node: the node where the session waits, or None.
    """

    said: Sequence[Mapping[str, Any]]
    asked: Mapping[str, Any] | None
    awaiting: Mapping[str, Any] | None
    acknowledgement: bool
    node: str | None


def exchange_of(answer: Answer) -> Exchange:
    """An answer, with what is asked apart from what is said.

    A message asks where it was said by the very question that now waits: its prompt, or what it
    says to an answer that will not do. Of several it is the last one; behind it, other questions
    may have been asked.
    """
    awaiting = answer.awaiting
    if awaiting is None or awaiting["kind"] in _NOBODY:
        return Exchange(answer.messages, None, None, acknowledgement=False, node=node_of(answer))
    if awaiting["kind"] == ACKNOWLEDGEMENT:
        return Exchange(answer.messages, None, awaiting, acknowledgement=True, node=node_of(answer))
    said, asked = list(answer.messages), None
    at = _asking(answer.speakers, awaiting)
    if at is not None:
        asked = said.pop(at)
    return Exchange(said, asked, awaiting, acknowledgement=False, node=awaiting["node"])


def _asking(speakers: Sequence[str], awaiting: Mapping[str, Any]) -> int | None:
    """The number of the message that asks; None where nothing is asked anew."""
    question = _parent(awaiting["state"])
    others = {_parent(other["state"]) for other in others_of(awaiting)}
    for at in reversed(range(len(speakers))):
        speaker = _parent(speakers[at])
        if speaker == question:
            return at
        if speaker not in others:
            return None
    return None


def others_of(awaiting: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The questions beside the one that has the floor: an answer may name the node of each."""
    others: Sequence[Mapping[str, Any]] = awaiting.get("others", ())
    return others


def node_of(stands: Answer | SessionView) -> str | None:
    """The node where a session waits, or in which it has ended."""
    awaiting = stands.awaiting
    if awaiting is not None and awaiting["kind"] not in _NOBODY:
        return str(awaiting["node"])
    if awaiting is not None:
        return name_from_state(awaiting["state"])
    states = [state for state in stands.configuration if not state.startswith(OWN)]
    return name_from_state(states[-1]) if states else None


def name_from_state(state: str) -> str:
    """The name of the node that a state belongs to.

    >>> name_from_state("ask~2name/~wait")
    'ask.name'
    """
    name = state.partition("/")[0]
    for escape, character in _ESCAPES:
        name = name.replace(escape, character)
    return name


def _parent(state: str) -> str:
    return state.rpartition("/")[0]


_ESCAPES: Final = (("~4", "*"), ("~3", "#"), ("~2", "."), ("~1", "/"), ("~0", "~"))
"""What ``statechart.state_id`` writes → what it stands for; the tilde comes last."""
