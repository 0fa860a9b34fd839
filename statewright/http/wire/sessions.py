"""Sessions for operators (``/api/v1/sessions``): camelCase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from statewright.http.wire.times import text_from_micros
from statewright.runtime import (
    Answer,
    Comparison,
    Listed,
    Moment,
    Page,
    Replay,
    SessionView,
    Shown,
    Started,
)
from statewright.statechart import Incident
from statewright.statechart.playing.play import json_from_effect
from statewright.statechart.values.canonical import json_from_value


class _Asked(BaseModel):
    """What is asked for: nothing else than what is named, in the types that are named."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True, title=None
    )


class Fork(_Asked):
    """Where another session begins."""

    revision: int = Field(description="The revision whose state it begins in.", ge=1)


class Fix(_Asked):
    """How variables are changed."""

    variables: dict[str, Any] = Field(
        description="A merge patch: variable → new value; null unsets it."
    )


class Retry(_Asked):
    """Which work is asked for again."""

    effect: str = Field(
        default="", description="The id of the work; not needed where only one is pending."
    )


class Skip(_Asked):
    """Which work is done without, and what stands for its result."""

    effect: str = Field(
        default="", description="The id of the work; not needed where only one is pending."
    )
    result: Any = Field(default=None, description="Go on as if this had been the result.")
    error: dict[str, Any] | None = Field(
        default=None, description="Go on as if it had failed with this: `code`, `message`."
    )


class Resume(_Asked):
    """How a failed session goes on."""

    variables: dict[str, Any] = Field(
        default_factory=dict, description="A merge patch of its variables."
    )


class Compare(_Asked):
    """What a flow's conversations are run on, and which of them."""

    version: int | None = Field(
        default=None, description="A version that was published; the draft where none is named."
    )
    sample: int = Field(default=20, description="How many of the sessions at most.", ge=1, le=200)
    since: int = Field(
        default=0, description="Not those that began earlier: seconds since 1970 UTC.", ge=0
    )


class SessionJSON(TypedDict):
    """A session in a list, with its standing: ``waiting``, ``working`` and so on."""

    sessionId: str
    flowId: str
    flowVersion: int
    status: str
    standing: str
    reason: str
    effects: list[str]
    revision: int
    channel: str
    conversationId: str
    contactId: str
    startedAt: str
    lastActivityAt: str


class SessionsJSON(TypedDict):
    """A page of sessions; ``next`` goes into ``after``, and is null at the end."""

    sessions: list[SessionJSON]
    next: str | None


class StandingJSON(TypedDict):
    """How a session stands."""

    session: SessionJSON
    variables: dict[str, Any]
    configuration: list[str]
    awaiting: dict[str, Any] | None
    outcome: str


class IncidentJSON(TypedDict):
    """What went wrong in a turn."""

    name: str
    state: str
    message: str


class MomentJSON(TypedDict):
    """A session as it stood at a revision."""

    sessionId: str
    flowId: str
    flowVersion: int
    revision: int
    at: str
    messageId: str
    event: dict[str, Any]
    messages: list[dict[str, Any]]
    effects: list[dict[str, Any]]
    incidents: list[IncidentJSON]
    awaiting: dict[str, Any] | None
    variables: dict[str, Any]
    configuration: list[str]
    status: str
    outcome: str
    asStored: bool


class DifferenceJSON(TypedDict):
    """What a turn gives otherwise."""

    revision: int
    what: str
    stored: str
    replayed: str


class ReplayJSON(TypedDict):
    """A session that was replayed."""

    sessionId: str
    turns: int
    differences: list[DifferenceJSON]


class ForkedJSON(TypedDict):
    """A session that began in a state of another one."""

    sessionId: str
    token: str
    origin: str
    originRevision: int
    awaiting: dict[str, Any] | None


class RepairedJSON(TypedDict):
    """A session after a repair."""

    sessionId: str
    revision: int
    messages: list[dict[str, Any]]
    awaiting: dict[str, Any] | None
    variables: dict[str, Any]
    configuration: list[str]
    status: str
    outcome: str


class ShownJSON(TypedDict):
    """What a user sees of an exchange."""

    messages: list[dict[str, Any]]
    asks: str
    choices: list[dict[str, Any]]
    status: str
    outcome: str


class DivergenceJSON(TypedDict):
    """Where a user would first see something else."""

    revision: int
    what: str
    event: dict[str, Any]
    was: ShownJSON
    wouldBe: ShownJSON
    reason: str


