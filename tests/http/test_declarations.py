"""What the declarations of a flow mean to whoever patches or starts its sessions over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.drawings import published, started
from tests.http.serving import Client

SESSIONS = "/v1/chat/sessions"

ORDER: dict[str, Any] = {
    "statewright": 1,
    "id": "order",
    "start": "ask",
    "variables": {
        "order": {
            "type": "object",
            "fields": {"lines": {"type": "list", "of": {"type": "double", "minimum": 0}}},
            "input": True,
        },
        "state": {"type": "enum", "values": {"open": 1, "paid": 2}, "default": "open"},
        "rate": {"type": "double", "default": 0.5, "read_only": True},
    },
    "nodes": {
        "ask": {"type": "question", "text": "Well?", "next": "bye"},
        "bye": {"type": "end"},
    },
}


def test_what_fits_is_converted(client: Client) -> None:
    published(client, ORDER)
    token = started(client, "order", initial_state={"order": {"lines": ["1", 2]}})["session_token"]
    updates = {"order": {"lines": [3]}, "state": "paid"}
    answer = client.patch(f"{SESSIONS}/{token}/state", {"updates": updates}).json()
    assert answer["state"] == {"order": {"lines": [3.0]}, "state": 2, "rate": 0.5}


@pytest.mark.parametrize(
    ("updates", "reason"),
    [
        ({"state": "open", "order": {"lines": [1, "x"]}}, "at `.lines[1]`: the string 'x' is no double"),
        ({"order": {"lines": [-1]}}, "at `.lines[0]`: the value -1 is less than 0"),
        ({"order": {"lines": [], "total": 1}}, "the part `total` is not declared; there are `lines`"),
        ({"order": {}}, "the part `lines` is missing"),
        ({"state": 3}, "the value 3 is not among those that are declared: `open`, `paid`"),
        ({"rate": 1}, "`rate` is read-only"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_changes(
    client: Client, updates: dict[str, Any], reason: str
) -> None:
    published(client, ORDER)
    token = started(client, "order")["session_token"]
    before = client.get(f"{SESSIONS}/{token}").json()
    answer = client.patch(f"{SESSIONS}/{token}/state", {"updates": updates})
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
    assert client.get(f"{SESSIONS}/{token}").json() == before


def test_a_session_does_not_begin_with_what_does_not_fit(client: Client) -> None:
    published(client, ORDER)
    body = {"flow_id": "order", "initial_state": {"order": {"lines": "many"}}}
    answer = client.post("/v1/chat/start", body)
    assert answer.status_code == 422
    assert "at `.lines`: the string 'many' is no list" in answer.json()["detail"]
