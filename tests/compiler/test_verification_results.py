"""What is answered from outside may be of any form: a whole, a part of one, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from statewright import compiler
from statewright.compiler.findings import Verdict
from statewright.compiler.verification.questions import Possible, TakeTransition
from statewright.flows import parse
from tests.compiler.conversations import compiled, talk

ANSWERED = """
start: look
variables: {s: SAVED, city: {type: string, default: ""}}
nodes:
  look: {LOOK, next: judge, on: {error: bye}}
  judge: {type: condition, branches: [{if: "GUARD", to: seen}], else: bye}
  seen: {type: message, text: "Seen {{ s }}.", next: bye}
  bye: {type: end, text: Bye.}
"""
ACTION = "type: action, action: look, wait: true"
WHOLE = f"{ACTION}, save: {{s: result}}"
PERHAPS = f"{ACTION}, save: {{s: result, city: \"type(result) == map ? result.city : ''\"}}"


@pytest.mark.parametrize(
    ("look", "saved", "guard", "answered"),
    [
        (WHOLE, "string", "s != ''", "x"),
        (WHOLE, "string", "has(vars.s)", "x"),
        (WHOLE, "int", "s > 3", 7),
        (WHOLE, "list", "size(s) == 1", [1]),
        (PERHAPS, "any", "type(s) == int && s > 4", 7),
    ],
)
def test_a_result_may_be_a_whole_without_parts(
    look: str, saved: str, guard: str, answered: Any
) -> None:
    text = ANSWERED.replace("SAVED", saved).replace("LOOK", look).replace("GUARD", guard)
    told = {(one.code, one.node) for one in compiler.verify(compiled(text)).findings}
    assert not told & {("C205", "seen"), ("C205", "judge"), ("G310", "judge")}
    assert any("Seen" in one for one in talk(text, {"result": "look", "data": answered}))


APPROVED = """
start: ask
variables: {said: string}
nodes:
  ask:
    type: approval
    request: May I?
    save: {said: "decision.?comment.orValue('')"}
    next: judge
    on: {rejected: bye}
  judge: {type: condition, branches: [{if: said == 'go on', to: on}, {if: said == 'stop', to: bye}], else: bye}
  on: {type: message, text: Going on., next: bye}
  bye: {type: end, text: Bye.}
"""


def test_parts_of_an_answer_are_tried_together_whatever_else_it_may_bring() -> None:
    told = {(one.code, one.node) for one in compiler.verify(compiled(APPROVED)).findings}
    assert told == {("I507", "ask")}
    decided = {"event": "approval.decided", "data": {"approved": True, "comment": "go on"}}
    assert talk(APPROVED, decided) == ["Going on.", "Bye."]


def test_they_are_even_where_another_flow_is_run_before() -> None:
    inner = parse(
        "statewright: 1\nid: in\nstart: a\nnodes:\n"
        "  a: {type: question, text: Q?, retries: 0, pattern: x, next: b, on: {fallback: c}}\n"
        "  b: {type: end, outcome: fine}\n  c: {type: end, outcome: lost, failed: true}\n"
    )
    text = APPROVED.replace("start: ask", "start: sub").replace(
        "nodes:\n",
        "nodes:\n  sub: {type: subflow, flow: in, next: ask, on: {lost: bye, error: bye}}\n",
    )
    flow = parse(f"statewright: 1\nid: test\n{text}")
    compilation = compiler.compile(replace(flow, subflows={"in": inner}))
    told = {(one.code, one.node) for one in compiler.verify(compilation).findings}
    assert not told & {("G310", "judge"), ("C205", "on")}


def test_the_same_holds_where_several_wait_for_the_same() -> None:
    text = """
start: both
variables: {said: string, over: {type: bool, default: false}}
nodes:
  both:
    type: parallel
    next: bye
    regions:
      left:
        nodes:
          other: {type: approval, request: And I?, next: mark, on: {rejected: away}}
          mark: {type: set, actions: [{set: over, to: true}], next: away}
          away: {type: leave}
      right:
        nodes:
          ask:
            type: approval
            request: May I?
            save: {said: "decision.?comment.orValue('')"}
            next: judge
            on: {rejected: out}
          judge: {type: condition, branches: [{if: said == 'go on' && !over, to: on}], else: out}
          on: {type: message, text: Going on., next: out}
          out: {type: leave}
  bye: {type: end, text: Bye.}
