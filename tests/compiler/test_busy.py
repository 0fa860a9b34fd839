"""What a user hears who says something while nothing listens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.conversations import compiled, talk

FLOW = """
start: first
settings: {while_busy: BUSY}
nodes:
  first: {type: question, text: "First?", next: call}
  call: {type: http, url: "https://api.example.com", timeout: 1h, success: second, error: second}
  second: {type: question, text: "Second?", next: rest}
  rest: {type: delay, duration: 10m, next: bye}
  bye: {type: end, text: Bye}
  stop:
    type: interrupt
    words: [stop]
    nodes: {stopped: {type: end, text: Stopped}}
"""
RESULT = {"result": "call", "data": {"status": 200}}


def heard(busy: str, *script: Any) -> list[str]:
    return talk(FLOW.replace("BUSY", busy), *script)


def test_what_is_said_is_kept_for_the_next_question() -> None:
    script = ["one", "two", RESULT, {"advance": "10m"}]
    assert heard("defer", *script) == ["First?", "Second?", "Bye"]


def test_what_is_said_may_be_forgotten() -> None:
    script = ["one", "two", RESULT, "three", "four", {"advance": "10m"}]
    assert heard("ignore", *script) == ["First?", "Second?", "Bye"]
    assert heard("ignore", *script[:3]) == ["First?", "Second?"]


def test_what_is_said_may_be_answered() -> None:
    busy = "{text: 'One moment, please.'}"
    assert heard(busy, "one", "two", RESULT, "three", "four") == [
        "First?",
        "One moment, please.",
        "Second?",
        "One moment, please.",
    ]


def test_an_interrupt_is_not_busy_but_waits_until_it_may_happen() -> None:
    script = ["one", "stop", "what?", RESULT]
    assert heard("{text: Busy}", *script) == ["First?", "Busy", "Second?", "Stopped"]
    assert heard("ignore", *script) == ["First?", "Second?", "Stopped"]
    assert heard("ignore", "stop") == ["First?", "Stopped"]


BESIDE = """
start: both
settings: {while_busy: {text: Busy}}
nodes:
  both:
    type: parallel
    regions:
      one: {nodes: {q: {type: question, text: "Name?", next: l1}, l1: {type: leave}}}
      two: {nodes: {d: {type: delay, duration: 10m, next: l2}, l2: {type: leave}}}
    next: bye
  bye: {type: end, text: Bye}
"""


def test_nobody_is_busy_who_has_asked_something() -> None:
    assert talk(BESIDE, "Ada", "and?", {"advance": "10m"}) == ["Name?", "Busy", "Bye"]


LANGUAGES = """
locale: en
locales:
  de:
    settings: {while_busy: {text: Moment bitte.}}
    nodes: {first: {text: Erste?}, second: {text: Zweite?}, bye: {text: Ende}}
start: first"""


def test_the_answer_is_said_in_the_language_of_the_session() -> None:
    flow = FLOW.replace("\nstart: first", LANGUAGES).replace("BUSY", "{text: One moment.}")
    flow = flow.replace("stopped: {type: end, text: Stopped}", "stopped: {type: end}")
    assert talk(flow, "one", "two", data={"locale": "de"}) == ["Erste?", "Moment bitte."]


@pytest.mark.parametrize(("busy", "code"), [("reply", "R004"), ("{}", "R005"), ("5", "R004")])
def test_what_is_wrong_is_found_in_its_line(busy: str, code: str) -> None:
    findings = compiled(FLOW.replace("BUSY", busy)).findings
    assert (code, 5) in {(finding.code, finding.location.line) for finding in findings}
