"""Every path that is served, with its methods: the whole surface on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from statewright.http import chat, events, executions, flows, health, journal, operators
from statewright.http.endpoint import Endpoint
from statewright.http.wire import chat as chat_wire
from statewright.http.wire import executions as executions_wire
from statewright.http.wire import flow_builder as wire
from statewright.http.wire import journal as journal_wire
from statewright.http.wire import sessions as sessions_wire
from statewright.http.wire.problem import KindJSON
from statewright.runtime import Standing

Parameter = Mapping[str, Any]


def _header(name: str, description: str) -> Parameter:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _number(name: str, description: str, default: int, least: int, most: int) -> Parameter:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "description": description, "schema": schema}


KEY: Final = _header(
    "Idempotency-Key",
    "Names what is sent. Sent again with the same key, it is not done again: the first answer comes"
    " back.",
)
IF_MATCH: Final = _header("If-Match", "The `ETag` of the draft that was seen; refused if changed.")
IF_NONE_MATCH: Final = _header("If-None-Match", "`*`: refused if there is such a draft already.")
LIMIT: Final = _number("limit", "How many at most.", 100, 1, 100)
SKIP: Final = _number("skip", "How many to leave out at the beginning.", 0, 0, 100_000)
AFTER: Final[Parameter] = {
    "name": "after",
    "in": "query",
    "description": "The `next` of the page before.",
    "schema": {"type": "string"},
}
OPERATOR: Final = _header("Authorization", "`Bearer` and the key for operators.")
REPAIR_PROBLEMS: Final = (
    "INVALID_VALUE",
    "NOT_ALLOWED",
    "SESSION_ENDED",
    "UNKNOWN_SESSION",
    "UNSUITABLE_REPAIR",
)
STATUS: Final[Parameter] = {
    "name": "status",
    "in": "query",
    "description": "Only sessions that stand so; `active` are those that go on.",
    "schema": {"type": "string", "enum": [operators.ACTIVE, *map(str, Standing)]},
}
FLOW: Final[Parameter] = {
    "name": "flow",
    "in": "query",
    "description": "Only sessions of this flow.",
    "schema": {"type": "string"},
}
CURSOR: Final[Parameter] = {
    **AFTER,
    "description": "The `next` of the answer before; nothing for the beginning, `now` for the end.",
}
WAIT: Final = _number("wait", "How many seconds to wait for news.", 0, 0, journal.LONGEST)
AFTER_VERSION: Final[Parameter] = {**AFTER, "schema": {"type": "integer", "minimum": 1}}

ENDPOINTS: Final = (
    # --- chat: the contract of Wriveted; first, because it is asked for most ---
    Endpoint(
        "POST",
        "/v1/chat/start",
        chat.start,
        "Begin a session of a published flow.",
        chat_wire.StartedJSON,
        statuses=(201,),
        body=chat_wire.Start,
        problems=("ALREADY_STARTED", "INVALID_VALUE", "NOT_ALLOWED", "UNKNOWN_FLOW"),
        parameters=(KEY,),
        tag="chat",
    ),
    Endpoint(
        "GET",
        "/v1/chat/sessions/{token}",
        chat.read,
        "How a session stands.",
        chat_wire.SessionJSON,
        problems=("UNKNOWN_SESSION",),
        tag="chat",
    ),
    Endpoint(
        "POST",
        "/v1/chat/sessions/{token}/interact",
        chat.interact,
        "Say something to a session, and get its answer.",
        chat_wire.InteractionJSON,
        body=chat_wire.Interaction,
        problems=("INVALID_VALUE", "REVISION_CONFLICT", "SESSION_ENDED", "UNKNOWN_SESSION"),
        parameters=(KEY,),
        tag="chat",
    ),
    Endpoint(
        "POST",
        "/v1/chat/sessions/{token}/client",
        chat.client,
        "Give a session what the user's client was asked for, and get its answer.",
        chat_wire.InteractionJSON,
        body=chat_wire.ClientAnswer,
        problems=("INVALID_VALUE", "REVISION_CONFLICT", "SESSION_ENDED", "UNKNOWN_SESSION"),
        parameters=(KEY,),
        tag="chat",
    ),
    Endpoint(
        "POST",
        "/v1/chat/sessions/{token}/end",
        chat.end,
        "End a session.",
        chat_wire.EndedJSON,
        body=chat_wire.End,
        needs_body=False,
        problems=("INVALID_VALUE", "SESSION_ENDED", "UNKNOWN_SESSION"),
        parameters=(KEY,),
        tag="chat",
    ),
    Endpoint(
        "GET",
        "/v1/chat/sessions/{token}/history",
        chat.history,
        "What was said and done in a session, oldest first.",
        chat_wire.HistoryJSON,
        problems=("INVALID_VALUE", "UNKNOWN_SESSION"),
        parameters=(LIMIT, SKIP),
        tag="chat",
    ),
    Endpoint(
        "PATCH",
        "/v1/chat/sessions/{token}/state",
        chat.patch,
        "Change variables of a session.",
        chat_wire.PatchedJSON,
        body=chat_wire.StatePatch,
        problems=("INVALID_VALUE", "REVISION_CONFLICT", "SESSION_ENDED", "UNKNOWN_SESSION"),
        parameters=(KEY,),
        tag="chat",
    ),
    # --- flows: the contract of the Chatwoot flow builder ---
    Endpoint(
        "POST",
        "/api/v1/flows",
        flows.save,
        "Create a draft, or replace the one with the id that the flow says.",
        wire.SavedJSON,
        statuses=(200, 201),
        body=wire.Drawn,
        holds_flow=True,
        problems=("DRAFT_CHANGED", "INVALID_VALUE", "KEY_REUSED"),
        parameters=(IF_MATCH, IF_NONE_MATCH, KEY),
        tag="flows",
    ),
    Endpoint(
        "GET",
        "/api/v1/flows",
        flows.listed,
        "The flows that have a draft or were published, by id.",
        wire.PageJSON,
        problems=("INVALID_VALUE",),
        parameters=(LIMIT, AFTER),
        tag="flows",
    ),
    Endpoint(
        "POST",
        "/api/v1/flows/validate",
        flows.validate,
        "What is wrong with a flow.",
        wire.ValidationJSON,
        body=wire.Drawn,
        holds_flow=True,
        tag="flows",
    ),
    Endpoint(
        "GET",
        "/api/v1/flows/{flow}",
        flows.read,
        "A draft as it was saved.",
        wire.FlowJSON,
        problems=("UNKNOWN_FLOW",),
        tag="flows",
    ),
    Endpoint(
        "PUT",
        "/api/v1/flows/{flow}",
        flows.replace,
        "Replace the draft of a flow, or create it.",
        wire.SavedJSON,
        statuses=(200, 201),
        body=wire.Drawn,
        holds_flow=True,
        problems=("DRAFT_CHANGED", "INVALID_VALUE", "KEY_REUSED", "UNKNOWN_FLOW"),
        parameters=(IF_MATCH, IF_NONE_MATCH, KEY),
        tag="flows",
    ),
    Endpoint(
        "DELETE",
        "/api/v1/flows/{flow}",
        flows.remove,
        "Forget a draft; what was published of it stays.",
        None,
        statuses=(204,),
        problems=("DRAFT_CHANGED", "KEY_REUSED", "UNKNOWN_FLOW"),
        parameters=(IF_MATCH, KEY),
        tag="flows",
    ),
    Endpoint(
        "GET",
        "/api/v1/flows/{flow}/versions",
        flows.versions,
        "What was published of a flow, newest first.",
        wire.VersionsJSON,
        problems=("INVALID_VALUE", "UNKNOWN_FLOW"),
        parameters=(LIMIT, AFTER_VERSION),
        tag="flows",
    ),
    Endpoint(
        "POST",
        "/api/v1/flows/{flow}/validate",
        flows.validate_saved,
        "What is wrong with a draft, or with the flow that is sent in its place.",
        wire.ValidationJSON,
        body=wire.Drawn,
        needs_body=False,
        holds_flow=True,
        problems=("UNKNOWN_FLOW",),
        tag="flows",
    ),
    Endpoint(
        "POST",
        "/api/v1/flows/{flow}/publish",
        flows.publish,
        "Publish a draft as the next version of its flow, unless findings stand in the way.",
        wire.PublishedJSON,
        body=wire.Publish,
        needs_body=False,
        problems=("DRAFT_CHANGED", "FLOW_REJECTED", "INVALID_VALUE", "KEY_REUSED", "UNKNOWN_FLOW"),
        parameters=(IF_MATCH, KEY),
        tag="flows",
    ),
    # --- executions: the same contract ---
    Endpoint(
        "POST",
        "/api/v1/flows/{flow}/execute",
        executions.execute,
        "Begin an execution of a published flow.",
        executions_wire.BegunJSON,
        statuses=(201,),
        body=wire.Execute,
        needs_body=False,
        problems=("ALREADY_STARTED", "INVALID_VALUE", "UNKNOWN_FLOW"),
        parameters=(KEY,),
        tag="executions",
    ),
    Endpoint(
        "GET",
        "/api/v1/executions/{token}",
        executions.read,
        "How an execution stands.",
        executions_wire.ExecutionJSON,
        problems=("UNKNOWN_SESSION",),
        tag="executions",
    ),
    Endpoint(
        "POST",
        "/api/v1/executions/{token}/input",
        executions.give,
        "Give an execution what the contact says.",
        executions_wire.ResultJSON,
        body=wire.Input,
        problems=("INVALID_VALUE", "REVISION_CONFLICT", "SESSION_ENDED", "UNKNOWN_SESSION"),
        parameters=(KEY,),
        tag="executions",
    ),
    Endpoint(
        "POST",
        "/api/v1/executions/{token}/client",
        executions.client,
        "Give an execution what the contact's client was asked for.",
        executions_wire.ResultJSON,
        body=wire.ClientInput,
        problems=("INVALID_VALUE", "REVISION_CONFLICT", "SESSION_ENDED", "UNKNOWN_SESSION"),
        parameters=(KEY,),
        tag="executions",
    ),
    # --- events: what happens in conversations ---
    Endpoint(
        "POST",
        "/api/v1/events",
        events.happen,
        "Tell what happened in a conversation: it begins flows, and reaches sessions that go on.",
        executions_wire.HappenedJSON,
        body=wire.Happened,
        problems=("INVALID_VALUE", "NOT_ALLOWED"),
        parameters=(KEY, OPERATOR),
        tag="events",
    ),
    Endpoint(
        "POST",
        "/api/v1/hooks/{path}",
        events.hook,
        "Fire the triggers of a path, with any JSON.",
        executions_wire.HappenedJSON,
        body=wire.Hook,
        needs_body=False,
        problems=("INVALID_VALUE",),
        parameters=(KEY,),
        tag="events",
    ),
    # --- sessions, for operators ---
    Endpoint(
        "GET",
        "/api/v1/sessions",
        operators.listed,
        "Sessions, the newest first, with how they stand.",
        sessions_wire.SessionsJSON,
        problems=("INVALID_VALUE", "NOT_ALLOWED"),
        parameters=(STATUS, FLOW, LIMIT, AFTER, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "GET",
        "/api/v1/turns",
        journal.turns,
        "The turns of all sessions behind a cursor, each once; waits for news where it is told to.",
        journal_wire.JournalJSON,
        problems=("INVALID_VALUE", "NOT_ALLOWED"),
        parameters=(CURSOR, LIMIT, WAIT, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "GET",
        "/api/v1/sessions/{session}",
        operators.read,
        "How a session stands.",
        sessions_wire.StandingJSON,
        problems=("NOT_ALLOWED", "UNKNOWN_SESSION"),
        parameters=(OPERATOR,),
        tag="sessions",
    ),
    Endpoint(
        "GET",
        "/api/v1/sessions/{session}/replay",
        operators.replayed,
        "Take a session again from its history, and compare it.",
        sessions_wire.ReplayJSON,
        problems=("NOT_ALLOWED", "UNKNOWN_SESSION"),
        parameters=(OPERATOR,),
        tag="sessions",
    ),
    Endpoint(
        "GET",
        "/api/v1/sessions/{session}/revisions/{revision}",
        operators.moment,
        "A session as it stood at a revision.",
        sessions_wire.MomentJSON,
        problems=("NOT_ALLOWED", "UNKNOWN_REVISION", "UNKNOWN_SESSION"),
        parameters=(OPERATOR,),
        tag="sessions",
    ),
    Endpoint(
        "POST",
        "/api/v1/sessions/{session}/fork",
        operators.fork,
        "Begin another session in a state of this one.",
        sessions_wire.ForkedJSON,
        statuses=(201,),
        body=sessions_wire.Fork,
        problems=("INVALID_VALUE", "NOT_ALLOWED", "UNKNOWN_REVISION", "UNKNOWN_SESSION"),
        parameters=(KEY, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "POST",
        "/api/v1/sessions/{session}/fix",
        operators.fix,
        "Change variables of a session.",
        sessions_wire.RepairedJSON,
        body=sessions_wire.Fix,
        problems=REPAIR_PROBLEMS[:4],
        parameters=(KEY, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "POST",
        "/api/v1/sessions/{session}/retry",
        operators.retry,
        "Ask once more for work that a session waits for.",
        sessions_wire.RepairedJSON,
        body=sessions_wire.Retry,
        needs_body=False,
        problems=(
            "INVALID_VALUE",
            "NOT_ALLOWED",
            "SESSION_ENDED",
            "UNKNOWN_SESSION",
            "UNSUITABLE_REPAIR",
        ),
        parameters=(KEY, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "POST",
        "/api/v1/sessions/{session}/skip",
        operators.skip,
        "Let a session go on without work that it waits for.",
        sessions_wire.RepairedJSON,
        body=sessions_wire.Skip,
        needs_body=False,
        problems=(
            "INVALID_VALUE",
            "NOT_ALLOWED",
            "SESSION_ENDED",
            "UNKNOWN_SESSION",
            "UNSUITABLE_REPAIR",
        ),
        parameters=(KEY, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "POST",
        "/api/v1/sessions/{session}/resume",
        operators.resume,
        "Let a failed session go on from its last good revision.",
        sessions_wire.RepairedJSON,
        body=sessions_wire.Resume,
        needs_body=False,
        problems=(
            "INVALID_VALUE",
            "NOT_ALLOWED",
            "UNKNOWN_REVISION",
            "UNKNOWN_SESSION",
            "UNSUITABLE_REPAIR",
        ),
        parameters=(KEY, OPERATOR),
        tag="sessions",
    ),
    Endpoint(
        "POST",
        "/api/v1/flows/{flow}/compare",
        operators.compare,
        "Run conversations of a flow on its draft, or on another version.",
        sessions_wire.ComparisonJSON,
        body=sessions_wire.Compare,
        needs_body=False,
        problems=("INVALID_VALUE", "NOT_ALLOWED", "UNKNOWN_FLOW"),
        parameters=(OPERATOR,),
        tag="sessions",
    ),
    # --- the server itself ---
    Endpoint(
        "GET",
        "/healthz",
        health.live,
        "Whether the process lives.",
        health.HealthJSON,
        tag="server",
    ),
    Endpoint(
        "GET",
        "/readyz",
        health.ready,
        "Whether the server can do its work.",
        health.HealthJSON,
        tag="server",
    ),
    Endpoint(
        "GET",
        "/problems/{code}",
        health.problem,
        "What a kind of problem means, and what to do about it.",
        KindJSON,
        problems=("NO_SUCH_PATH",),
        tag="server",
    ),
)
"""The routes, in the order in which paths are tried."""
