"""The history of a session as the Wriveted chat shows it: what each side said, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidEvent
from statewright.expressions.printing.texts import plain_from_value
from statewright.http.wire.chat import HistoryEntryJSON, message_json
from statewright.http.wire.prompts import name_from_state
from statewright.http.wire.times import text_from_micros
from statewright.runtime import Answer
from statewright.runtime.turns.answer import answer_from_json
from statewright.statechart import Event, event_from_json
from statewright.storage.corruption import corrupted
from statewright.storage.records import PastTurn, SessionKey

_START: Final = "start"
_MESSAGE: Final = "message"
_PATCH: Final = "session.patch"


def entries_from(
    key: SessionKey, turn: PastTurn, before: Answer | None
) -> tuple[list[HistoryEntryJSON], Answer]:
    """The entries of a turn (what came in, then what each node said to it), and its answer.

    Args:
        key: whose turn.
        turn: the turn.
        before: the answer of the turn before it, or None for the first.

    Raises:
        CorruptedSession: the turn is not as it was stored.
    """
    try:
        event, answer = event_from_json(turn.event), answer_from_json(turn.answer)
        parts = [*_input(event, before), *_output(answer)]
    except (InvalidEvent, ValueError, TypeError, LookupError, AttributeError) as error:
        raise corrupted(key, f"its turn {turn.revision} cannot be read: {error}") from error
    entries: list[HistoryEntryJSON] = [
        {
            "id": f"{key.session}:{turn.revision}:{number}",
            "session_id": key.session,
            "node_id": node,
            "interaction_type": kind,
            "content": content,
            "created_at": text_from_micros(turn.at),
        }
        for number, (kind, node, content) in enumerate(parts)
    ]
    return entries, answer


def _input(event: Event, before: Answer | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    node = str(before.awaiting["node"]) if before and before.awaiting else ""
    data = event.data if isinstance(event.data, Mapping) else {}
    if event.name == _MESSAGE:
        said = data.get("value", data.get("text"))
        yield "input", node, {"input": _plain(said), "variable": before.variable if before else ""}
    elif event.name == _PATCH:
        yield "action", "", {"event": event.name, "updates": _plain(data)}
    elif event.name != _START:
        # What a request to the world gave may hold more than the user is to see.
        yield "action", "", {"event": event.name}


def _output(answer: Answer) -> Iterator[tuple[str, str, dict[str, Any]]]:
    said = zip(answer.speakers, answer.messages, strict=True)
    for node, group in groupby(said, key=lambda pair: name_from_state(pair[0])):
        yield "message", node, {"messages": [message_json(message) for _, message in group]}


def _plain(value: Any) -> Any:
    try:
        return plain_from_value(value)
    except EvaluationError:
        return None
