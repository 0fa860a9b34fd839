"""Executions in the contract of the Chatwoot flow builder (``/api/v1``): camelCase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import TypedDict

from statewright.http.wire.clients import message_of
from statewright.http.wire.flow_builder import Execute, Happened, Input
from statewright.http.wire.prompts import PEOPLE, name_from_state, node_of, others_of
from statewright.http.wire.times import text_from_micros
from statewright.runtime import Answer, SessionView
from statewright.statechart import Event, Status
from statewright.statechart.triggers import MESSAGE


class OtherJSON(TypedDict):
    """A question that is asked beside that which has the floor; an answer to it names its node."""

    nodeId: str
    expectedInputType: str
    choices: list[dict[str, Any]]


class WaitingJSON(TypedDict):
    """What is awaited: ``user_input``, ``api_response``, ``delay``, ``handoff`` or ``approval``."""

    type: str
    expectedInputType: str | None
    saveResponseTo: str
    choices: list[dict[str, Any]]
    resumeAt: str | None
    others: list[OtherJSON]


class ActionJSON(TypedDict):
    """What is to be done for the contact: ``send_message``."""

    type: str
    nodeId: str
    content: str
    contentType: str
    message: dict[str, Any]


class OutcomeJSON(TypedDict):
    """What a turn has come to."""

    state: str
    currentNodeId: str | None
    actions: list[ActionJSON]
    variables: dict[str, Any]
    waitingFor: WaitingJSON | None
    outcome: str
    revision: int


class ResultJSON(OutcomeJSON):
    """What became of an input."""

    executionId: str


class BegunJSON(ResultJSON):
    """An execution that has begun; ``ignored`` names what was given and is no input of the flow."""

    flowId: str
    flowVersion: int
    ignored: list[str]


class HeardJSON(OutcomeJSON):
    """What became of an event in a session; ``state`` is ``pending`` where nothing has yet."""

    sessionId: str


class HappenedJSON(TypedDict):
    """What came of an event: the sessions that it began, or that it was for; often none."""

    messageId: str
    conversationId: str
    sessions: list[HeardJSON]


class ExecutionJSON(TypedDict):
    """An execution as it stands."""

    executionId: str
    flowId: str
    flowVersion: int
    state: str
    currentNodeId: str | None
    variables: dict[str, Any]
    waitingFor: WaitingJSON | None
    outcome: str
    revision: int
    startedAt: str
    lastActivityAt: str


USER_INPUT: Final = "user_input"

_WAITS: Final[Mapping[str, tuple[str, str]]] = {
    "effect": ("api_response", "running"),
    "timer": ("delay", "paused"),
    **{kind: (kind, "paused") for kind in PEOPLE},
}
"""Kind of waiting that is not for the user → what it is called, and the state of the execution."""


def given_from(asked: Execute) -> Mapping[str, Any]:
    """What is known at the start."""
    return {**(asked.mock_data if asked.test_mode else {}), **asked.variables}


def event_from(said: Happened) -> str | Mapping[str, Any] | Event:
    """What happened, as the runtime takes it."""
    if said.event != MESSAGE:
        return Event(said.event, said.data)
    return "" if said.input is None else message_of(said.input, said.node_id)


def message_from(said: Input) -> str | Mapping[str, Any]:
    """What comes to the session: text as it was typed, anything else as a value."""
    return message_of(said.input, said.node_id)


def session_json(session: str, answer: Answer | None) -> HeardJSON:
    """What became of an event in a session; None where that is not known yet."""
    if answer is not None:
        return {"sessionId": session, **_outcome_json(answer)}
    return {
        "sessionId": session,
        "state": "pending",
        "currentNodeId": None,
        "actions": [],
        "variables": {},
        "waitingFor": None,
        "outcome": "",
        "revision": 0,
    }


def result_json(execution: str, answer: Answer) -> ResultJSON:
    """What became of an input."""
    return {"executionId": execution, **_outcome_json(answer)}


def _outcome_json(answer: Answer) -> OutcomeJSON:
    return {
        "state": _state(answer),
        "currentNodeId": node_of(answer),
        "actions": [
            _action(message, name_from_state(speaker))
            for message, speaker in zip(answer.messages, answer.speakers, strict=True)
        ],
        "variables": dict(answer.data),
        "waitingFor": _waiting(answer),
        "outcome": answer.outcome,
        "revision": answer.revision,
    }


def begun_json(
    execution: str, flow: str, version: int, answer: Answer, ignored: tuple[str, ...]
) -> BegunJSON:
    """An execution that has begun."""
    return {
        "flowId": flow,
        "flowVersion": version,
        "ignored": list(ignored),
        **result_json(execution, answer),
    }


def execution_json(execution: str, view: SessionView) -> ExecutionJSON:
    """An execution as it stands."""
    return {
        "executionId": execution,
        "flowId": view.flow,
        "flowVersion": view.version,
        "state": _state(view),
        "currentNodeId": node_of(view),
        "variables": dict(view.data),
        "waitingFor": _waiting(view),
        "outcome": view.outcome,
        "revision": view.revision,
        "startedAt": text_from_micros(view.created_at),
        "lastActivityAt": text_from_micros(view.updated_at),
    }


def _action(message: Mapping[str, Any], node: str) -> ActionJSON:
    return {
        "type": "send_message",
        "nodeId": node,
        "content": str(message.get("text", "")),
        "contentType": str(message.get("type", "text")),
        "message": dict(message),
    }


def _state(stands: Answer | SessionView) -> str:
    if stands.status is not Status.ACTIVE or stands.awaiting is None:
        return "running" if stands.status is Status.ACTIVE else str(stands.status)
    return _WAITS.get(stands.awaiting["kind"], (USER_INPUT, "waiting_input"))[1]


def _waiting(stands: Answer | SessionView) -> WaitingJSON | None:
    awaiting = stands.awaiting
    if awaiting is None:
        return None
    kind = _WAITS.get(awaiting["kind"], (USER_INPUT, ""))[0]
    return {
        "type": kind,
        "expectedInputType": awaiting["kind"] if kind == USER_INPUT else None,
        "saveResponseTo": stands.variable,
        "choices": list(awaiting["choices"]),
        "resumeAt": awaiting["due"],
        "others": [
            {
                "nodeId": other["node"],
                "expectedInputType": other["kind"],
                "choices": list(other["choices"]),
            }
            for other in others_of(awaiting)
        ],
    }
