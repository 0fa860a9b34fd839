"""How often a loop goes round, where nobody knows how long the list is."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler.verification.questions import EnterState, Impossible, Possible
from statewright.compiler.verification.verification import Verification, verified
from tests.compiler.conversations import compiled

COUNTING = """
start: each
variables: {over: {type: TYPE, input: true, default: DEFAULT}, n: {type: int, default: 0}}
nodes:
  each:
    type: loop
    OVER
    limit: LIMIT
    next: look
    on: {limit: many}
    nodes:
      count: {type: set, actions: [{increment: n}], next: again}
      again: {type: continue}
  look:
    type: condition
    branches: [{if: "n == LAST", to: last}, {if: "n > LAST", to: more}, {if: "n == 0", to: none}]
    else: bye
  last: {type: message, text: Last., next: bye}
  more: {type: message, text: More., next: bye}
  none: {type: message, text: None., next: bye}
  many: {type: message, text: Many., next: bye}
  bye: {type: end}
"""


def counting(over: str, limit: int, last: int) -> Verification:
    kind, default, what = {
        "list": ("list", "[]", "each: over"),
        "int": ("int", "0", "times: over"),
    }[over]
    text = COUNTING.replace("TYPE", kind).replace("DEFAULT", default).replace("OVER", what)
    text = text.replace("LIMIT", str(limit)).replace("LAST", str(last))
    return verified(compiled(text).statechart)


@pytest.mark.parametrize("over", ["list", "int"])
def test_of_few_rounds_each_number_is_tried(over: str) -> None:
    verification = counting(over, 4, 4)
    for state in ("last", "none", "many"):
        assert isinstance(verification.answer(EnterState(state)), Possible), state
    assert isinstance(verification.answer(EnterState("more")), Impossible)


def test_of_many_rounds_nothing_is_claimed() -> None:
    verification = counting("list", 30, 17)
    for state in ("last", "more", "many"):
        assert not isinstance(verification.answer(EnterState(state)), Impossible), state


def test_what_the_elements_are_is_not_taken_as_known() -> None:
    text = """
start: each
variables: {xs: {type: list, input: true, default: []}, n: {type: int, default: 0}}
nodes:
  each:
    type: loop
    each: xs
    item: x
    limit: 4
    next: look
    on: {limit: bye}
    start: is_b
    nodes:
      is_b: {type: condition, branches: [{if: "x == 'b'", to: count}], else: again}
      count: {type: set, actions: [{increment: n}], next: again}
      again: {type: continue}
  look: {type: condition, branches: [{if: "n == 2", to: two}], else: bye}
  two: {type: message, text: Two., next: bye}
  bye: {type: end}
"""
    answer = verified(compiled(text).statechart).answer(EnterState("two"))
    assert not isinstance(answer, Impossible)


def test_where_a_limit_leads_is_drawn_for_lists_that_nobody_has_yet() -> None:
    text = COUNTING.replace("TYPE", "list").replace("DEFAULT", "[]").replace("OVER", "each: over")
    text = text.replace("LIMIT", "1000").replace("LAST", "2")
    findings = compiler.verify(compiled(text)).findings
    assert ("C205", "many") not in {(one.code, one.node) for one in findings}
