"""The contract of the Wriveted chat (``/v1/chat``): snake_case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from statewright.http.wire.clients import Filled, Seen, Spoken, Told, message_of
from statewright.http.wire.prompts import Exchange, exchange_of, name_from_state, node_of, others_of
from statewright.http.wire.times import text_from_micros
from statewright.runtime import Answer, SessionView, Started
from statewright.statechart import Event, Status

InputType: TypeAlias = Literal[
    "text",
    "button",
    "file",
    "choice",
    "number",
    "email",
    "phone",
    "url",
    "date",
    "slider",
    "image_choice",
    "carousel",
    "multiple_choice",
    "boolean",
    "continue",
    "location",
    "integer",
    "time",
    "rating",
]


class _Asked(BaseModel):
    """What is asked for: nothing else than what is named, in the types that are named."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _FromBrowser(_Asked):
    """What may come from a page of a browser."""

    csrf_token: str | None = Field(
        default=None, description="Not needed: there are no cookies here."
    )


class Start(_Asked):
    """Which flow, and what is known at the start."""

    flow_id: str = Field(description="The flow; it has to be published.", examples=["lead-capture"])
    user_id: str | None = Field(
        default=None, description="Has to be left out: nobody is logged in here."
    )
    initial_state: dict[str, Any] = Field(
        default_factory=dict, description="Values of variables that are inputs of the flow."
    )
    version: int | None = Field(
        default=None, ge=1, description="Which publication; the newest by default."
    )
    label: str | None = Field(default=None, description="The newest publication with this label.")


class Interaction(Spoken, _FromBrowser):
    """What the user says or picks."""

    input_type: InputType = Field(description="What it is.", examples=["text"])


class ClientAnswer(Told, _Asked):
    """What the client says of what it was asked to do: its result, or an error."""


class FormAnswer(Filled, _Asked):
    """The answers to all fields of a form at once."""


class End(_FromBrowser):
    """Why the session ends."""

    reason: str = Field(
        default="", max_length=255, description="Becomes the outcome of the session."
    )


class StatePatch(Seen, _FromBrowser):
    """What changes in the variables of the session."""

    updates: dict[str, Any] = Field(
        description="Variables and their new values (RFC 7396): maps are merged, null unsets.",
        examples=[{"name": "Ada"}],
    )


class MessageJSON(TypedDict):
    """Something that the bot says."""

    type: str
    content: dict[str, Any]


class OtherRequestJSON(TypedDict):
    """A question that is asked beside that which has the floor; an answer to it names its node."""

    input_type: str
    options: list[dict[str, Any]]
    node_id: str


class InputRequestJSON(TypedDict):
    """What the bot asks; ``question`` is empty where it was asked before."""

    input_type: str
    variable: str
    options: list[dict[str, Any]]
    question: dict[str, Any]
    node_id: str
    others: list[OtherRequestJSON]


class SessionUpdatedJSON(TypedDict):
    """How the session stands."""

    state: dict[str, Any]
    revision: int


class NextNodeJSON(TypedDict):
    """How the conversation begins."""

    type: str
    node_id: str | None
    messages: list[MessageJSON]
    input_request: InputRequestJSON | None
    wait_for_acknowledgment: bool


class StartedJSON(TypedDict):
    """A session that has begun; ``ignored`` names what was given and is no input of the flow."""

    session_id: str
    session_token: str
    csrf_token: str | None
    next_node: NextNodeJSON
    theme_id: str | None
    theme: dict[str, Any] | None
    flow_name: str | None
    session_ended: bool
    current_node_id: str | None
    session_updated: SessionUpdatedJSON
    ignored: list[str]


class InteractionJSON(TypedDict):
    """What the bot answers."""

    messages: list[MessageJSON]
    input_request: InputRequestJSON | None
    session_ended: bool
    current_node_id: str | None
    session_updated: SessionUpdatedJSON
    wait_for_acknowledgment: bool


class SessionJSON(TypedDict):
    """A session as it stands."""

    session_id: str
    user_id: str | None
    flow_id: str
    flow_version: int
    session_token: str
    current_node_id: str | None
    state: dict[str, Any]
    info: dict[str, Any]
    started_at: str
    last_activity_at: str
    ended_at: str | None
    status: str
    revision: int
    state_hash: str


class EndedJSON(TypedDict):
    """A session that was ended."""

    message: str


class PatchedJSON(TypedDict):
    """A session whose state was changed."""

    message: str
    state: dict[str, Any]
    revision: int


