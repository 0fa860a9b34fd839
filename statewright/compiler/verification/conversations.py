"""Conversations that show something: what is said, under which conditions, and how it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from statewright.errors import InvalidEvent, InvalidScript
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, Turn, play, session_of
from statewright.statechart.playing.script import Line


@dataclass(frozen=True, slots=True)
class Conversation:
    """A script, and under which conditions it is played.

    Attributes:
        lines: what happens.
        data: values of the inputs of the chart.
        contact: values of the contact that the flow reads.
        tenant: values of the tenant that the flow reads.
        seed: of its chance.
        now: when it begins, microseconds since 1970 UTC.
    """

    lines: tuple[Line, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    contact: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)
    seed: str = SCRIPT_SEED
    now: int = SCRIPT_NOW


def replayed(chart: Statechart, conversation: Conversation) -> Iterator[Turn]:
    """The turns of a conversation on the real executor, as ``chat --script`` has them.

    They end early where a line does not fit.
    """
    turns = play(
        chart,
        conversation.lines,
        session=session_of(conversation.seed),
        seed=conversation.seed,
        now=conversation.now,
        data=conversation.data,
        contact=conversation.contact,
        tenant=conversation.tenant,
    )
    try:
        yield from turns
    except (InvalidScript, InvalidEvent):
        return
