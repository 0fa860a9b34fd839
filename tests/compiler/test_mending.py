"""Mending the text of a flow: what is changed, and all else as it was."""

from __future__ import annotations

import json

import pytest

from statewright import compiler, flows
from statewright.compiler.findings import Finding
from statewright.compiler.mending import mended

FLOW = """\
# A flow, with comments.
statewright: 1
id: test
start: hello   # here
variables: {name: {type: string, input: true}}
nodes:
  hello: {type: message, text: "Hello {{ name }}", next: look}  # greets
  look:
    type: http
    # asks
    url: https://api.example.com/x
    success: route
    error: bye
  route:
    type: condition
    branches:
      - {if: "name == 'a'", to: bye}   # the first
      - if: "name == 'b'"
        to: more
    else: bye
  more: {type: end, text: "{{ name }}"}
  bye: {type: end}
"""


def find(text: str) -> tuple[Finding, ...]:
    return compiler.compile(flows.parse(text, file="test.yaml")).findings


def mend(text: str) -> str:
    return mended(text, "test.yaml", find).text


def test_the_flow_has_nothing_to_mend() -> None:
    assert find(FLOW) == ()
    assert mend(FLOW) == FLOW


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("next: look}", "next: lok}"),
        ("next: look}", 'next: "lok"}'),
        ("to: more\n", "to: mroe\n"),
        ('"Hello {{ name }}"', '"Hello {{ nmae }}"'),
        ("\"name == 'b'\"", "\"nam == 'b'\""),
        ("url: https://", "url: http://"),
        ("    success: route", "    sucess: route"),
        ("type: message", "type: mesage"),
        ("start: hello ", "start: helo "),
    ],
)
def test_a_slip_is_mended_and_nothing_else_is_touched(right: str, wrong: str) -> None:
    broken = FLOW.replace(right, wrong, 1)
    assert find(broken)
    assert mend(broken) == FLOW.replace(
        right, right if '"lok"' not in wrong else 'next: "look"}', 1
    )


def test_a_name_that_may_mean_two_is_left_alone() -> None:
    text = FLOW.replace("  more: {", "  bye_1: {type: end}\n  more: {").replace(
        "error: bye", "error: bye_2"
    )
    assert mend(text).count("bye_2") == 1


@pytest.mark.parametrize(
    ("place", "again"),
    [
        ("# the first\n", "# the first\n      - {if: \"name == 'a'\", to: bye}\n"),
        ("# the first\n", "# the first\n      - if: \"name == 'a'\"\n        to: bye\n"),
        ("    else: bye", "      - {if: \"name == 'b'\", to: more}\n    else: bye"),
    ],
)
def test_an_edge_that_is_there_twice_is_removed(place: str, again: str) -> None:
    doubled = FLOW.replace(place, again, 1)
    assert [finding.code for finding in find(doubled)] == ["S109"]
    assert mend(doubled) == FLOW


def test_an_idle_suppression_is_removed() -> None:
    text = FLOW.replace("next: look}", "next: look, suppress: {S105: why}}")
    assert mend(text) == FLOW


def test_a_question_for_an_address_gets_its_kind() -> None:
    text = """\
statewright: 1
id: test
start: ask
variables: {email: string}
nodes:
  ask:   # asks
    type: question
    text: Your email?
    variable: email
    next: bye
  bye: {type: end, text: "{{ email }}"}
"""
    assert mend(text) == text.replace(
        "    type: question\n", "    input: email\n    type: question\n"
    )


def test_json_is_mended_as_json() -> None:
    flow = {
        "statewright": 1,
        "id": "test",
        "start": "ask",
        "variables": {"email": "string"},
        "nodes": {
            "ask": {"type": "question", "text": "?", "variable": "email", "next": "by"},
            "bye": {"type": "end"},
        },
    }
    result = mended(json.dumps(flow, indent=2), "test.yaml", find)
    assert sorted(finding.code for finding in result.findings) == ["I501", "S103"]
    asked = json.loads(result.text)["nodes"]["ask"]
    assert (asked["next"], asked["input"]) == ("bye", "email")


SLOW = """\
statewright: 1
id: test
start: look
nodes:
  look: {type: http, url: "https://api.example.com/x", timeout: 5000, success: tell, error: tell}
  tell:
    type: action
    action: email
    with: {to: a@example.com, subjct: Hello, text: Hello}   # to us
    next: bye
    on: {error: bye}
  bye: {type: end}
"""


def test_milliseconds_and_parameters_of_actions_are_mended() -> None:
    assert {one.code for one in find(SLOW)} >= {"E608", "S114"}
    assert mend(SLOW) == SLOW.replace("5000", "5s").replace("subjct", "subject")
    written = json.dumps(flows.documents.document_from(SLOW, "test.yaml").value, indent=1)
    assert '"timeout": "5s"' in mended(written, "test.yaml", find).text


def test_a_time_with_a_unit_is_left_alone() -> None:
    text = SLOW.replace("5000", "83m")
    assert "83m" in mend(text)


def test_a_translation_that_nobody_is_told_is_removed() -> None:
    text = """\
statewright: 1
id: test
start: a
locale: en
locales: {es: {nodes: {a: {url: "https://es.example.com"}, b: {text: Adiós.}}}}
nodes: {a: {type: http, url: "https://example.com", success: b, error: b}, b: {type: end, text: Bye.}}
"""
    assert mend(text) == text.replace('a: {url: "https://es.example.com"}, ', "")
