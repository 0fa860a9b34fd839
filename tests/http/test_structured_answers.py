"""Answers that name their question, whole forms, and places: what clients send that show more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.drawings import published, started, texts
from tests.http.serving import Client, serving

KEY = {"Authorization": "Bearer for-operators"}

TWO = """
statewright: 1
id: two
start: both
variables: {colour: string, size: string}
nodes:
  both:
    type: parallel
    regions:
      a: {nodes: {colour: {type: question, text: Colour?, variable: colour, next: l1}, l1: {type: leave}}}
      b: {nodes: {size: {type: question, text: Size?, choices: [S, M], variable: size, next: l2}, l2: {type: leave}}}
    next: bye
  bye: {type: end, text: "{{ colour }}, {{ size }}"}
"""

FORM = """
statewright: 1
id: form
start: details
variables: {person: map}
nodes:
  details:
    type: form
    fields:
      name: {text: Your name?, min_length: 2}
      age: {text: Your age?, input: integer}
    variable: person
    next: bye
  bye: {type: end, text: "{{ person.name }}, {{ person.age }}"}
"""

PLACE = """
statewright: 1
id: place
start: where
variables: {place: map}
nodes:
  where: {type: question, text: Where?, input: location, variable: place, next: bye}
  bye: {type: end, text: "{{ place.latitude }}"}
"""

PEOPLE = """
statewright: 1
id: people
start: person
nodes:
  person: {type: handoff, text: One moment., to: {team: support}, next: pay}
  pay: {type: approval, request: "Pay it?", next: bye, on: {rejected: bye}}
  bye: {type: end, text: Bye.}
