"""Answers that a variable cannot hold are asked again, as those outside its limits are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.conversations import said, talk, turns


def asking(question: str, kind: str) -> str:
    return f"""
start: ask
variables: {{it: {kind}, some: {{type: list, default: [{{value: {{a: 1}}, label: X}}, 7]}}}}
nodes:
  ask:
    type: question
    text: "?"
    variable: it
    {question}
    retry: Again
    retries: 1
    next: bye
    on: {{fallback: over}}
  bye: {{type: end, text: Taken}}
  over: {{type: end, text: Over}}
"""


PAIRS = [
    ("input: text", "int", "foo", "5"),
    ("input: text", "{type: int, minimum: 3}", "2", "5"),
    ("input: text", "{type: double, maximum: 3}", "4.5", "2.5"),
    ("input: text", "uint", "-5", "5"),
    ("input: text", "double", "x", "5.5"),
    ("input: text", "bool", "perhaps", "true"),
    ("input: text", "date", "2026-02-30", "2026-02-28"),
    ("input: text", "{type: date, minimum: 2026-01-01}", "2025-12-31", "2026-02-28"),
    ("input: text", "timestamp", "now", "2026-02-28T10:00:00Z"),
    (
        "input: text",
        "{type: timestamp, minimum: '2026-01-01T00:00:00Z'}",
        "2025-02-28T10:00:00Z",
        "2026-02-28T10:00:00Z",
    ),
    ("input: text", "duration", "soon", "90s"),
    ("input: text", "{type: duration, maximum: 60s}", "61s", "9s"),
    ("input: text, window: 5s", "int", "foo", "5"),
    ("input: integer", "uint", "-5", "5"),
    ("input: integer", "double", "9007199254740993", "5"),
    ("input: number", "uint", "-5.0", "5"),
    ("input: number", "int", "1.5", "5"),
    ("choices: [a, '5']", "int", "a", "5"),
    ("choices_from: some", "string", "X", "7"),
    ("input: multiple_choice, choices: [a, '5']", "{type: list, of: int}", "a, 5", "5"),
]


def lines(question: str) -> str:
    return question.replace(", window", "\n    window").replace(", choices", "\n    choices")


def waited(question: str, *said: Any) -> list[Any]:
    if "window" not in question:
        return list(said)
    return [one for word in said for one in (word, {"advance": "6s"})]


@pytest.mark.parametrize(("question", "kind", "bad", "good"), PAIRS)
def test_an_answer_that_the_variable_cannot_hold_is_asked_again(
    question: str, kind: str, bad: str, good: str
) -> None:
    flow = asking(lines(question), kind)
    assert talk(flow, *waited(question, bad, good))[-2:] == ["Again", "Taken"]
    assert talk(flow, *waited(question, bad, bad))[-1] == "Over"


FORM = """
start: details
variables:
  p:
    type: object
    fields: {age: {type: int, minimum: 3}, on: {type: date, optional: true}}
nodes:
  details:
    type: form
    fields:
      age: {text: "Age?", retry: Again}
      on: {text: "When?", skip: [none], retry: Again}
    variable: p
    next: bye
  bye: {type: end, text: "{{ p.age + 1 }}"}
"""


def test_a_field_of_a_form_that_the_object_cannot_hold_is_asked_again() -> None:
    assert talk(FORM, "foo", "2", "36", "soon", "2026-02-28") == [
        "Age?",
        "Again",
        "Again",
        "When?",
        "Again",
        "37",
    ]
    assert talk(FORM, "36", "none")[-1] == "37"


def test_answers_at_once_that_the_object_cannot_hold_are_not_taken() -> None:
    def submitted(**values: Any) -> dict[str, Any]:
        return {"event": "form.submit", "data": {"node": "details", "values": values}}

    bad = (submitted(age="foo"), submitted(age="2"), submitted(age="36", on="soon"))
    played = turns(FORM, *bad, submitted(age="36"))
    assert said(played)[1:-1] == ["Some of the answers will not do. Please check them."] * 3
    assert said(played)[-1] == "37"


NOTHING: list[Any] = [
    {},
    {"text": None},
    {"files": [{"url": "https://example.org/a.pdf"}]},
]
KINDS = [
    "input: text",
    "input: integer",
    "input: date",
    "input: boolean",
    "input: choice\n    choices: [a, '5']",
    "input: multiple_choice\n    choices: [a, '5']",
    "input: text\n    window: 5s",
    "input: text\n    skip: [no]\n    help: {words: [what], text: So}",
    "input: file",
    "input: location",
]
LISTENING = """
  help: {type: interrupt, words: [help], nodes: {l1: {type: leave}}}
  order: {type: interrupt, pattern: "^[A-Z]{3}$", nodes: {l2: {type: leave}}}
"""


@pytest.mark.parametrize("around", ["", LISTENING])
@pytest.mark.parametrize("nothing", NOTHING, ids=str)
@pytest.mark.parametrize("question", KINDS)
def test_a_message_that_says_nothing_is_asked_again_and_no_incident(
    question: str, nothing: dict[str, Any], around: str
) -> None:
    if question == "input: file" and "files" in nothing:
        nothing = {}
    flow = asking(question, "dyn") + around
    played = turns(flow, {"event": "message", "data": nothing})
    assert said(played)[1:] == ["Again"]
    assert [one for turn in played for one in turn.macrostep.incidents] == []


def test_blank_messages_that_are_waited_for_are_asked_again_and_no_incident() -> None:
    played = turns(asking("window: 5s", "string"), "  ", {"advance": "6s"})
    assert said(played)[1:] == ["Again"]
    assert [one for turn in played for one in turn.macrostep.incidents] == []