class ComparedJSON(TypedDict):
    """A session that was run again."""

    sessionId: str
    turns: int
    divergence: DivergenceJSON | None
    remarks: list[str]
    stopped: str


class ComparisonJSON(TypedDict):
    """Conversations of a flow that were run again."""

    flowId: str
    differ: int
    sessions: list[ComparedJSON]


def session_json(one: Listed) -> SessionJSON:
    """A session in a list."""
    session = one.session
    birth = session.birth
    return {
        "sessionId": session.key.session,
        "flowId": birth.flow,
        "flowVersion": session.version,
        "status": str(session.status),
        "standing": str(one.standing),
        "reason": one.reason,
        "effects": list(one.effects),
        "revision": session.revision,
        "channel": birth.channel,
        "conversationId": birth.conversation,
        "contactId": birth.contact,
        "startedAt": text_from_micros(session.created_at),
        "lastActivityAt": text_from_micros(session.updated_at),
    }


def sessions_json(page: Page) -> SessionsJSON:
    """A page of sessions."""
    return {"sessions": [session_json(one) for one in page.sessions], "next": page.next or None}


def standing_json(one: Listed, view: SessionView) -> StandingJSON:
    """How a session stands."""
    return {
        "session": session_json(one),
        "variables": dict(view.data),
        "configuration": list(view.configuration),
        "awaiting": _map(view.awaiting),
        "outcome": view.outcome,
    }


def moment_json(moment: Moment) -> MomentJSON:
    """A session as it stood."""
    answer = moment.answer
    return {
        "sessionId": moment.key.session,
        "flowId": moment.flow,
        "flowVersion": moment.version,
        "revision": moment.revision,
        "at": text_from_micros(moment.at),
        "messageId": moment.message,
        "event": {"name": moment.event.name, "data": json_from_value(moment.event.data)},
        "messages": _maps(answer.messages),
        "effects": [dict(json_from_effect(one)) for one in moment.effects],
        "incidents": [_incident(one) for one in moment.incidents],
        "awaiting": _map(answer.awaiting),
        "variables": dict(answer.data),
        "configuration": list(answer.configuration),
        "status": str(answer.status),
        "outcome": answer.outcome,
        "asStored": moment.as_stored,
    }


def replay_json(session: str, replay: Replay) -> ReplayJSON:
    """A session that was replayed."""
    return {
        "sessionId": session,
        "turns": replay.turns,
        "differences": [
            {
                "revision": one.revision,
                "what": one.what,
                "stored": one.stored,
                "replayed": one.replayed,
            }
            for one in replay.differences
        ],
    }


def forked_json(origin: str, revision: int, started: Started) -> ForkedJSON:
    """A session that began in a state of another one."""
    return {
        "sessionId": started.key.session,
        "token": started.token,
        "origin": origin,
        "originRevision": revision,
        "awaiting": _map(started.answer.awaiting),
    }


def repaired_json(session: str, answer: Answer) -> RepairedJSON:
    """A session after a repair."""
    return {
        "sessionId": session,
        "revision": answer.revision,
        "messages": _maps(answer.messages),
        "awaiting": _map(answer.awaiting),
        "variables": dict(answer.data),
        "configuration": list(answer.configuration),
        "status": str(answer.status),
        "outcome": answer.outcome,
    }


def comparison_json(flow: str, found: Sequence[tuple[str, Comparison]]) -> ComparisonJSON:
    """Conversations that were run again."""
    return {
        "flowId": flow,
        "differ": sum(1 for _, one in found if one.divergence),
        "sessions": [_compared(session, one) for session, one in found],
    }


def _compared(session: str, one: Comparison) -> ComparedJSON:
    found = one.divergence
    divergence: DivergenceJSON | None = None
    if found is not None:
        divergence = {
            "revision": found.revision,
            "what": found.what,
            "event": {"name": found.event, "data": json_from_value(found.data)},
            "was": _shown(found.was),
            "wouldBe": _shown(found.would_be),
            "reason": found.reason,
        }
    return {
        "sessionId": session,
        "turns": one.turns,
        "divergence": divergence,
        "remarks": list(one.remarks),
        "stopped": one.stopped,
    }


def _shown(shown: Shown) -> ShownJSON:
    return {
        "messages": _maps(shown.messages),
        "asks": shown.asks,
        "choices": _maps(shown.choices),
        "status": shown.status,
        "outcome": shown.outcome,
    }


def _incident(incident: Incident) -> IncidentJSON:
    return {"name": incident.name, "state": incident.state, "message": incident.message}


def _maps(values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(value) for value in values]


def _map(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else dict(value)
