"""Sessions for operators: listed, looked back at, compared and repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.serving import Client, serving

KEY = "k-1"
ME = {"Authorization": f"Bearer {KEY}"}

FLOW: dict[str, Any] = {
    "statewright": 1,
    "id": "diary",
    "start": "ask",
    "suppress": {"C201": "to see it fail"},
    "variables": {"name": "string", "brave": {"type": "bool", "default": False}},
    "nodes": {
        "ask": {"type": "question", "text": "Who?", "variable": "name", "next": "dare"},
        "dare": {
            "type": "condition",
            "branches": [{"if": "name == 'fail' && !brave", "to": "a"}],
            "else": "call",
        },
        "a": {"type": "message", "text": "x", "next": "b"},
        "b": {"type": "jump", "to": "a"},
        "call": {"type": "http", "url": "https://x.example/", "success": "bye", "error": "sorry"},
        "sorry": {"type": "end", "outcome": "sorry", "text": "Sorry."},
        "bye": {"type": "end", "outcome": "done", "text": "Bye."},
    },
}


@pytest.fixture
def client() -> Iterator[Client]:
    async def never(_order: object) -> None:
        import asyncio  # noqa: PLC0415

        await asyncio.Event().wait()

    with serving(operator_key=KEY, settle=0, handlers={"http": never}) as client:
        client.post("/api/v1/flows", {"flow": FLOW})
        assert client.post("/api/v1/flows/diary/publish").status_code == 200
        yield client


def talk(client: Client, *said: str) -> str:
    """The id of a session in which something was said."""
    token = client.post("/v1/chat/start", {"flow_id": "diary"}).json()["session_token"]
    for one in said:
        path = f"/v1/chat/sessions/{token}/interact"
        client.post(path, {"input": one, "input_type": "text"})
    rows = client.get("/api/v1/sessions", headers=ME).json()["sessions"]
    return str(rows[0]["sessionId"])


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer no"}, {"Authorization": KEY}])
def test_only_operators_are_let_in(client: Client, headers: dict[str, str]) -> None:
    for answer in (
        client.get("/api/v1/sessions", headers=headers),
        client.get("/api/v1/sessions/x", headers=headers),
        client.get("/api/v1/sessions/x/replay", headers=headers),
        client.get("/api/v1/sessions/x/revisions/1", headers=headers),
        client.post("/api/v1/sessions/x/fork", {"revision": 1}, headers=headers),
        client.post("/api/v1/sessions/x/fix", {"variables": {}}, headers=headers),
        client.post("/api/v1/sessions/x/retry", headers=headers),
        client.post("/api/v1/sessions/x/skip", headers=headers),
        client.post("/api/v1/sessions/x/resume", headers=headers),
        client.post("/api/v1/flows/diary/compare", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")


def test_without_a_key_nobody_is_let_in() -> None:
    with serving() as client:
        answer = client.get("/api/v1/sessions", headers={"Authorization": "Bearer "})
        assert answer.status_code == 403
        assert "STATEWRIGHT_OPERATOR_KEY" in answer.json()["message"]


def test_sessions_are_listed_in_pages_by_how_they_stand(client: Client) -> None:
    ids = [talk(client) for _ in range(3)]
    page = client.get("/api/v1/sessions?limit=2&status=waiting", headers=ME).json()
    rest = client.get(f"/api/v1/sessions?after={page['next']}", headers=ME).json()
    found = [one["sessionId"] for one in (*page["sessions"], *rest["sessions"])]
    assert sorted(found) == sorted(ids)
    assert rest["next"] is None
    assert page["sessions"][0]["reason"] == "at `ask` (text)"
    for query in ("status=asleep", "limit=0", "after=%00"):
        answer = client.get(f"/api/v1/sessions?{query}", headers=ME)
        assert answer.json()["code"] == "INVALID_VALUE"


def test_a_session_is_shown_replayed_and_forked(client: Client) -> None:
    session = talk(client, "Ada")
    path = f"/api/v1/sessions/{session}"
    one = client.get(path, headers=ME).json()
    assert (one["session"]["standing"], one["variables"]["name"]) == ("working", "Ada")
    assert client.get(f"{path}/replay", headers=ME).json()["differences"] == []
    moment = client.get(f"{path}/revisions/1", headers=ME).json()
    assert (moment["variables"], moment["asStored"]) == ({"brave": False}, True)
    for revision in ("3", "0", "x", "9" * 40):
        answer = client.get(f"{path}/revisions/{revision}", headers=ME)
        assert answer.json()["code"] == "UNKNOWN_REVISION"
    headers = {**ME, "Idempotency-Key": "f"}
    fork = client.post(f"{path}/fork", {"revision": 1}, headers=headers).json()
    again = client.post(f"{path}/fork", {"revision": 1}, headers=headers).json()
    assert again["sessionId"] == fork["sessionId"] != session
    assert client.get(f"/v1/chat/sessions/{fork['token']}").json()["status"] == "active"


def test_what_is_not_there_is_told(client: Client) -> None:
    for answer in (
        client.get("/api/v1/sessions/nobody", headers=ME),
        client.get(f"/api/v1/sessions/{'x' * 300}", headers=ME),
        client.post("/api/v1/sessions/nobody/resume", headers=ME),
    ):
        assert answer.json()["code"] == "UNKNOWN_SESSION"
    compare = client.post("/api/v1/flows/nothing/compare", headers=ME)
    assert compare.json()["code"] == "UNKNOWN_FLOW"


def test_a_session_goes_on_without_its_request(client: Client) -> None:
    session = talk(client, "Ada")
    path = f"/api/v1/sessions/{session}"
    headers = {**ME, "Idempotency-Key": "s"}
    retried = client.post(f"{path}/retry", headers=ME).json()
    assert retried["awaiting"]["kind"] == "effect"
    both = client.post(f"{path}/skip", {"result": 1, "error": {}}, headers=ME)
    assert both.json()["code"] == "INVALID_VALUE"
    body = {"result": {"status": 200, "headers": {}, "body": None}}
    skipped = client.post(f"{path}/skip", body, headers=headers).json()
    assert [one["text"] for one in skipped["messages"]] == ["Bye."]
    assert client.post(f"{path}/skip", body, headers=headers).json() == skipped
    late = client.post(f"{path}/skip", headers=ME)
    assert (late.status_code, late.json()["code"]) == (409, "UNSUITABLE_REPAIR")


def test_a_failed_session_is_resumed_and_fixed(client: Client) -> None:
    session = talk(client, "fail")
    path = f"/api/v1/sessions/{session}"
    (row,) = client.get("/api/v1/sessions?status=failed", headers=ME).json()["sessions"]
    assert "error.limit" in row["reason"]
    fix = {"variables": {"brave": True}}
    assert client.post(f"{path}/fix", fix, headers=ME).json()["code"] == "SESSION_ENDED"
    resumed = client.post(f"{path}/resume", headers=ME).json()
    assert (resumed["status"], resumed["revision"]) == ("active", 3)
    assert client.post(f"{path}/fix", fix, headers=ME).json()["variables"]["brave"] is True
    refused = client.post(f"{path}/fix", {"variables": {"no": 1}}, headers=ME)
    assert refused.json()["code"] == "INVALID_VALUE"


def test_conversations_are_run_on_the_draft(client: Client) -> None:
    talk(client, "Ada")
    same = client.post("/api/v1/flows/diary/compare", {"version": 1}, headers=ME).json()
    assert (same["differ"], len(same["sessions"])) == (0, 1)
    changed = {**FLOW, "nodes": {**FLOW["nodes"], "ask": {**FLOW["nodes"]["ask"], "text": "You?"}}}
    client.put("/api/v1/flows/diary", {"flow": changed})
    other = client.post("/api/v1/flows/diary/compare", headers=ME).json()
    assert other["differ"] == 1
    divergence = other["sessions"][0]["divergence"]
    assert divergence["was"]["messages"][0]["text"] == "Who?"
    assert divergence["wouldBe"]["messages"][0]["text"] == "You?"
    missing = client.post("/api/v1/flows/diary/compare", {"version": 9}, headers=ME)
    assert missing.json()["code"] == "UNKNOWN_FLOW"