class HistoryEntryJSON(TypedDict):
    """What one side said or did."""

    id: str
    session_id: str
    node_id: str
    interaction_type: str
    content: dict[str, Any]
    created_at: str


class PaginationJSON(TypedDict):
    """Which part of a list this is, and how long the whole of it is."""

    skip: int
    limit: int
    total: int
    page: int


class HistoryJSON(TypedDict):
    """What was said and done in a session, oldest first."""

    data: list[HistoryEntryJSON]
    pagination: PaginationJSON


def message_from(said: Interaction) -> str | Mapping[str, Any] | Event:
    """What comes to the session: text as it was typed, anything else as a value."""
    if said.input_type == "continue":
        return Event("acknowledge")
    return message_of(said.input, said.node_id)


def started_json(started: Started, *, flow_name: str | None, ignored: Sequence[str]) -> StartedJSON:
    """A session that has begun."""
    answer = started.answer
    interaction = interaction_json(answer)
    first = answer.speakers[0] if answer.speakers else None
    return {
        "session_id": started.key.session,
        "session_token": started.token,
        "csrf_token": None,
        "next_node": {
            "type": "messages" if interaction["messages"] else "question",
            "node_id": interaction["current_node_id"] if first is None else name_from_state(first),
            "messages": interaction["messages"],
            "input_request": interaction["input_request"],
            "wait_for_acknowledgment": interaction["wait_for_acknowledgment"],
        },
        "theme_id": None,
        "theme": None,
        "flow_name": flow_name,
        "session_ended": interaction["session_ended"],
        "current_node_id": interaction["current_node_id"],
        "session_updated": interaction["session_updated"],
        "ignored": list(ignored),
    }


def interaction_json(answer: Answer) -> InteractionJSON:
    """What the bot answers."""
    exchange = exchange_of(answer)
    return {
        "messages": [message_json(message) for message in exchange.said],
        "input_request": _input_request_json(exchange, answer.variable),
        "session_ended": answer.status is not Status.ACTIVE,
        "current_node_id": exchange.node,
        "session_updated": {"state": dict(answer.data), "revision": answer.revision},
        "wait_for_acknowledgment": exchange.acknowledgement,
    }


def session_json(view: SessionView, token: str) -> SessionJSON:
    """A session as it stands."""
    over = view.status is not Status.ACTIVE
    return {
        "session_id": view.key.session,
        "user_id": view.contact or None,
        "flow_id": view.flow,
        "flow_version": view.version,
        "session_token": token,
        "current_node_id": node_of(view),
        "state": dict(view.data),
        "info": {"outcome": view.outcome, "channel": view.channel},
        "started_at": text_from_micros(view.created_at),
        "last_activity_at": text_from_micros(view.updated_at),
        "ended_at": text_from_micros(view.updated_at) if over else None,
        "status": str(view.status),
        "revision": view.revision,
        "state_hash": view.state_hash,
    }


def ended_json() -> EndedJSON:
    """A session that was ended."""
    return {"message": "Session ended successfully"}


def patched_json(answer: Answer) -> PatchedJSON:
    """A session whose state was changed."""
    return {
        "message": "Session state updated",
        "state": dict(answer.data),
        "revision": answer.revision,
    }


def message_json(message: Mapping[str, Any]) -> MessageJSON:
    """Something that the bot says."""
    content = {name: value for name, value in message.items() if name != "type"}
    return {"type": str(message.get("type", "text")), "content": content}


def history_json(
    entries: Iterable[HistoryEntryJSON], *, skip: int, limit: int, total: int
) -> HistoryJSON:
    """Part of what was said and done."""
    pagination: PaginationJSON = {
        "skip": skip,
        "limit": limit,
        "total": total,
        "page": skip // limit + 1,
    }
    return {"data": list(entries), "pagination": pagination}


def _input_request_json(exchange: Exchange, variable: str) -> InputRequestJSON | None:
    awaiting = exchange.awaiting
    if awaiting is None or exchange.acknowledgement:
        return None
    asked = exchange.asked or {}
    return {
        "input_type": awaiting["kind"],
        "variable": variable,
        "options": list(awaiting["choices"]),
        "question": {name: value for name, value in asked.items() if name not in _NOT_ASKED},
        "node_id": awaiting["node"],
        "others": [
            {
                "input_type": other["kind"],
                "options": list(other["choices"]),
                "node_id": other["node"],
            }
            for other in others_of(awaiting)
        ],
    }


_NOT_ASKED: Final = frozenset({"type", "choices"})
"""What is not told of the message that asks: the choices stand beside it."""
