"""What is offered may depend on the way on which a question is met; all of it is tried."""

from __future__ import annotations

from statewright import compiler
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