"""


class Chat:
    """A session in the contract of the chat."""

    def __init__(self, client: Client, flow: str) -> None:
        begun = started(client, published(client, flow))
        self.path = f"/v1/chat/sessions/{begun['session_token']}"
        self.first = {**begun["next_node"], "session_ended": begun["session_ended"]}
        self.client = client

    def post(self, route: str, body: dict[str, Any], **rest: Any) -> Any:
        route = {"say": "interact"}.get(route, route)
        kind = {"input_type": "text"} if route == "interact" else {}
        return self.client.post(f"{self.path}/{route}", {**kind, **_snake(body)}, **rest)

    @staticmethod
    def said(answer: Any) -> list[str]:
        return texts(answer["messages"])


class Execution:
    """A session in the contract of the flow builder."""

    def __init__(self, client: Client, flow: str) -> None:
        flow_id = published(client, flow)
        self.first = client.post(f"/api/v1/flows/{flow_id}/execute", {}).json()
        self.path = f"/api/v1/executions/{self.first['executionId']}"
        self.client = client

    def post(self, route: str, body: dict[str, Any], **rest: Any) -> Any:
        route = {"say": "input"}.get(route, route)
        return self.client.post(f"{self.path}/{route}", body, **rest)

    @staticmethod
    def said(answer: Any) -> list[str]:
        return [one["content"] for one in answer["actions"]]


def _snake(body: dict[str, Any]) -> dict[str, Any]:
    names = {"nodeId": "node_id", "expectedRevision": "expected_revision"}
    return {names.get(name, name): value for name, value in body.items()}


CONTRACTS = pytest.mark.parametrize("contract", [Chat, Execution])


def told(session: Chat | Execution, route: str, **body: Any) -> list[str]:
    answer = session.post(route, body)
    assert answer.status_code == 200, answer.text
    return session.said(answer.json())


@CONTRACTS
@pytest.mark.parametrize("size", ["M", 2])
def test_the_second_of_two_questions_is_answered_first(
    client: Client, contract: type[Chat | Execution], size: Any
) -> None:
    session = contract(client, TWO)
    assert told(session, "say", input=size, nodeId="size") == []
    assert told(session, "say", input="red", nodeId="colour") == ["red, M"]


@CONTRACTS
def test_an_answer_for_a_question_that_is_not_asked_is_passed_over(
    client: Client, contract: type[Chat | Execution]
) -> None:
    session = contract(client, TWO)
    assert told(session, "say", input="red", nodeId="elsewhere") == []
    assert told(session, "say", input="red") == []
    assert told(session, "say", input="S") == ["red, S"]


@CONTRACTS
def test_a_form_is_answered_at_once(client: Client, contract: type[Chat | Execution]) -> None:
    session = contract(client, FORM)
    values = {"name": "Ada", "age": 36}
    assert told(session, "form", values=values, nodeId="details") == ["Ada, 36"]


@CONTRACTS
def test_a_form_says_which_answers_will_not_do(
    client: Client, contract: type[Chat | Execution]
) -> None:
    session = contract(client, FORM)
    answer = session.post("form", {"values": {"name": "A"}}).json()
    (message,) = (
        [one["content"] for one in answer["messages"]]
        if contract is Chat
        else [one["message"] for one in answer["actions"]]
    )
    assert message["invalid"] == ["name", "age"]
    assert [one["field"] for one in message["problems"]] == ["name", "age"]
    assert told(session, "form", values={"name": "Ada", "age": "36"}) == ["Ada, 36"]


@CONTRACTS
def test_a_form_is_submitted_once(client: Client, contract: type[Chat | Execution]) -> None:
    session = contract(client, FORM)
    body = {"values": {"name": "Ada", "age": 36}}
    stale = session.post("form", {**body, "expectedRevision": 7}).json()
    assert stale["code"] == "REVISION_CONFLICT"
    key = {"Idempotency-Key": "k"}
    first, again = (session.post("form", body, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert session.post("form", body).json()["code"] == "SESSION_ENDED"


@CONTRACTS
@pytest.mark.parametrize(
    ("route", "body", "pointer"),
    [
        ("form", {}, "/values"),
        ("form", {"values": ["Ada"]}, "/values"),
        ("form", {"values": {}, "nodeId": 3}, "nodeId"),
        ("form", {"values": {}, "node": "x"}, "/node"),
        ("say", {"input": "x", "nodeId": ""}, "nodeId"),
        ("say", {"input": "x", "node": "colour"}, "/node"),
        ("say", {"nodeId": "colour"}, "/input"),
    ],
)
def test_what_is_no_such_answer_is_refused_with_its_place(
    client: Client, contract: type[Chat | Execution], route: str, body: Any, pointer: str
) -> None:
    session = contract(client, FORM)
    answer = session.post(route, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_BODY")
    if contract is Chat:
        pointer = pointer.replace("nodeId", "node_id")
    assert answer.json()["details"]["fields"][0]["pointer"].endswith(pointer)


@CONTRACTS
def test_a_place_is_sent_as_a_map(client: Client, contract: type[Chat | Execution]) -> None:
    session = contract(client, PLACE)
    assert told(session, "say", input={"latitude": "north"}) != ["41.9"]
    assert told(session, "say", input={"latitude": 41.9, "longitude": 12.5}) == ["41.9"]


def test_each_of_two_questions_is_told_with_its_node_and_its_choices(client: Client) -> None:
    first = Chat(client, TWO).first
    request = first["input_request"]
    assert (request["node_id"], request["question"]) == ("colour", {"text": "Colour?"})
    assert texts(first["messages"]) == ["Size?"]
    choices = [{"value": size, "label": size} for size in "SM"]
    (other,) = request["others"]
    assert other == {"node_id": "size", "input_type": "choice", "options": choices}


def test_an_execution_tells_of_the_other_questions_too(client: Client) -> None:
    waiting = Execution(client, TWO).first["waitingFor"]
    choices = [{"value": size, "label": size} for size in "SM"]
    (other,) = waiting["others"]
    assert other == {"nodeId": "size", "expectedInputType": "choice", "choices": choices}


def test_a_program_says_which_question_a_message_answers() -> None:
    with serving(operator_key="for-operators") as client:
        execution = published(client, TWO)
        path = f"/api/v1/flows/{execution}/execute"
        client.post(path, {"conversationId": "c"})

        def say(**body: Any) -> list[str]:
            sent = {"conversationId": "c", **body}
            answer = client.post("/api/v1/events", sent, headers=KEY)
            assert answer.status_code == 200, answer.text
            (heard,) = answer.json()["sessions"]
            return [one["content"] for one in heard["actions"]]

        assert say(input="M", nodeId="size") == []
        assert say(input="red") == ["red, M"]
        refused = client.post(
            "/api/v1/events",
            {"conversationId": "c", "event": "order.paid", "nodeId": "x"},
            headers=KEY,
        )
        assert refused.json()["code"] == "INVALID_VALUE"


def test_what_people_have_is_told_as_theirs() -> None:
    with serving(operator_key="for-operators") as client:
        session = Execution(client, PEOPLE)
        assert session.first["state"] == "paused"
        assert session.first["waitingFor"]["type"] == "handoff"
        assert session.first["waitingFor"]["expectedInputType"] is None
        assert session.first["currentNodeId"] == "person"
        read = client.get(session.path).json()
        assert (read["state"], read["waitingFor"]["type"]) == ("paused", "handoff")
        request = Chat(client, PEOPLE).first["input_request"]
        assert request["input_type"] == "handoff"
