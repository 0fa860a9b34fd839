"""Flows of our own that the tests talk to, and what the tests do with them again and again."""

from __future__ import annotations

from typing import Any

from tests.http.serving import Client

GREETING: dict[str, Any] = {
    "statewright": 1,
    "id": "greeting",
    "name": "Greeting",
    "start": "hello",
    "variables": {
        "place": {"type": "string", "default": "here", "input": True},
        "name": {"type": "string"},
        "age": {"type": "int"},
        "profile": {"type": "map", "default": {"tone": "kind"}},
    },
    "nodes": {
        "hello": {"type": "message", "text": "Welcome {{ place }}!", "next": "ask_name"},
        "ask_name": {
            "type": "question",
            "text": "What is your name?",
            "variable": "name",
            "next": "thanks",
        },
        "thanks": {"type": "message", "text": "Thanks, {{ name }}.", "next": "ask_age"},
        "ask_age": {
            "type": "question",
            "text": "How old are you?",
            "input": "integer",
            "variable": "age",
            "retry": "A number, please.",
            "next": "ask_colour",
        },
        "ask_colour": {
            "type": "question",
            "text": "Which colour?",
            "input": "choice",
            "choices": [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}],
            "next": "bye",
        },
        "bye": {"type": "end", "text": "Goodbye, {{ name }}, {{ age }}.", "outcome": "greeted"},
    },
}
"""Says hello, asks three questions, says goodbye."""

BROKEN: dict[str, Any] = {
    "statewright": 1,
    "id": "broken",
    "start": "a",
    "nodes": {
        "a": {"type": "message", "text": "Hi {{ nobody }}", "next": "nowhere"},
        "b": {"type": "end"},
    },
}
"""Leads to a node that is not there, and has one that nothing leads to."""


def published(client: Client, flow: dict[str, Any] | str = GREETING) -> str:
    """Save and publish a flow; its id."""
    saved = client.post("/api/v1/flows", {"flow": flow})
    assert saved.status_code in {200, 201}, saved.text
    flow_id = str(saved.json()["id"])
    done = client.post(f"/api/v1/flows/{flow_id}/publish")
    assert done.status_code == 200, done.text
    return flow_id


def started(client: Client, flow: str = "greeting", **more: Any) -> dict[str, Any]:
    """Begin a session over the chat contract."""
    answer = client.post("/v1/chat/start", {"flow_id": flow, **more})
    assert answer.status_code == 201, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


def token_of(client: Client, flow: str = "greeting") -> str:
    """Publish a flow, and begin a session of it; its token."""
    published(client)
    return str(started(client, flow)["session_token"])


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """What the messages of the chat contract say."""
    return [message["content"]["text"] for message in messages]
