"""What a session answers: the outside of a turn, with one text that is kept for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from msgspec import Raw

from statewright.errors import CorruptedSession
from statewright.statechart import (
    Effect,
    EffectKind,
    Event,
    Macrostep,
    Snapshot,
    Statechart,
    Status,
)
from statewright.statechart.making import maker
from statewright.statechart.playing.play import awaited_of, messages_of, variables_of
from statewright.statechart.structure.tree import tree_of
from statewright.statechart.values.canonical import text_around, text_from_json


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message, in plain JSON values.

    Attributes:
        revision: of the session after the turn.
        messages: what the bot says, in order: ``{"type", "text", …}``.
        speakers: for each message, the id of the state that says it.
        effects: what else is asked of the world, in order: ``{"kind", "id", "state"}``, of an
            invocation its ``name`` and ``type``, of a cancellation its ``invocation``, of a send
            its ``event`` and ``target``; never what they carry.
        awaiting: what the session waits for now: ``{"kind", "node", "state", "choices",
            "effects", "due"}``, with several questions also ``"others"``, or None.
        variable: what the author calls the variable that the answer goes to, or ``""``.
        data: the variables of the session.
        configuration: ids of the active states, in document order.
        status: whether the session goes on.
        outcome: of a session that is over, or ``""``.
    """

    revision: int
    messages: tuple[Mapping[str, Any], ...]
    speakers: tuple[str, ...]
    effects: tuple[Mapping[str, Any], ...]
    awaiting: Mapping[str, Any] | None
    variable: str
    data: Mapping[str, Any]
    configuration: tuple[str, ...]
    status: Status
    outcome: str

    @property
    def text(self) -> str:
        """The answer as canonical JSON: one answer has one text, byte for byte."""
        return self.text_with(None)

    def text_with(self, data: Raw | None) -> str:
        """The same, where its ``data`` may be written already."""
        others = {
            "revision": self.revision,
            "messages": self.messages,
            "speakers": self.speakers,
            "effects": self.effects,
            "awaiting": self.awaiting,
            "variable": self.variable,
            "configuration": self.configuration,
            "status": str(self.status),
            "outcome": self.outcome,
        }
        text = None if data is None else text_around(others, "data", data)
        return text or text_from_json({**others, "data": self.data})


def answer_from_json(text: str) -> Answer:
    """The answer whose ``text`` this is.

    Raises:
        CorruptedSession: the text is that of no answer.
    """
    try:
        parts = json.loads(text)
        return Answer(
            revision=parts["revision"],
            messages=tuple(parts["messages"]),
            speakers=tuple(parts["speakers"]),
            effects=tuple(parts["effects"]),
            awaiting=parts["awaiting"],
            variable=parts["variable"],
            data=parts["data"],
            configuration=tuple(parts["configuration"]),
            status=Status(parts["status"]),
            outcome=parts["outcome"],
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CorruptedSession(
            f"an answer in the history of the session is not what was stored: {error!r}; restore "
            "it from a backup"
        ) from None


def answer_of(chart: Statechart, step: Macrostep) -> Answer:
    """What a macrostep looks like from outside."""
    snapshot, effects = step.snapshot, step.effects
    awaiting = awaited_of(chart, snapshot)
    return _answer(
        snapshot.turns,
        messages_of(step),
        tuple([one.state for one in effects if one.kind is EffectKind.SAY]),
        tuple([summary_of(one) for one in effects if one.kind is not EffectKind.SAY]),
        awaiting,
        _variable(chart, awaiting),
        variables_of(snapshot),
        snapshot.configuration,
        snapshot.status,
        snapshot.outcome,
    )


_answer = maker(Answer)


def standing(chart: Statechart, snapshot: Snapshot) -> Answer:
    """How a session stands, without a turn: no messages, no effects."""
    return answer_of(chart, Macrostep(Event("tick"), (), snapshot, (), ()))


def joined(answers: Sequence[Answer]) -> Answer:
    """Several turns as one: all that was said and asked for, and what stands at the end."""
    return replace(
        answers[-1],
        messages=tuple(message for answer in answers for message in answer.messages),
        speakers=tuple(speaker for answer in answers for speaker in answer.speakers),
        effects=tuple(effect for answer in answers for effect in answer.effects),
    )


def _variable(chart: Statechart, awaiting: Mapping[str, Any] | None) -> str:
    node = tree_of(chart).nodes.get(awaiting["state"]) if awaiting else None
    awaits = node.state.awaits if node and node.state else None
    return awaits.variable if awaits else ""


def summary_of(effect: Effect) -> Mapping[str, Any]:
    """What is told of an effect: enough to know it by, nothing of what it carries."""
    keys = _TOLD.get(effect.kind, ())
    told = {key: effect.data[key] for key in keys if key in effect.data}
    return {"kind": str(effect.kind), "id": effect.id, "state": effect.state, **told}


_TOLD: Final[Mapping[EffectKind, tuple[str, ...]]] = MappingProxyType(
    {
        EffectKind.INVOKE: ("name", "type"),
        EffectKind.CANCEL: ("invocation",),
        EffectKind.SEND: ("event", "target"),
    }
)
