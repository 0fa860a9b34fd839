"""What happens in conversations, over HTTP: triggers of every kind, and who hears what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.serving import Client, serving

SHOP = """
statewright: 1
id: shop
start: hello
variables: {about: {type: string, default: "", input: true}, said: string}
triggers:
  any: {type: message}
  opened: {type: opened, to: welcome}
  again: {type: keyword, words: [start over], reentry: restart}
  hook: {type: webhook, path: orders/new, to: shipped, inputs: {about: "{{ event.data.body.id }}"}}
  shipped:
    type: event
    event: order.shipped
    if: event.data.total > 10.0
    reentry: parallel
    to: shipped
    inputs: {about: "{{ event.data.id }}"}
nodes:
  hello: {type: question, text: "Hello?", variable: said, next: bye}
  welcome: {type: message, text: Welcome., next: hello}
  shipped: {type: end, text: "{{ about }} is on its way."}
  bye: {type: end, text: "You said {{ said }}."}
"""

URGENT = """
statewright: 1
id: urgent
start: help
triggers:
  help: {type: keyword, words: [fire], priority: 5}
nodes:
  help: {type: end, text: Run!}
"""

PEOPLE = """
statewright: 1
id: people
start: person
triggers: {any: {type: keyword, words: [person], match: exact}}
variables: {by: {type: string, default: ""}}
nodes:
  person: {type: handoff, text: One moment., to: {team: support}, next: bye}
  bye: {type: end, text: Back again.}
"""


KEY = {"Authorization": "Bearer for-operators"}


@pytest.fixture
def client() -> Iterator[Client]:
    with serving(operator_key="for-operators") as client:
        yield client


def publish(client: Client, *texts: str) -> None:
    for text in texts:
        saved = client.post("/api/v1/flows", {"flow": text}).json()
        answer = client.post(f"/api/v1/flows/{saved['id']}/publish")
        assert answer.status_code == 200, answer.text


def happened(client: Client, *, key: str = "", conversation: str = "c", **body: Any) -> Any:
    headers = {**KEY, **({"Idempotency-Key": key} if key else {})}
    answer = client.post(
        "/api/v1/events", {"conversationId": conversation, **body}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["sessions"]


def said(sessions: Any) -> list[list[str]]:
    return [[action["content"] for action in one["actions"]] for one in sessions]


@pytest.fixture
def shop(client: Client) -> Client:
    publish(client, SHOP, URGENT)
    return client


def test_a_message_begins_a_flow_and_the_next_is_its_answer(shop: Client) -> None:
    (first,) = happened(shop, input="hi")
    assert said([first]) == [["Hello?"]]
    assert first["state"] == "waiting_input"
    (second,) = happened(shop, input="Ada")
    assert said([second]) == [["You said Ada."]]
    assert (second["sessionId"], second["state"]) == (first["sessionId"], "completed")
    (other,) = happened(shop, conversation="d", input="hi")
    assert other["sessionId"] != first["sessionId"]


def test_a_conversation_that_is_opened_begins_one_elsewhere(shop: Client) -> None:
    assert said(happened(shop, event="conversation.opened")) == [["Welcome.", "Hello?"]]


def test_an_event_asks_its_condition_and_begins_one_beside_another(shop: Client) -> None:
    happened(shop, input="hi")
    shipped: Any = {"event": "order.shipped", "data": {"id": "#17", "total": 20}}
    assert ["#17 is on its way."] in said(happened(shop, **shipped))
    cheap: Any = {"event": "order.shipped", "data": {"id": "#18", "total": 2}}
    assert said(happened(shop, conversation="e", **cheap)) == []
    assert said(happened(shop, input="Ada")) == [["You said Ada."]]


def test_a_flow_of_greater_priority_interrupts_another(shop: Client) -> None:
    happened(shop, input="hi")
    assert said(happened(shop, input="There is a fire")) == [["Run!"]]
    assert said(happened(shop, input="Ada")) == [["You said Ada."]]


def test_a_keyword_may_begin_a_flow_anew(shop: Client) -> None:
    (first,) = happened(shop, input="hi")
    (second,) = happened(shop, input="Start over!")
    assert second["sessionId"] != first["sessionId"]
    assert said([second]) == [["Hello?"]]


def test_the_same_event_with_the_same_key_happens_once(shop: Client) -> None:
    first = happened(shop, key="k1", input="hi")
    assert happened(shop, key="k1", input="hi") == first
    second = happened(shop, key="k2", input="Ada")
    assert happened(shop, key="k2", input="Ada") == second
    shipped: Any = {"event": "order.shipped", "data": {"id": "#17", "total": 20}}
    third = happened(shop, key="k3", **shipped)
    assert happened(shop, key="k3", **shipped) == third


def test_the_same_event_at_the_same_moment_happens_once(shop: Client) -> None:
    body = {"conversationId": "c", "input": "hi"}
    asked = [("POST", "/api/v1/events", body)] * 5
    answers = shop.together(*asked, headers={**KEY, "Idempotency-Key": "k1"})
    assert len({json.dumps(answer.json()) for answer in answers}) == 1


def test_a_hook_is_fired_by_its_path(shop: Client) -> None:
    fired = shop.post("/api/v1/hooks/orders/new", {"id": "#9"}).json()
    assert said(fired["sessions"]) == [["#9 is on its way."]]
    again = shop.post("/api/v1/hooks/orders/new/", {"id": "#10"}).json()
    assert said(again["sessions"]) == [["#10 is on its way."]]
    assert shop.post("/api/v1/hooks/orders", {"id": "#9"}).json()["sessions"] == []
    assert shop.post("/api/v1/hooks/orders/new", [1]).json()["sessions"] != []


def test_people_give_a_conversation_back(client: Client) -> None:
    publish(client, PEOPLE)
    assert said(happened(client, input="person")) == [["One moment."]]
    assert said(happened(client, input="anybody there?")) == [[]]
    assert said(happened(client, event="handoff.resolved")) == [["Back again."]]


BESIDE = """
statewright: 1
id: beside
start: ask
variables: {name: {type: string, input: true}}
triggers: {go: {type: event, event: go, reentry: parallel, inputs: {name: "{{ event.data.name }}"}}}
nodes:
  ask: {type: question, text: "Well?", next: bye}
  bye: {type: end}
  here:
    type: interrupt
    event: ping
    nodes:
      say: {type: message, text: "{{ name }} is here.", next: back}
      back: {type: leave}
"""


def test_each_of_several_sessions_of_a_flow_answers_once(client: Client) -> None:
    publish(client, BESIDE)
    for name in ("A", "B", "C"):
        happened(client, event="go", data={"name": name})
    heard = said(happened(client, event="ping"))
    assert sorted(one[0] for one in heard) == ["A is here.", "B is here.", "C is here."]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"event": "session.end"}, "INVALID_VALUE"),
        ({"event": "done.invoke.x"}, "INVALID_VALUE"),
        ({"event": ""}, "INVALID_VALUE"),
        ({"event": "x", "input": "y"}, "INVALID_VALUE"),
        ({"data": {"x": 1}, "input": "y"}, "INVALID_VALUE"),
        ({}, "INVALID_VALUE"),
        ({"event": "x", "conversationId": ""}, "INVALID_VALUE"),
        ({"event": 5}, "INVALID_BODY"),
        ({"evnt": "x"}, "INVALID_BODY"),
    ],
)
def test_what_is_no_event_is_refused(shop: Client, body: Any, code: str) -> None:
    answer = shop.post("/api/v1/events", body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_only_those_with_the_key_speak_for_others(shop: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer other"}):
        answer = shop.post("/api/v1/events", {"input": "hi"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")
