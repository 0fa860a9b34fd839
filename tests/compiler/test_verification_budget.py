"""What is known although the budget was spent: all that has nothing to do with what was left out."""

from __future__ import annotations

from statewright import compiler
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.questions import (
    EnterState,
    GetStuck,
    Impossible,
    LoseTheEnd,
    Possible,
    TakeTransition,
    Undecided,
)
from statewright.compiler.verification.verification import Verification, verified
from tests.compiler.conversations import compiled

NAMES = tuple("abcdefgh")

VAST = (
    """
start: way
variables: {w: string, """
    + ", ".join(f"{name}: {{type: int, default: 0, maximum: 40}}" for name in NAMES)
    + """, sure: bool}
nodes:
  way: {type: question, text: Where?, choices: [left, right], variable: w, next: fork}
  fork: {type: condition, branches: [{if: "w == 'left'", to: TRAP}, {if: "w != 'left' && w != 'right'", to: up}], else: a0}
  up: {type: message, text: Up., next: bye}
  trap: {type: question, text: Sure?, input: boolean, variable: sure, next: never}
  never: {type: condition, branches: [{if: "sure && !sure", to: bye}], else: trap}
"""
    + "".join(
        f"  {name}0: {{type: question, text: More?, choices: [yes, no], next: {name}1}}\n"
        f"  {name}1: {{type: set, actions: [{{increment: {name}}}], next: {name}2}}\n"
        f"  {name}2: {{type: condition, branches: [{{if: '{name} < {7 + number}', to: NEXT}}], else: end}}\n".replace(
            "NEXT", f"{NAMES[(number + 1) % len(NAMES)]}0" if number < len(NAMES) - 1 else "a0"
        )
        for number, name in enumerate(NAMES)
    )
    + """
  end: {type: condition, branches: [{if: "a + b + c + d + e + f + g + h == 999", to: far}], else: bye}
  far: {type: message, text: Far., next: bye}
  bye: {type: end}
"""
)


def hurried(text: str, steps: int = 60) -> Verification:
    verification = verified(compiled(text).statechart, Budget(steps=steps, broad=steps))
    verification.refining = None
    return verification


def test_a_trap_is_told_though_the_rest_was_not_gone_through() -> None:
    verification = hurried(VAST.replace("TRAP", "trap"))
    assert "budget" in verification.hindrance
    (lost,) = verification.lost()
    assert lost.state.startswith("trap")
    assert isinstance(verification.answer(lost), Possible)


def test_where_something_is_left_out_nothing_is_lost() -> None:
    verification = hurried(VAST.replace("TRAP", "a0"))
    assert verification.lost() == ()
    assert verification.stuck() == ()
    assert isinstance(verification.answer(LoseTheEnd("a0/~wait")), Undecided)
    assert isinstance(verification.answer(GetStuck("a0/~wait")), Undecided)


def test_what_nothing_leads_to_from_what_was_left_out_is_decided() -> None:
    verification = hurried(VAST.replace("TRAP", "trap"))
    assert isinstance(verification.answer(EnterState("up")), Impossible)
    assert isinstance(verification.answer(EnterState("far")), Undecided)


def test_the_findings_of_a_vast_flow_name_the_trap() -> None:
    compilation = compiler.compile(compiled(VAST.replace("TRAP", "trap")).flow)
    findings = compiler.verify(compilation, Budget(steps=60, broad=60)).findings
    assert ("C203", "trap") in {(one.code, one.node) for one in findings}


CROWDED = """
start: ask
variables:
  word: string
  one: {type: int, scope: contact, maximum: 900}
  two: {type: int, scope: contact, maximum: 900}
  three: {type: int, scope: tenant, maximum: 900}
nodes:
  ask: {type: question, text: "?", variable: word, next: look}
  look:
    type: condition
    branches: [{if: "word == 'sum'", to: sum}, {if: "word == 'stop'", to: bye}]
    else: ask
  sum:
    type: condition
    branches: [{if: "contact.one + contact.two > tenant.three && contact.one in [LIST] && contact.two in [LIST] && tenant.three in [LIST]", to: much}]
    else: ask
    on_error: {fallback: bye}
  much: {type: message, text: Much., next: bye}
  bye: {type: end}
"""


def test_each_line_has_its_turn_whatever_there_is_to_be_combined_by_another() -> None:
    text = CROWDED.replace("LIST", ", ".join(map(str, range(0, 60, 4))))
    verification = verified(compiled(text).statechart, Budget(steps=2_000))
    assert "budget" in verification.hindrance
    for number in range(3):
        assert isinstance(verification.answer(TakeTransition(f"look#{number}")), Possible), number
