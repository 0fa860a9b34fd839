"""Web requests: given this response, the conversation goes on like this."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compiler.conversations import compiled, said, talk, turns

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


def params(**lines: str) -> dict[str, Any]:
    """What the engine is told about a request that says this besides its URL."""
    written = "".join(f"    {key}: {value}\n" for key, value in lines.items())
    flow = FLOW.replace("    timeout: 10s\n", written)
    given: dict[str, Any] = turns(flow)[0].effects[0]["data"]["params"]
    return given


def test_the_engine_is_told_how_to_try_again() -> None:
    told = params(
        retries="3",
        try_timeout="5s",
        backoff="{grow: linear, wait: 2s, jitter: 0}",
        retry_statuses="[429]",
        breaker="{failures: 3, rest: 10s}",
    )
    assert (told["retries"], told["try_timeout"], told["retry_statuses"]) == (3, 5_000_000, [429])
    assert told["backoff"] == {
        "growth": "linear",
        "wait": 2_000_000,
        "longest": 60_000_000,
        "jitter": 0.0,
    }
    assert told["breaker"] == {"failures": 3, "within": 60_000_000, "rest": 10_000_000}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"backoff": "linear"}, "`backoff` means nothing without `retries`"),
        ({"retries": "21"}, "`retries` must be at most 20, not `21`"),
        (
            {"retries": "2", "backoff": "{wait: 10s}", "timeout": "10s"},
            "it is never tried again: the first wait is as long as `timeout`",
        ),
        ({"backoff": "{jitter: 2}", "retries": "1"}, "`jitter` must be at most 1.0, not `2`"),
        ({"backoff": "steep", "retries": "1"}, "`backoff` cannot be `steep`"),
        ({"breaker": "{failures: 0}"}, "`failures` must be at least 1, not `0`"),
        ({"retry_statuses": "[20]", "retries": "1"}, "item 1 of `retry_statuses` must be at least 100, not `20`"),
        ({"body": "[1]", "body_as": "form"}, "`body` must be a map of fields, not `[1]`"),
        ({"body": "nope", "body_as": "json"}, "the text is no JSON"),
        ({"body": "hi {{ order }}", "body_as": "json"}, "the text is no JSON"),
        ({"body": "'[{{ order }}'", "body_as": "json"}, "the text is no JSON"),
        ({"body": "a={{ order }}", "body_as": "form"}, "`body` must be a map of fields, not `a={{ order }}`"),
        ({"body_as": "json"}, "`body_as` means nothing without `body`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_tries_and_bodies_is_said(lines: Any, message: str) -> None:
    written = "".join(f"    {key}: {value}\n" for key, value in lines.items())
    found = compiled(FLOW.replace("    timeout: 10s\n", written)).findings
    assert message in [finding.message for finding in found]


@pytest.mark.parametrize(
    "body",
    [
        "{{ order }}",
        " {{ order }} ",
        '{"a": "an {{ order }}", "n": -{{ 1 + 1 }}.{{ 5 }}}',
        '[{{ order }}, {{ [order] }}, "{{secret:key}}"]',
        "{ {{ order }}: 1}",
        '{"{{ order }}": {{ 1 }}{{ 2 }}}',
    ],
)  # fmt: skip
def test_a_text_that_becomes_json_is_taken(body: str) -> None:
    written = f"    body: {json.dumps(body)}\n    body_as: json\n"
    found = compiled(FLOW.replace("    timeout: 10s\n", written)).findings
    assert "the text is no JSON" not in [finding.message for finding in found]
    sent = params(body=json.dumps(body), body_as="json")["body"]
    if isinstance(sent, str):
        json.loads(sent)


def test_what_is_printed_into_a_json_text_cannot_leave_its_place() -> None:
    evil = """'a", "admin": true, "x": "'"""
    told = params(body="""'{"who": "{{ order }}", "n": {{ 1 + 1 }}, "all": {{ [order] }}}'""")
    assert told["body"] == '{"who": "A 7/8", "n": 2, "all": ["A 7/8"]}'
    flow = FLOW.replace('"A 7/8"', evil).replace(
        "    timeout: 10s\n", """    body: '{"who": "{{ order }}"}'\n"""
    )
    sent = turns(flow)[0].effects[0]["data"]["params"]["body"]
    assert json.loads(sent) == {"who": 'a", "admin": true, "x": "'}


def test_a_lone_template_is_a_value_and_as_json_a_text_of_it() -> None:
    assert params(body='"{{ [order] }}"')["body"] == ["A 7/8"]
    assert params(body='"{{ order }}"')["body"] == "A 7/8"
    assert params(body='"{{ order }}"', body_as="json")["body"] == '"A 7/8"'
    assert params(body='"Order {{ order }}"', body_as="text")["body"] == "Order A 7/8"


# --- paths of a response -------------------------------------------------------------------------

MAPPING = """
start: lookup
variables: {found: {type: dyn}}
nodes:
  lookup:
    type: http
    url: https://api.example.com/
    save: {found: "PATH"}
    success: tell
    error: sorry
  tell: {type: end, text: "{{ found }}"}
  sorry: {type: end, text: Sorry.}
"""
BODY = {
    "items": [
        {"name": "pen", "parts": [{"id": 1}, {"id": 2}]},
        {"parts": []},
        {"name": "ink", "parts": [{"id": 3}, {}]},
        {"name": None},
    ],
    "a b": {"c-d": [[1, 2], [3]]},
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.items[0].name", "pen"),
        ("$.items[*].name", '["pen","ink",null]'),
        ("$.items[*].parts[*].id", "[1,2,3]"),
        ("$['a b']['c-d'][*][0]", "[1,3]"),
        ("$['a b']['c-d'][*][1]", "[2]"),
        ("$['a b']['c-d'][*][*]", "[1,2,3]"),
        ("$.items[*].nothing", "[]"),
        ("$.nothing", "Sorry."),
        ("$.nothing[*].name", "Sorry."),
        ("$.items[9]", "Sorry."),
    ],
)
def test_a_path_finds_what_it_names(path: str, expected: str) -> None:
    result = {"result": "lookup", "data": {"status": 200, "body": BODY}}
    assert talk(MAPPING.replace("PATH", path), result) == [expected]


@pytest.mark.parametrize(
    "path", ["$..name", "$.items[?(@.x)]", "$.items[-1]", "$x", "$.", "$" + "[*]" * 9]
)
def test_what_is_no_path_is_said(path: str) -> None:
    (finding,) = compiled(MAPPING.replace("PATH", path)).findings
    assert finding.code == "R004"
    assert finding.message.endswith("is no path that can be followed")
    assert finding.location is not None
    assert finding.location.line == 10
