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


FILE = {"url": "https://example.org/a.pdf"}
NOTHING: list[Any] = [
    *({}, {"text": None}, {"files": [FILE]}, {"text": 5}, {"text": ["a"]}, {"text": {}}),
    *({"value": None}, {"value": []}, {"value": {}}, {"value": {"value": None}}, {"value": [[]]}),
    *({"files": "x", "attachments": 5}, {"files": [5]}, {"files": {"url": ["x"]}}),
    *({"location": 5}, {"location": {"latitude": None, "longitude": True}}),
    *("a", 5, [], ["a"], True),
]
"""Messages without an answer, some of a shape that none should have."""

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
@pytest.mark.parametrize("question", KINDS)
def test_a_message_that_says_nothing_is_asked_again_and_no_incident(
    question: str, around: str
) -> None:
    flow = asking(question, "dyn").replace("retries: 1", "retries: 99") + around
    sent = [{"event": "message", "data": nothing} for nothing in NOTHING]
    if question == "input: file":
        sent.remove({"event": "message", "data": {"files": [FILE]}})
    played = turns(flow, *sent)
    assert said(played)[1:] == ["Again"] * len(sent)
    assert [one for turn in played for one in turn.macrostep.incidents] == []


def test_blank_messages_that_are_waited_for_are_asked_again_and_no_incident() -> None:
    played = turns(asking("window: 5s", "string"), "  ", {"advance": "6s"})
    assert said(played)[1:] == ["Again"]
    assert [one for turn in played for one in turn.macrostep.incidents] == []


def test_what_is_null_is_as_if_it_were_left_out() -> None:
    flow = asking("choices: [a, '5']", "string")
    assert talk(flow, {"event": "message", "data": {"value": None, "text": "a"}})[-1] == "Taken"
    flow = asking("input: file", "map")
    sent: dict[str, Any]
    for empty in (None, list[Any]()):
        sent = {"files": empty, "attachments": [FILE], "node": None}
        assert talk(flow, {"event": "message", "data": sent})[-1] == "Taken"
    flow = asking("input: location", "map")
    sent = {"location": None, "value": None, "text": "52.5, 13.4"}
    assert talk(flow, {"event": "message", "data": sent})[-1] == "Taken"


@pytest.mark.parametrize("odd", [{"type": 5}, {"type": None}, {"type": ["image/png"]}, {}])
def test_a_file_whose_type_is_no_text_is_not_known_to_be_accepted(odd: dict[str, Any]) -> None:
    flow = asking("input: file\n    accept: [image/*]\n    max_size: 10", "map")
    played = turns(flow, {"event": "message", "data": {"files": [FILE | {"size": 5} | odd]}})
    assert said(played)[1:] == ["Again"]
    assert [one for turn in played for one in turn.macrostep.incidents] == []


BESIDE = """
start: both
variables: {x: string, y: string}
nodes:
  both:
    type: parallel
    regions:
      one: {nodes: {a: {type: question, text: "A?", variable: x, retry: Again, next: c}, c: {type: leave}}}
      two: {nodes: {b: {type: question, text: "B?", variable: y, retry: Again, next: d}, d: {type: leave}}}
    next: bye
  bye: {type: end, text: "{{ x }}{{ y }}"}
"""


ODD: list[Any] = [5, [], {"node": []}]


def test_a_message_that_names_no_node_is_for_the_question_that_has_the_floor() -> None:
    sent = [{"event": "message", "data": {"node": None, "text": word}} for word in "xy"]
    assert talk(BESIDE, *sent)[-1] == "xy"
    played = turns(BESIDE, *({"event": "message", "data": odd} for odd in ODD))
    assert said(played)[2:] == ["Again", "Again"]
    assert [one for turn in played for one in turn.macrostep.incidents] == []
