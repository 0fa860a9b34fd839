"""Web requests: given this response, the conversation goes on like this."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.conversations import said, talk, turns

FLOW = """
start: lookup
variables: {order: {type: string, default: "A 7/8"}, status: string}
nodes:
  lookup:
    type: http
    url: "https://api.example.com/orders/{{ order }}"
    headers: {Authorization: "Bearer {{secret:token}}"}
    timeout: 10s
    save: {status: response.body.status}
    success: tell
    error: sorry
  tell: {type: end, text: "It is {{ status }}."}
  sorry: {type: end, text: Sorry.}
"""


def test_a_request_is_an_effect_and_its_result_goes_on() -> None:
    first, second = turns(
        FLOW, {"result": "lookup", "data": {"status": 200, "body": {"status": "sent"}}}
    )
    (effect,) = first.effects
    assert effect["kind"] == "invoke"
    assert effect["data"]["type"] == "http"
    assert effect["data"]["params"]["url"] == "https://api.example.com/orders/A%207%2F8"
    assert first.awaiting is not None
    assert first.awaiting["kind"] == "effect"
    assert said([second]) == ["It is sent."]


@pytest.mark.parametrize(
    "line",
    [
        {"result": "lookup", "data": {"status": 404, "body": {"status": "sent"}}},
        {"result": "lookup", "data": {"status": 302, "body": {"status": "sent"}}},
        {"result": "lookup", "data": {"status": 304, "body": {"status": "sent"}}},
        {"result": "lookup", "data": {"status": 200, "body": {"other": 1}}},
        {"result": "lookup", "error": {"code": "dns", "message": "no such host"}},
        {"advance": "11s"},
    ],
    ids=["status", "redirect", "not modified", "mapping", "failure", "timeout"],
)
def test_every_failure_takes_the_error_port(line: Any) -> None:
    assert talk(FLOW, line) == ["Sorry."]


def test_effects_are_answered_from_fixtures() -> None:
    fixtures = {"lookup": {"data": {"status": 200, "body": {"status": "lost"}}}}
    assert talk(FLOW, fixtures=fixtures) == ["It is lost."]


def test_a_fallback_stands_in_for_a_response() -> None:
    flow = """
start: lookup
variables: {count: int}
nodes:
  lookup:
    type: http
    url: https://api.example.com/count
    save: {count: response.body.count}
    fallback: {count: 0}
    success: tell
  tell: {type: end, text: "{{ count }} found"}
"""
    assert talk(flow, {"result": "lookup", "data": {"status": 500}}) == ["0 found"]
    assert talk(flow, {"result": "lookup", "data": {"body": {"count": 4}}}) == ["4 found"]


def test_a_secret_is_never_in_the_text_of_an_effect() -> None:
    first = turns(FLOW)[0]
    assert "token" in str(first.effects[0]["data"]["params"]["headers"])
    assert not isinstance(first.effects[0]["data"]["params"]["headers"]["Authorization"], str)
