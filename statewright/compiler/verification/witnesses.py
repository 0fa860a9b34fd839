"""Conversations as findings carry them, and the script that tells them."""

from __future__ import annotations

from statewright.compiler.findings import Witness
from statewright.compiler.verification.conversations import Conversation, replayed
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, json_from_turn
from statewright.statechart.playing.script import json_from_line


def witness_of(chart: Statechart, conversation: Conversation) -> Witness:
    """A conversation, played once more, with all that was said."""
    return Witness(
        script=tuple(json_from_line(line) for line in conversation.lines),
        transcript=tuple(json_from_turn(turn) for turn in replayed(chart, conversation)),
        data=conversation.data,
        contact=conversation.contact,
        tenant=conversation.tenant,
        now="" if conversation.now == SCRIPT_NOW else _written(conversation.now),
        seed="" if conversation.seed == SCRIPT_SEED else conversation.seed,
    )


def _written(micros: int) -> str:
    """A time as ``chat --now`` reads it."""
    return (EPOCH + micros * MICROSECOND).strftime("%Y-%m-%dT%H:%M:%SZ")
