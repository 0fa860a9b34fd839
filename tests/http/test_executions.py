"""Executions, in the contract of the flow builder."""

from __future__ import annotations

import json
from typing import Any

import pytest

from statewright.runtime import Order
from tests.http.drawings import published
from tests.http.serving import Client, serving
from tests.shared_data import shared


def begun(client: Client, flow: str = "greeting", **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/flows/{flow}/execute", body)
    assert answer.status_code == 201, answer.text
    execution: dict[str, Any] = answer.json()
    return execution


def given(client: Client, execution: str, value: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/executions/{execution}/input", {"input": value})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def sent(result: dict[str, Any]) -> list[str]:
    """What is sent to the contact."""
    assert {action["type"] for action in result["actions"]} <= {"send_message"}
    return [action["content"] for action in result["actions"]]


def test_the_recorded_trace_of_lead_capture_word_for_word(client: Client) -> None:
    """The "sample flow execution trace" of the flow builder's hand-over document."""
    flow = json.loads(shared("flows/000/sample-lead-capture.json").read_text())
    client.post("/api/v1/flows", {"flow": flow})
    client.post(f"/api/v1/flows/{flow['id']}/publish")

    # 1. User opens conversation
    first = begun(client, flow["id"], conversationId=123)
    assert first["flowId"] == "sample-lead-capture-002"
    assert sent(first) == ["What is your name?"]
    assert first["state"] == "waiting_input"
    assert first["waitingFor"]["saveResponseTo"] == "user_name"
    assert first["currentNodeId"] == "question-name"

    # 2. User replies: "John"
    second = given(client, first["executionId"], "John")
    assert second["variables"]["user_name"] == "John"
    assert sent(second) == ["What is your email address?"]
    assert second["state"] == "waiting_input"
    assert second["waitingFor"]["saveResponseTo"] == "user_email"
    assert second["waitingFor"]["expectedInputType"] == "email"

    # 3. User replies: "john@example.com"
    third = given(client, first["executionId"], "john@example.com")
    assert third["variables"]["user_email"] == "john@example.com"
    assert sent(third) == ["Thank you, John! We will contact you at john@example.com."]
    assert (third["state"], third["outcome"]) == ("completed", "completed")
    assert third["currentNodeId"] == "end-1"
    assert third["waitingFor"] is None


def test_the_same_trace_over_the_chat_contract(client: Client) -> None:
    flow = published(client, shared("flows/000/sample-lead-capture.json").read_text())
    start = client.post("/v1/chat/start", {"flow_id": flow}).json()
    asked = [start["next_node"]["input_request"]["question"]["text"]]
    said: list[str] = []
    for reply in ("John", "john@example.com"):
        path = f"/v1/chat/sessions/{start['session_token']}/interact"
        answer = client.post(path, {"input": reply, "input_type": "text"}).json()
        said += [message["content"]["text"] for message in answer["messages"]]
        if answer["input_request"]:
            asked.append(answer["input_request"]["question"]["text"])
    assert asked == ["What is your name?", "What is your email address?"]
    assert said == ["Thank you, John! We will contact you at john@example.com."]
    assert answer["session_ended"]


def test_an_execution_is_read(client: Client) -> None:
    published(client)
    execution = begun(client)["executionId"]
    given(client, execution, "Ada")
    read = client.get(f"/api/v1/executions/{execution}").json()
    assert read["variables"]["name"] == "Ada"
    assert read["state"] == "waiting_input"
    assert read["waitingFor"]["type"] == "user_input"
    assert read["waitingFor"]["saveResponseTo"] == "age"
    assert (read["flowVersion"], read["revision"]) == (1, 2)
    assert read["startedAt"] <= read["lastActivityAt"]


def test_a_test_takes_its_inputs_from_mocked_data(client: Client) -> None:
    published(client)
    mocked = {"place": "in test", "contactName": "Test User"}
    execution = begun(client, testMode=True, mockData=mocked, conversationId=123)
    assert sent(execution) == ["Welcome in test!", "What is your name?"]
    assert execution["ignored"] == ["contactName"]
    real = begun(client, mockData=mocked, variables={"place": "for real"})
    assert sent(real)[0] == "Welcome for real!"


def test_a_value_that_was_picked_needs_no_text(client: Client) -> None:
    published(client)
    execution = begun(client)["executionId"]
    given(client, execution, "Ada")
    result = given(client, execution, 36)
    assert [choice["value"] for choice in result["waitingFor"]["choices"]] == ["r", "b"]
    assert sent(given(client, execution, "r")) == ["Goodbye, Ada, 36."]


@pytest.mark.parametrize(
    "body",
    [
        {"conversationId": "\0"},
        {"conversationId": "x" * 2000},
        {"contactId": "\0"},
        {"variables": {"place": {"no": "text"}}},
    ],
)
def test_what_cannot_be_kept_begins_nothing(client: Client, body: dict[str, Any]) -> None:
    published(client)
    answer = client.post("/api/v1/flows/greeting/execute", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")
    assert client.run(client.runtime.store.sessions("default")) == ()


@pytest.mark.parametrize("body", [{"version": 9}, {"label": "live"}, {"label": "\0"}])
def test_only_what_is_published_is_executed(client: Client, body: dict[str, Any]) -> None:
    published(client)
    answer = client.post("/api/v1/flows/greeting/execute", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_FLOW")


def test_an_execution_that_is_over_takes_no_input(client: Client) -> None:
    flow = {"statewright": 1, "id": "short", "start": "a", "nodes": {"a": {"type": "end"}}}
    published(client, flow)
    execution = begun(client, "short")
    assert execution["state"] == "completed"
    answer = client.post(f"/api/v1/executions/{execution['executionId']}/input", {"input": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "SESSION_ENDED")


def test_an_answer_waits_for_the_results_of_its_requests() -> None:
    async def look_up(order: Order) -> Any:
        return {"status": 200, "body": {"state": f"shipped {order.data['url'][-2:]}"}}

    flow = {
        "statewright": 1,
        "id": "order",
        "start": "ask",
        "variables": {"number": {"type": "string"}, "found": {"type": "string"}},
        "nodes": {
            "ask": {"type": "question", "text": "Which?", "variable": "number", "next": "look"},
            "look": {
                "type": "http",
                "url": "https://shop.example/{{ number }}",
                "save": {"found": "response.body.state"},
                "success": "tell",
                "error": "tell",
            },
            "tell": {"type": "end", "text": "It is {{ found }}."},
        },
    }
    with serving(handlers={"http": look_up}) as client:
        published(client, flow)
        result = given(client, begun(client, "order")["executionId"], "17")
    assert sent(result) == ["It is shipped 17."]
    assert (result["state"], result["revision"]) == ("completed", 3)


BY_HAND = """
statewright: 1
id: calls
start: hello
variables: {about: {type: string, default: nothing, input: true}}
triggers:
  any: {type: message}
  back: {type: manual, to: back, inputs: {about: "your {{ event.data.about }}"}}
  vip: {type: manual, if: "contact.?vip.orValue(false)"}
nodes:
  hello: {type: end, text: "Hello about {{ about }}."}
  back: {type: end, text: "We call back about {{ about }}."}
"""


def test_a_manual_trigger_is_named_and_says_where_an_execution_begins(client: Client) -> None:
    published(client, BY_HAND)
    assert sent(begun(client, "calls")) == ["Hello about nothing."]
    named = begun(client, "calls", trigger="back", variables={"about": "order", "x": 1})
    assert sent(named) == ["We call back about your order."]
    assert named["ignored"] == []
    assert begun(client, "calls", variables={"about": "order", "x": 1})["ignored"] == ["x"]


def test_a_manual_trigger_reads_all_that_it_is_given(client: Client) -> None:
    urgent = '{type: manual, if: event.data.level > 3, inputs: {about: "{{ event.data.what }}"}}'
    published(client, BY_HAND.replace("triggers:", f"triggers:\n  urgent: {urgent}"))
    given = {"level": 9, "what": "fire", "~trigger": "back"}
    assert sent(begun(client, "calls", trigger="urgent", variables=given)) == ["Hello about fire."]
    asked = {"trigger": "urgent", "variables": {**given, "level": 3}}
    assert client.post("/api/v1/flows/calls/execute", asked).status_code == 422


@pytest.mark.parametrize(
    ("trigger", "message"),
    [
        ("bakc", "`bakc` is no manual trigger of this flow; it has `back`, `vip`"),
        ("any", "`any` is no manual trigger of this flow; it has `back`, `vip`"),
        ("zurück", "`zur\\xfcck` is no manual trigger of this flow; it has `back`, `vip`"),
        ("vip", "the condition of the trigger `vip` does not hold"),
    ],
)
def test_what_no_manual_trigger_begins_is_refused(
    client: Client, trigger: str, message: str
) -> None:
    published(client, BY_HAND)
    answer = client.post("/api/v1/flows/calls/execute", {"trigger": trigger})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")
    assert answer.json()["message"] == message


def test_a_flow_without_manual_triggers_says_so(client: Client) -> None:
    published(client)
    answer = client.post("/api/v1/flows/greeting/execute", {"trigger": "back"})
    assert answer.status_code == 422
    assert answer.json()["message"].endswith("it has none")
