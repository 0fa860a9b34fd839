"""What is in doubt in one place casts none on others."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import replace

from statewright import compiler
from statewright.compiler import Verdict
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.questions import EnterState, Impossible, Undecided
from statewright.compiler.verification.verification import verified
from statewright.statechart import Statechart, macrostep
from statewright.statechart import start as begin
from statewright.statechart.snapshot import Status
from tests.compiler.conversations import compiled
from tests.compiler.test_solving import NUMBERS, relating_flow
from tests.compiler.test_verification import _events, _plain

APART = """
start: menu
variables: {n: {type: int, default: 0}, a: {type: int, default: 0}, t: {type: string, default: ""}}
nodes:
  menu:
    type: question
    text: What now?
    choices: [{value: square, to: ask}, {value: trap, to: trap}, {value: word, to: word}]
  ask: {type: question, text: N?, input: integer, variable: n, next: square}
  square: {type: condition, branches: [{if: "n * n == n + n * 7", to: lucky}], else: bye}
  lucky: {type: end, text: Lucky!}
  trap: {type: question, text: Size?, variable: which, pattern: "^[0-9]+$", next: bye}
  word: {type: question, text: Word?, input: integer, variable: a, next: early}
  early: {type: condition, branches: [{if: "a < 3", to: small}], else: big}
  small: {type: condition, branches: [{if: "a > 5", to: never}], else: bye}
  big: {type: message, text: Big., next: bye}
  never: {type: message, text: Never., next: bye}
  bye: {type: end, text: "Bye."}
""".replace("t: {type: string", "which: {type: string, values: [small, large]}, t: {type: string")


def test_a_trap_beside_what_is_in_doubt_is_found_with_a_conversation() -> None:
    compilation = compiler.verify(compiled(APART))
    (trap,) = [one for one in compilation.findings if one.code == "C204"]
    assert (trap.node, trap.verdict) == ("trap", Verdict.VIOLATED)
    assert trap.witness is not None


def test_what_is_in_doubt_does_not_make_a_node_a_trap() -> None:
    text = APART.replace("else: bye}\n  lucky", "else: ask}\n  lucky")
    told = {(one.code, one.node) for one in compiler.verify(compiled(text)).findings}
    assert told >= {("C204", "trap")}
    assert ("C203", "ask") not in told
    assert ("C204", "ask") not in told


SPOKEN = """
start: hello
locale: en
locales: {es: {nodes: {hello: {text: Hola.}, bye: {text: Adiós.}}}}
variables: {which: {type: string, values: [small, large], default: small}}
nodes:
  hello: {type: message, text: Hello., next: trap}
  trap: {type: question, text: "Size?", variable: which, pattern: "^[0-9]+$", next: bye}
  bye: {type: end, text: "Bye."}
"""


def test_what_is_in_doubt_at_the_beginning_is_not_asked_again() -> None:
    told = {(one.code, one.node) for one in compiler.verify(compiled(SPOKEN)).findings}
    assert ("C204", "trap") in told


COUNTED = """
start: a
variables: {n: {type: int, default: 0}, m: {type: int, default: 0}}
nodes:
  a: {type: question, text: N?, input: integer, variable: n, next: low}
  low: {type: condition, branches: [{if: "n < 5", to: less}], else: calc}
  less: {type: condition, branches: [{if: "n > 9", to: dead}], else: bye}
  dead: {type: message, text: Dead., next: bye}
  calc: {type: set, actions: [{set: m, to: "{{ n * n }}"}], next: high}
  high: {type: condition, branches: [{if: "m == 17", to: odd}], else: bye}
  odd: {type: message, text: Odd., next: bye}
  bye: {type: end, text: "Bye."}
"""


def test_what_nothing_in_doubt_leads_to_is_proved() -> None:
    verification = compiler.verify(compiled(COUNTED)).verification
    assert verification is not None
    assert isinstance(verification.answer(EnterState("dead")), Impossible)
    assert isinstance(verification.answer(EnterState("odd")), Undecided)


def plainly_lost(chart: Statechart, limit: int) -> set[str] | None:
    """Where a session may rest and never end; None where that takes too long."""
    first = begin(chart, session="s", seed="s", now=0).snapshot
    if first.status is not Status.ACTIVE:
        return set()
    before: dict[str, set[str]] = {_plain(first): set()}
    rests = {_plain(first): first.configuration[-1]}
    ended: set[str] = set()
    waiting = deque([first])
    while waiting:
        snapshot = waiting.popleft()
        own = _plain(snapshot)
        for event in _events(snapshot, (*NUMBERS, "none of that")):
            after = macrostep(chart, snapshot, event).snapshot
            if after.status is Status.COMPLETED:
                ended.add(own)
            if after.status is not Status.ACTIVE:
                continue
            key = _plain(after)
            if key not in before:
                if len(before) > limit:
                    return None
                before[key], rests[key] = set(), after.configuration[-1]
                waiting.append(after)
            before[key].add(own)
    saved, left = set(ended), list(ended)
    while left:
        for key in before[left.pop()] - saved:
            saved.add(key)
            left.append(key)
    return {state for key, state in rests.items() if key not in saved}


def test_what_is_said_to_be_lost_is_lost() -> None:
    chance = random.Random(5)
    told = 0
    for _ in range(30):
        text = relating_flow(chance)
        chart = replace(compiled(text).statechart, limit=60)
        plain = plainly_lost(chart, 300)
        if plain is None:
            continue
        verification = verified(chart, Budget(steps=1_500))
        found = {one.state for one in verification.lost()}
        assert found <= plain, text
        told += bool(found and verification.hindrance)
    assert told
