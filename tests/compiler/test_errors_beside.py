"""Errors where several things go on at once: what is around the place of one answers it."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import said
from tests.compiler.rehydration import played_anew

BESIDE = """
start: both
variables: {n: {type: int, default: 1}, many: {type: dyn, default: x}, a: string, go: string}
SETTINGS
nodes:
  both:
    type: parallel
    regions:
      left:
        nodes:
          l0: {type: question, text: "Go?", variable: go, next: l1}
          l1: {type: set, actions: [{set: n, to: "{{ many }}"}], next: l2}
          l2: {type: leave}
      right:
        nodes:
          RIGHT
          l4: {type: leave}
    next: bye
  bye: {type: end, text: "Bye"}
  sorry: {type: end, text: "Sorry, {{ error.node }}"}
"""
TRY = """safe:
            type: try
            nodes: {q: {type: question, text: "Name?", variable: a, next: l}, l: {type: leave}}
            catch:
              - errors: [any]
                nodes: {c: {type: message, text: "caught", next: l3}, l3: {type: leave}}
            next: l4"""
POLICY = """q: {type: question, text: "Name?", variable: a, next: l4, on_error: {fallback: z}}
          z: {type: message, text: "fell", next: l4}"""
AGAIN = 'q: {type: question, text: "Name?", variable: a, next: l4, on_error: {retry: 2}}'
FALLBACK = "settings: {on_error: fallback, fallback: sorry}"


def without_a_fallback(text: str) -> str:
    lines = text.replace("SETTINGS", "").splitlines(keepends=True)
    return "".join(line for line in lines if "  sorry:" not in line)


@pytest.mark.parametrize("right", [TRY, POLICY, AGAIN])
def test_a_region_does_not_answer_the_errors_of_another_one(right: str) -> None:
    text = BESIDE.replace("RIGHT", right)
    played = played_anew(text.replace("SETTINGS", FALLBACK), "x")
    assert said(played) == ["Go?", "Name?", "Sorry, l1"]
    assert played_anew(without_a_fallback(text), "x")[-1].status == "failed"


def test_what_is_around_all_regions_answers_the_errors_of_each() -> None:
    text = BESIDE.replace("RIGHT", TRY).replace("SETTINGS", "")
    text = text.replace("    type: parallel", "    type: parallel\n    on_error: {fallback: sorry}")
    assert said(played_anew(text, "x"))[-1] == "Sorry, l1"


INTERRUPTED = """
start: safe
variables: {a: string, n: {type: int, default: 1}, many: {type: dyn, default: x}}
settings: {on_error: fallback, fallback: sorry}
nodes:
  safe:
    type: try
    nodes: {q: {type: question, text: "Name?", variable: a, next: l}, l: {type: leave}}
    catch:
      - errors: [any]
        nodes: {c: {type: message, text: "caught {{ error.node }}", next: l3}, l3: {type: leave}}
    next: bye
  bye: {type: end, text: Bye}
  sorry: {type: question, text: "Sorry, {{ error.node }}", variable: a, next: bye}
  help:
    type: interrupt
    words: [help]
    nodes:
      BODY
      back: {type: leave}
"""
FAILING = "count: {type: set, actions: [{set: n, to: '{{ many }}'}], next: back}"
ANSWERING = """own:
        type: try
        nodes:
          count: {type: set, actions: [{set: n, to: '{{ many }}'}], next: t}
          t: {type: leave}
        catch:
          - errors: [expression]
            nodes: {m: {type: message, text: "In there.", next: u}, u: {type: leave}}
        next: back"""


def test_a_conversation_that_stands_still_does_not_answer_the_errors_of_an_interrupt() -> None:
    played = played_anew(INTERRUPTED.replace("BODY", FAILING), "help", "x")
    assert said(played) == ["Name?", "Sorry, count", "Bye"]


def test_an_interrupt_answers_its_own_errors_and_comes_back() -> None:
    played = played_anew(INTERRUPTED.replace("BODY", ANSWERING), "help", "Ada")
    assert said(played) == ["Name?", "In there.", "Name?", "Bye"]


RAISING = """l1:
            type: try
            nodes:
              inner:
                type: try
                nodes:
                  s: {type: set, actions: [{set: n, to: '{{ many }}'}], next: e}
                  e: {type: leave}
                catch: [{errors: [timeout], nodes: {t: {type: leave}}}]
                finally: {nodes: {f: {type: message, text: "At last.", next: g}, g: {type: leave}}}
                next: h
              h: {type: leave}
            catch:
              - errors: [expression]
                nodes:
                  o: {type: message, text: "outer {{ error.node }}", next: p}
                  p: {type: leave}
            next: l2"""


def test_an_error_that_is_told_once_more_is_still_of_its_place() -> None:
    """The inner try raises again what it does not answer; the outer one of that region takes it."""
    failing = 'l1: {type: set, actions: [{set: n, to: "{{ many }}"}], next: l2}'
    text = without_a_fallback(BESIDE.replace("RIGHT", TRY)).replace(failing, RAISING)
    assert said(played_anew(text, "x", "Ada")) == ["Go?", "Name?", "At last.", "outer s", "Bye"]


def test_a_request_that_is_too_late_leaves_by_its_own_port() -> None:
    text = BESIDE.replace("RIGHT", TRY).replace(
        'l1: {type: set, actions: [{set: n, to: "{{ many }}"}], next: l2}',
        "l1: {type: http, url: 'https://api.example.com', timeout: 1m, success: l2, error: l2}",
    )
    played = played_anew(without_a_fallback(text), "x", {"advance": "2m"}, "Ada")
    assert said(played) == ["Go?", "Name?", "Bye"]
