"""What is offered may depend on the way on which a question is met; all of it is tried."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler.findings import Verdict
from statewright.compiler.verification.questions import EnterState, Possible
from statewright.compiler.verification.verification import verified
from tests.compiler.conversations import compiled, talk

HEAD = """
start: which
variables:
  fruit: bool
  options: {type: list, default: []}
  pick: string
nodes:
  which: {type: question, input: boolean, text: Fruit?, variable: fruit, next: fill}
  fill:
    type: condition
    branches: [{if: fruit, to: fruits}]
    else: parts
  fruits: {type: set, actions: [{set: options, to: [apple, pear]}], next: both}
  parts: {type: set, actions: [{set: options, to: [nut, bolt]}], next: both}
"""

FORGOTTEN = f"""{HEAD}
  both:
    type: parallel
    next: judge
    regions:
      left:
        nodes:
          first: {{type: question, text: Ready?, input: boolean, next: forget}}
          forget: {{type: set, actions: [{{set: options, to: []}}], next: left_over}}
          left_over: {{type: leave}}
      right:
        nodes:
          ask: {{type: question, text: Which?, choices_from: options, variable: pick, next: right_over}}
          right_over: {{type: leave}}
  judge:
    type: condition
    branches: [{{if: "pick.endsWith('t')", to: metal}}]
    else: bye
  metal: {{type: end, text: Metal.}}
  bye: {{type: end}}
"""
"""Where the second question is asked alone, only what it offers tells the two ways apart."""


def codes(text: str) -> set[tuple[str, str]]:
    return {(one.code, one.node) for one in compiler.verify(compiled(text)).findings}


def test_choices_of_all_ways_are_tried_where_ways_have_become_one() -> None:
    assert codes(FORGOTTEN) == set()
    assert talk(FORGOTTEN, "no", "yes", "bolt")[-1] == "Metal."


def test_a_question_that_waits_for_another_one_is_answered_first() -> None:
    text = """
start: both
variables: {p: string, q: int, over: {type: bool, default: false}}
nodes:
  both:
    type: parallel
    next: bye
    regions:
      left:
        nodes:
          first: {type: question, text: First?, choices: [a, b], variable: p, next: judge}
          judge: {type: condition, branches: [{if: over, to: late}], else: left_over}
          late: {type: message, text: Late., next: left_over}
          left_over: {type: leave}
      right:
        nodes:
          second: {type: question, text: Second?, choices_from: "[1, 2]", variable: q, next: mark}
          mark: {type: set, actions: [{set: over, to: true}], next: right_over}
          right_over: {type: leave}
  bye: {type: end}
"""
    assert codes(text) == set()
    answer = {"event": "message", "data": {"value": 2, "node": "second"}}
    assert "Late." in talk(text, answer, "a")


def test_all_of_many_choices_are_tried() -> None:
    text = f"""
start: ask
variables: {{pick: string}}
nodes:
  ask: {{type: question, text: Which?, choices: [{", ".join(f"v{n}" for n in range(70))}], variable: pick, next: judge}}
  judge: {{type: condition, branches: [{{if: pick == 'v69', to: last}}], else: bye}}
  last: {{type: end, text: The last.}}
  bye: {{type: end}}
"""
    assert ("G310", "judge") not in codes(text)
    assert talk(text, "v69")[-1] == "The last."


def test_a_choice_whose_name_is_typed_may_be_heard_as_something_else() -> None:
    text = """
start: ask
nodes:
  help: {type: interrupt, words: [stop], nodes: {stopped: {type: end, text: Stopped.}}}
  ask: {type: question, text: Which?, choices: [{value: one, label: stop}, two], next: bye}
  bye: {type: end}
"""
    assert codes(text) == {("I504", "ask")}
    assert talk(text, "stop")[-1] == "Stopped."


def several(guard: str, choices: str = "tea, coffee, milk", more: str = "") -> str:
    return f"""
start: ask
variables: {{drinks: list}}
nodes:
  ask: {{type: question, text: Which?, input: multiple_choice, choices: [{choices}], variable: drinks, next: judge{more}}}
  judge: {{type: condition, branches: [{{if: "{guard}", to: taken}}], else: bye}}
  taken: {{type: end, text: Taken.}}
  bye: {{type: end}}
