"""Conversations of the chat that wait for a client or for people get on over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.drawings import published, started, texts
from tests.http.serving import Client, serving

SESSIONS = "/v1/chat/sessions"
KEY = {"Authorization": "Bearer for-operators"}

LOCATE = """
statewright: 1
id: locate
start: where
variables: {city: {type: string, default: ""}}
nodes:
  where:
    type: client
    action: geolocate
    save: {city: result.city}
    next: bye
    on: {error: lost}
  bye: {type: end, text: "You are in {{ city }}."}
  lost: {type: end, text: "Lost: {{ error.body.why }}."}
"""

BOTH = """
statewright: 1
id: both
start: scans
settings: {on_error: fallback, fallback: bye}
variables: {left: {type: int, default: 0}, right: {type: int, default: 0}}
nodes:
  scans:
    type: parallel
    regions:
      a: {nodes: {one: {type: client, action: scan, save: {left: result}, next: l1}, l1: {type: leave}}}
      b: {nodes: {two: {type: client, action: scan, save: {right: result}, next: l2}, l2: {type: leave}}}
    next: bye
  bye: {type: end, text: "{{ left }} and {{ right }}"}
"""

PEOPLE = """
statewright: 1
id: people
start: person
variables: {tip: {type: string, default: ""}}
nodes:
  person: {type: handoff, text: One moment., to: {team: support}, next: pay}
  pay: {type: approval, request: "Pay it?", next: ask, on: {rejected: no}}
  ask: {type: question, text: "Anything else?", variable: tip, next: bye}
  bye: {type: end, text: "Bye."}
  no: {type: end, text: "Sorry."}
  news:
    type: interrupt
    event: order.shipped
    nodes:
      say: {type: message, text: "{{ event.data.id }} is on its way.", next: back}
      back: {type: leave}
"""


@pytest.fixture
def client() -> Iterator[Client]:
    with serving(operator_key="for-operators") as client:
        yield client


def begun(client: Client, text: str) -> dict[str, Any]:
    return started(client, published(client, text))


def answered(client: Client, token: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{SESSIONS}/{token}/client", body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_a_client_gives_what_its_session_asks_for(client: Client) -> None:
    first = begun(client, LOCATE)
    request = first["next_node"]["input_request"]
    assert request["input_type"] == "client"
    token = first["session_token"]
    answer = answered(client, token, result={"city": "Rome"}, node_id=request["node_id"])
    assert texts(answer["messages"]) == ["You are in Rome."]
    assert answer["session_ended"]


def test_a_client_tells_that_it_failed(client: Client) -> None:
    token = begun(client, LOCATE)["session_token"]
    answer = answered(client, token, error={"why": "no signal"})
    assert texts(answer["messages"]) == ["Lost: no signal."]


def test_a_client_of_an_execution_does_so_too(client: Client) -> None:
    flow = published(client, LOCATE)
    execution = client.post(f"/api/v1/flows/{flow}/execute", {}).json()["executionId"]
    path = f"/api/v1/executions/{execution}/client"
    answer = client.post(path, {"result": {"city": "Rome"}, "nodeId": "where"}).json()
    assert [one["content"] for one in answer["actions"]] == ["You are in Rome."]
    assert answer["executionId"] == execution


def test_of_two_clients_each_answers_its_own_node(client: Client) -> None:
    first = begun(client, BOTH)
    asked = [one["content"]["node"] for one in first["next_node"]["messages"]]
    assert asked == ["one", "two"]
    assert first["next_node"]["input_request"]["node_id"] == "one"
    token = first["session_token"]
    assert not answered(client, token, result=2, node_id="two")["session_ended"]
    assert texts(answered(client, token, result=1, node_id="one")["messages"]) == ["1 and 2"]


def test_an_answer_for_another_node_is_passed_over(client: Client) -> None:
    token = begun(client, LOCATE)["session_token"]
    answer = answered(client, token, result={"city": "Rome"}, node_id="elsewhere")
    assert (answer["messages"], answer["session_ended"]) == ([], False)
    assert answer["input_request"]["input_type"] == "client"


def test_an_answer_of_a_client_is_handled_once(client: Client) -> None:
    token = begun(client, LOCATE)["session_token"]
    body = {"result": {"city": "Rome"}}
    path = f"{SESSIONS}/{token}/client"
    stale = client.post(path, {**body, "expected_revision": 7})
    assert stale.json()["code"] == "REVISION_CONFLICT"
    first, again = (client.post(path, body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json()
    late = client.post(path, body)
    assert late.json()["code"] == "SESSION_ENDED"


@pytest.mark.parametrize("body", [{}, {"node_id": "where"}, {"result": 1, "error": {}}])
def test_a_client_tells_a_result_or_an_error(client: Client, body: Any) -> None:
    token = begun(client, LOCATE)["session_token"]
    answer = client.post(f"{SESSIONS}/{token}/client", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")


def test_nobody_answers_for_the_client_of_somebody_else(client: Client) -> None:
    begun(client, LOCATE)
    answer = client.post(f"{SESSIONS}/another/client", {"result": 1})
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_SESSION")


def test_people_and_programs_reach_a_conversation_of_the_chat(client: Client) -> None:
    first = begun(client, PEOPLE)
    (listed,) = client.get("/api/v1/sessions", headers=KEY).json()["sessions"]
    assert listed["channel"] == "web"
    place = {"conversationId": listed["conversationId"]}

    def happens(event: str, data: Any, **more: Any) -> list[list[str]]:
        body = {**place, "event": event, "data": data, **more}
        sessions = client.post("/api/v1/events", body, headers=KEY).json()["sessions"]
        return [[one["content"] for one in heard["actions"]] for heard in sessions]

    assert happens("handoff.resolved", {}) == []  # It is said of another channel.
    assert happens("handoff.resolved", {}, channel="web") == [[]]  # Now others decide.
    assert happens("approval.decided", {"approved": True}, channel="web") == [["Anything else?"]]
    shipped = happens("order.shipped", {"id": "#17"}, channel="web")
    assert shipped == [["#17 is on its way.", "Anything else?"]]
    token = first["session_token"]
    answer = client.post(f"{SESSIONS}/{token}/interact", {"input": "no", "input_type": "text"})
    assert texts(answer.json()["messages"]) == ["Bye."]


@pytest.mark.parametrize("channel", ["", "\0", "x" * 300])
def test_a_channel_is_a_name(client: Client, channel: str) -> None:
    body = {"event": "x", "conversationId": "c", "channel": channel}
    answer = client.post("/api/v1/events", body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")
