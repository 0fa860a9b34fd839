"""Answers that name the node they are for: to a question that is open, or to one that is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.conversations import said, talk
from tests.compiler.rehydration import played_anew

FLOW = """
start: colour
variables: {colour: string, size: string, topic: string}
nodes:
  colour: {type: question, text: "Which colour?", input: choice, choices: [red, blue],
           variable: colour, next: size}
  size: {type: question, text: "Which size?", variable: size, next: bye}
  bye: {type: end, text: "{{ colour }}, {{ size }}"}
  help:
    type: interrupt
    words: [help]
    nodes:
      what: {type: question, text: "Help with what?", variable: topic, next: told}
      told: {type: message, text: "I know nothing of {{ topic }}.", next: on}
      on: {type: leave}
"""


def clicked(node: str, value: str) -> dict[str, Any]:
    return {"event": "message", "data": {"value": value, "node": node}}


def test_a_button_of_an_earlier_question_does_not_answer_the_next_one() -> None:
    script = [clicked("colour", "red"), clicked("colour", "blue"), "XL"]
    assert said(played_anew(FLOW, *script)) == ["Which colour?", "Which size?", "red, XL"]


def test_it_is_no_attempt_to_answer_and_whoever_watches_is_told() -> None:
    text = FLOW.replace("variable: size,", "variable: size, min_length: 2, retries: 1,").replace(
        "next: bye}", "next: bye, on: {fallback: bye}}"
    )
    played = played_anew(text, "red", "x", *[clicked("colour", "blue")] * 3, "XL")
    assert said(played)[-1] == "red, XL"
    incidents = [one.message for turn in played for one in turn.macrostep.incidents]
    assert incidents == ["stale: an answer names a node that does not ask just now"] * 3


def test_a_button_of_the_question_that_stands_still_does_not_answer_the_interrupt() -> None:
    script = ["help", clicked("colour", "red"), "colours"]
    assert said(played_anew(FLOW, *script)) == [
        "Which colour?",
        "Help with what?",
        "I know nothing of colours.",
        "Which colour?",
    ]
    assert talk(FLOW, *script, clicked("colour", "red"), "S")[-1] == "red, S"


def test_a_button_of_an_interrupt_that_is_over_answers_nothing() -> None:
    script = ["help", clicked("what", "colours"), clicked("what", "sizes"), "red"]
    assert talk(FLOW, *script)[-2:] == ["Which colour?", "Which size?"]


def test_a_button_that_is_clicked_too_late_answers_nothing_that_is_asked_later_on() -> None:
    text = """
start: round
variables: {colour: string}
nodes:
  round:
    type: loop
    times: 2
    nodes:
      colour: {type: question, text: "Which colour?", variable: colour, next: wait}
      wait: {type: delay, duration: 1m, next: again}
      again: {type: continue}
    next: bye
  bye: {type: end, text: "{{ colour }}"}
"""
    script = ["red", clicked("colour", "blue"), {"advance": "1m"}]
    assert talk(text, *script) == ["Which colour?", "Which colour?"]
    assert talk(text, *script, "green", {"advance": "1m"})[-1] == "green"


def test_what_is_said_without_a_button_is_for_whatever_asks() -> None:
    unnamed = {"event": "message", "data": {"text": "XL", "node": None}}
    assert talk(FLOW, clicked("colour", "red"), unnamed)[-1] == "red, XL"


@pytest.mark.parametrize("node", [7, ["size"], {"size": 1}, ""])
def test_what_names_a_node_in_an_odd_way_is_no_error(node: Any) -> None:
    odd = {"event": "message", "data": {"text": "XL", "node": node}}
    assert talk(FLOW, "red", odd, "S")[-1] == "red, S"


def test_an_acknowledgement_names_its_message() -> None:
    text = """
start: one
nodes:
  one: {type: message, text: One, wait: true, next: two}
  two: {type: message, text: Two, wait: true, next: bye}
  bye: {type: end, text: Bye}
"""
    seen = {"event": "acknowledge", "data": {"node": "one"}}
    assert talk(text, seen, seen) == ["One", "Two"]
    assert talk(text, seen, seen, {"event": "acknowledge"})[-1] == "Bye"


def test_of_parallel_questions_each_takes_what_names_it_and_nobody_else_what_names_none_of_them() -> (
    None
):
    text = """
start: both
variables: {a: string, b: string}
nodes:
  both:
    type: parallel
    regions:
      left: {nodes: {qa: {type: question, text: A, variable: a, next: la}, la: {type: leave}}}
      right: {nodes: {qb: {type: question, text: B, variable: b, next: lb}, lb: {type: leave}}}
    next: bye
  bye: {type: end, text: "{{ a }} {{ b }}"}
"""
    script = [clicked("qb", "2"), clicked("qb", "3"), clicked("other", "4"), "1"]
    assert said(played_anew(text, *script)) == ["A", "B", "1 2"]
