"""The journal (``/api/v1/turns``): camelCase."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from statewright.http.wire.times import text_from_micros
from statewright.runtime.turns.journal import Told


class ToldJSON(TypedDict):
    """A turn of one of the sessions: what was handled, and what became of it."""

    cursor: str
    sessionId: str
    revision: int
    flowId: str
    flowVersion: int
    channel: str
    conversationId: str
    contactId: str
    messageId: str
    event: str
    at: str
    messages: list[Mapping[str, Any]]
    variables: Mapping[str, Any]
    configuration: list[str]
    status: str
    outcome: str


class JournalJSON(TypedDict):
    """The next turns; ``next`` goes into ``after``, also where there were none."""

    turns: list[ToldJSON]
    next: str


def journal_json(turns: Sequence[Told], after: str) -> JournalJSON:
    """Some turns, and where they end."""
    return {
        "turns": [_told_json(told) for told in turns],
        "next": turns[-1].cursor if turns else after,
    }


def _told_json(told: Told) -> ToldJSON:
    answer = told.answer
    return {
        "cursor": told.cursor,
        "sessionId": told.key.session,
        "revision": answer.revision,
        "flowId": told.flow,
        "flowVersion": told.version,
        "channel": told.channel,
        "conversationId": told.conversation,
        "contactId": told.contact,
        "messageId": told.message,
        "event": str(json.loads(told.event).get("name", "")),
        "at": text_from_micros(told.at),
        "messages": list(answer.messages),
        "variables": answer.data,
        "configuration": list(answer.configuration),
        "status": str(answer.status),
        "outcome": answer.outcome,
    }