"""


@pytest.mark.parametrize(
    "guard",
    [
        "drinks == ['milk', 'tea']",
        "drinks[0] == 'milk' && size(drinks) == 2",
        "size(drinks) > 1 && drinks[size(drinks) - 1] == 'tea'",
    ],
)
def test_several_choices_are_kept_in_the_order_in_which_they_are_named(guard: str) -> None:
    text = several(guard)
    assert codes(text) == set()
    assert talk(text, "milk and tea")[-1] == "Taken."


def test_a_choice_that_is_named_twice_is_kept_once() -> None:
    text = several("size(drinks) == 2 && drinks[0] == drinks[1]")
    assert verdicts(text) == {("G310", Verdict.PROVED)}
    assert talk(text, "tea, tea")[-1] != "Taken."


def test_a_rule_is_broken_by_choices_in_another_order() -> None:
    text = (
        several("size(drinks) > 0")
        + "rules: {order: {never: \"drinks == ['milk', 'tea']\", at: taken}}\n"
    )
    assert ("T801", Verdict.VIOLATED) in verdicts(text)


@pytest.mark.parametrize(
    "guard", ["drinks == ['e', 'a']", "size(drinks) == 2 && drinks[0] == 'e'", "drinks[1] == 'e'"]
)
def test_of_many_choices_nothing_is_proved_that_depends_on_which_are_named(guard: str) -> None:
    text = several(guard, "a, b, c, d, e, f", ", minimum: 2")
    assert ("G310", Verdict.UNDECIDED) in verdicts(text)
    assert talk(text, "e, a" if "1" not in guard else "a, e")[-1] == "Taken."


def test_of_many_choices_as_many_are_named_as_have_to_be() -> None:
    text = several("'a' in drinks", "a, b, c, d, e, f", ", minimum: 2, maximum: 3")
    assert codes(text) == set()


def verdicts(text: str) -> set[tuple[str, Verdict]]:
    found = compiler.verify(compiled(text)).findings
    return {(one.code, one.verdict) for one in found}


def test_a_size_that_is_not_allowed_is_no_contradiction() -> None:
    text = """
start: ask
variables: {d: list}
nodes:
  ask: {type: question, text: Which?, input: multiple_choice, choices: [tea, coffee, milk], variable: d, maximum: 2, next: none}
  none: {type: condition, branches: [{if: size(d) == 0, to: bye}], else: all}
  all: {type: condition, branches: [{if: size(d) == 3, to: bye}], else: first}
  first: {type: condition, branches: [{if: "d[0] == 'milk' && size(d) == 2", to: bye}], else: same}
  same: {type: condition, branches: [{if: "size(d) == 2 && d[0] == d[1]", to: bye}], else: beer}
  beer: {type: condition, branches: [{if: "'beer' in d || 'tea' in d", to: bye}], else: both}
  both: {type: condition, branches: [{if: "d == ['milk', 'coffee']", to: bye}], else: bye}
  bye: {type: end}
"""
    found = {(one.code, one.node) for one in compiler.verify(compiled(text)).findings}
    assert ("G305", "all") not in found
    assert ("G310", "all") in found


SEVERAL = """
start: a
variables: {d: list, e: list, f: list}
nodes:
  a: {type: question, text: "?", input: multiple_choice, choices: [a, b, c, d], variable: d, next: b}
  b: {type: question, text: "?", input: multiple_choice, choices: [a, b, c, d], variable: e, next: c}
  c: {type: question, text: "?", input: multiple_choice, choices: [a, b, c, d], variable: f, next: look}
  look: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: "{{ d.join(', ') }}"}
  other: {type: end}
"""


@pytest.mark.parametrize(
    ("guard", "most"),
    [
        ("'a' in d && 'b' in e && 'c' in f", 100),
        ("size(d) == 2 && size(e) == 3 && !('c' in f)", 300),
        ("d[0] == 'd' && e[0] == 'c' && f[1] == 'a'", 1_000),
    ],
)
def test_several_choices_are_alike_where_nothing_tells_them_apart(guard: str, most: int) -> None:
    verification = verified(compiled(SEVERAL.replace("GUARD", guard)).statechart)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)
    assert not verification.hindrance
    assert verification.spent < most