"""
    told = {(one.code, one.node) for one in compiler.verify(compiled(text)).findings}
    assert told == {("I507", "ask"), ("I507", "other")}
    decided = {"approved": True, "comment": "go on", "node": "ask"}
    assert talk(text, {"event": "approval.decided", "data": decided}) == ["Going on."]


@pytest.mark.parametrize(
    "items",
    [
        "{type: list, of: {type: object, fields: {sku: string, count: int, kind: {type: enum, values: [book, toy]}}}}",
        "list",
    ],
    ids=["declared", "not declared"],
)
def test_lists_of_things_with_parts_are_gone_through(items: str) -> None:
    text = f"""
start: load
variables: {{items: {items}}}
nodes:
  load:
    type: http
    url: https://api.example.com/items
    save: {{items: response.body.items}}
    success: each
    error: bye
  each:
    type: loop
    each: items
    item: item
    limit: 20
    next: bye
    nodes:
      check:
        type: condition
        branches: [{{if: "item.count > 3", to: many}}, {{if: "item.kind == 'toy'", to: toy}}]
        else: on
      many: {{type: message, text: "Many of {{{{ item.sku }}}}.", next: on}}
      toy: {{type: message, text: "A toy: {{{{ item.sku }}}}.", next: on}}
      on: {{type: continue}}
  bye: {{type: end, text: Bye.}}
"""
    told = {one.code for one in compiler.verify(compiled(text)).findings}
    assert not told & {"C205", "C206", "G310"}


def test_a_form_may_be_sent_whatever_its_fields_ask_for() -> None:
    text = """
start: details
variables: {person: map}
nodes:
  details:
    type: form
    fields:
      age: {text: Age?, input: integer}
      day: {text: Day?, input: date}
      name: {text: Name?}
    variable: person
    next: bye
  bye: {type: end, text: Bye.}
"""
    verification = compiler.verify(compiled(text)).verification
    assert verification is not None
    assert isinstance(verification.answer(TakeTransition("details/~flow#0")), Possible)


MODEL = """
start: ask
variables: {kind: string, n: int, sure: bool, rest: any}
nodes:
  ask:
    type: llm
    model: small
    prompt: "Which kind?"
    timeout: 10s
    schema:
      type: object
      required: [kind, sure]
      properties:
        kind: {type: string, enum: [a, b]}
        n: {type: integer, minimum: 1, maximum: 3}
        sure: {type: boolean}
        note: {type: string}
    save: {kind: answer.kind, n: answer.?n.orValue(0), sure: answer.sure, rest: answer.?note.orValue(null)}
    next: judge
    on: {error: bye}
  judge: {type: condition, branches: [{if: "GUARD", to: seen}], else: bye}
  seen: {type: end, text: Seen.}
  bye: {type: end, text: Bye.}
"""


@pytest.mark.parametrize(
    "guard",
    [
        *("kind == 'a'", "kind == 'b' && n == 3", "n == 0 && sure", "!sure && kind != 'a'"),
        *("n > 1 && n < 3", "rest == 'x'", "rest == null", "rest != null && rest.startsWith('q')"),
    ],
)
def test_a_language_model_answers_anything_that_fits_the_schema(guard: str) -> None:
    assert "G310" not in _judged(MODEL.replace("GUARD", guard))


@pytest.mark.parametrize(
    "guard", ["kind == 'c'", "kind != 'a' && kind != 'b'", "n == 4", "n < 0", "rest == 7"]
)
def test_a_language_model_answers_nothing_that_does_not_fit_the_schema(guard: str) -> None:
    assert _judged(MODEL.replace("GUARD", guard))["G310"] is not Verdict.VIOLATED


@pytest.mark.parametrize("guard", ["kind == 'c'", "kind != 'a' && kind != 'b'"])
def test_that_is_proved_where_all_answers_are_tried(guard: str) -> None:
    start, end = MODEL.index("n: answer."), MODEL.index("}", MODEL.index("n: answer."))
    text = f"{MODEL[:start].rstrip(', ')}{MODEL[end:]}".replace("GUARD", guard)
    assert _judged(text)["G310"] is Verdict.PROVED


def _judged(text: str) -> dict[str, Verdict | None]:
    return {one.code: one.verdict for one in compiler.verify(compiled(text)).findings}
