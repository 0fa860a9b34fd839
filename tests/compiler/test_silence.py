"""Users who are asked for something and say nothing."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import compiled, said
from tests.compiler.rehydration import played_anew

FLOW = """
start: ask
settings:
  inactivity:
    after: 30m
    remind:
      - {after: 10m, text: "Still there, {{ name }}?"}
      - {after: 20m, text: "Hello?"}
    outcome: silent
variables: {name: {type: string, default: you}, age: int}
nodes:
  help:
    type: interrupt
    words: [help]
    nodes:
      say: {type: message, text: "Help.", next: back}
      back: {type: leave}
  ask: {type: question, text: "Your name?", variable: name, next: age}
  age: {type: question, text: "Your age?", input: integer, variable: age, next: think}
  think: {type: action, action: think, wait: true, timeout: 9h, next: pause, on: {error: pause}}
  pause: {type: delay, duration: 2h, next: bye}
  bye: {type: end, text: Bye}
"""


def test_who_says_nothing_is_reminded_and_then_the_conversation_ends() -> None:
    played = played_anew(FLOW, {"advance": "10m"}, {"advance": "10m"}, {"advance": "10m"})
    assert said(played) == ["Your name?", "Still there, you?", "Hello?"]
    assert (played[-1].status, played[-1].outcome) == ("completed", "silent")
    assert played[1].awaiting is not None, "a reminder does not end the question"


def test_whoever_says_something_is_not_silent() -> None:
    played = played_anew(FLOW, {"advance": "9m"}, "Ada", {"advance": "9m"}, "?", {"advance": "9m"})
    assert said(played[2:]) == ["Your age?", "Please answer with a whole number that fits."]
    assert played[-1].status == "active"


def test_what_else_is_said_breaks_the_silence_too() -> None:
    played = played_anew(FLOW, {"advance": "9m"}, "help", {"advance": "9m"}, {"advance": "2m"})
    assert said(played[2:]) == ["Help.", "Your name?", "Still there, you?"]


def test_nobody_is_silent_while_the_bot_has_something_to_do() -> None:
    work = {"result": "think", "data": {}}
    played = played_anew(FLOW, "Ada", "36", {"advance": "3h"}, work, {"advance": "3h"})
    assert said(played)[-1] == "Bye"
    assert (played[-1].status, played[-1].outcome) == ("completed", "completed")


def test_the_conversation_may_go_on_elsewhere() -> None:
    flow = FLOW.replace("outcome: silent", "to: gone") + "  gone: {type: end, text: Gone}\n"
    played = played_anew(flow, {"advance": "1h"})
    assert said(played)[-1] == "Gone"
    assert compiled(flow).findings == ()


BESIDE = """
start: both
settings: {inactivity: {after: 10m, remind: [{after: 5m, text: Hello?}]}}
variables: {a: string, b: string}
nodes:
  both:
    type: parallel
    regions:
      one:
        nodes:
          a: {type: question, text: "A?", variable: a, next: done-a}
          done-a: {type: leave}
      two:
        nodes:
          b: {type: question, text: "B?", variable: b, next: done-b}
          done-b: {type: leave}
    next: bye
  bye: {type: end, text: Bye}
"""


def test_what_is_said_to_one_question_breaks_the_silence_of_all() -> None:
    played = played_anew(BESIDE, {"advance": "4m"}, "to a", {"advance": "4m"}, {"advance": "2m"})
    assert said(played) == ["A?", "B?", "Hello?"]
    assert (
        said(played_anew(BESIDE, {"advance": "4m"}, "to a", {"advance": "4m"}, "to b"))[-1] == "Bye"
    )
    assert played_anew(BESIDE, {"advance": "11m"})[-1].outcome == "inactive"


def test_who_has_several_questions_open_is_reminded_once() -> None:
    assert said(played_anew(BESIDE, {"advance": "5m"})) == ["A?", "B?", "Hello?"]


def test_what_is_said_to_a_question_by_its_name_breaks_the_silence_of_all() -> None:
    to_b = {"event": "message", "data": {"text": "b", "node": "b"}}
    played = played_anew(BESIDE, {"advance": "4m"}, to_b, {"advance": "4m"})
    assert said(played) == ["A?", "B?"]
    assert said(played_anew(BESIDE, {"advance": "4m"}, to_b, {"advance": "5m"}))[-1] == "Hello?"
    late = played_anew(BESIDE, {"advance": "4m"}, to_b, {"advance": "9m"}, {"advance": "1m"})
    assert [turn.status for turn in late[-2:]] == ["active", "completed"]


def test_what_is_asked_later_begins_the_time_of_all_anew() -> None:
    later = BESIDE.replace(
        'b: {type: question, text: "B?"',
        'w: {type: delay, duration: 4m, next: b}\n          b: {type: question, text: "B?"',
    )
    played = played_anew(later, {"advance": "4m"}, {"advance": "4m"}, {"advance": "1m"})
    assert [said([turn]) for turn in played] == [["A?"], ["B?"], [], ["Hello?"]]
    assert played_anew(later, {"advance": "13m"})[-1].status == "active"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("after: 10m", "after: 40m", "R004", 9),
        ("after: 10m", "after: soon", "R004", 9),
        ("name }}?", "nme }}?", "D405", 9),
        ('text: "Hello?"', 'text: ""', "R005", 10),
        ("outcome: silent", "outcome: silent\n    to: bye", "R004", 11),
        ("outcome: silent", "to: by", "S103", 11),
        ("    after: 30m\n", "", "R005", 6),
    ],
)
def test_what_is_wrong_is_found_in_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in FLOW
    findings = compiled(FLOW.replace(old, new, 1)).findings
    assert (code, line) in {(finding.code, finding.location.line) for finding in findings}
