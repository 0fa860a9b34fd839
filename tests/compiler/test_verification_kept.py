"""A value that becomes another one where it is kept, or that comes another way, is not overlooked."""

from __future__ import annotations

import os
import random

import pytest

from statewright import compiler
from statewright.compiler.findings import Verdict
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.questions import EnterState, Impossible, Possible
from statewright.compiler.verification.verification import verified
from statewright.statechart import macrostep, start
from statewright.statechart.playing.play import SCRIPT_NOW
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Status
from tests.compiler.conversations import compiled, talk
from tests.compiler.random_bringing import Bringing
from tests.compiler.random_values import Drawn
from tests.compiler.test_verification_random import proved_wrongly

TOLD = """
start: ask
variables: {v: TYPE, word: string}
nodes:
  told:
    type: interrupt
    event: told
    nodes:
      keep:
        type: set
        actions: [{set: v, to: "{{ event.data.a }}"}]
        next: back
        on_error: {then: continue}
      back: {type: leave}
  ask: {type: question, text: "?", variable: word, next: look}
  look: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""


@pytest.mark.parametrize(
    ("type_", "guard", "brought"),
    [
        ("{type: int, default: 0}", "v == 5", 5),
        ("{type: string, default: ''}", "v == 'x'", "x"),
        ("any", "has(vars.v) && v == 2.5", 2.5),
    ],
)
def test_what_an_event_brings_is_read_behind_an_interrupt(
    type_: str, guard: str, brought: object
) -> None:
    text = TOLD.replace("TYPE", type_).replace("GUARD", guard)
    told = {"event": "told", "data": {"a": brought}}
    assert talk(text, told, "hello")[-1] == "One."
    verification = verified(compiled(text).statechart)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


CONVERTED = """
start: ask
variables: {v: KEPT, w: TYPE}
nodes:
  ask: {type: question, text: "?", input: KIND, variable: v, next: keep}
  keep: {type: set, actions: [{set: w, to: "{{ v }}"}], next: look, on_error: {fallback: other}}
  look: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""


@pytest.mark.parametrize(
    ("kind", "kept", "type_", "guard", "answer"),
    [
        ("text", "string", "int", "w % 3 == 1", "4"),
        ("text", "int", "int", "w == 40", "40"),
        ("text", "string", "double", "w > 0.25 && w < 0.5", "0.3"),
        ("integer", "int", "string", "w.startsWith('17')", "1755"),
        ("integer", "string", "string", "w.size() == 4", "1755"),
        ("number", "double", "string", "w.endsWith('5')", "7.25"),
        ("boolean", "bool", "string", "w.size() == 5", "no"),
    ],
)
def test_a_value_of_another_type_is_not_taken_for_the_same(
    kind: str, kept: str, type_: str, guard: str, answer: str
) -> None:
    text = CONVERTED.replace("KIND", kind).replace("KEPT", kept)
    text = text.replace("TYPE", type_).replace("GUARD", guard)
    assert talk(text, answer)[-1] == "One."
    assert not isinstance(verified(compiled(text).statechart).answer(EnterState("one")), Impossible)


@pytest.mark.parametrize(
    ("kind", "kept", "type_", "answer"),
    [
        ("integer", "int", "double", "9007199254740993"),
        ("integer", "any", "double", "9007199254740993"),
        ("number", "double", "int", "2.5"),
    ],
)
def test_numbers_that_are_lost_on_the_way_are_tried(
    kind: str, kept: str, type_: str, answer: str
) -> None:
    text = CONVERTED.replace("KIND", kind).replace("KEPT", kept)
    text = text.replace("TYPE", type_).replace("GUARD", "w >= 0")
    assert talk(text, answer)[-1] == "Other."
    verification = verified(compiled(text).statechart)
    assert isinstance(verification.answer(EnterState("other")), Possible)


def test_what_is_computed_may_not_become_a_number() -> None:
    text = CONVERTED.replace("KIND", "text").replace("KEPT", "string").replace("TYPE", "int")
    text = text.replace("{{ v }}", "{{ v.trim() }}").replace("GUARD", "has(vars.w)")
    assert talk(text, "12")[-1] == "One."
    assert not isinstance(verified(compiled(text).statechart).answer(EnterState("one")), Impossible)


OUTSIDE = """
start: look
variables: {v: {type: int, scope: tenant}, w: any}
nodes:
  look: {type: set, actions: [{set: w, to: "{{ tenant.v }}"}], next: one, on_error: {fallback: other}}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""


def test_values_of_the_tenant_are_of_the_type_that_is_declared() -> None:
    verification = verified(compiled(OUTSIDE).statechart)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


MODEL = """
start: ask
variables: {n: any}
nodes:
  ask:
    type: llm
    model: small
    prompt: Which?
    schema: {type: object, properties: {n: SCHEMA}, required: [n]}
    save: {n: answer.n}
    timeout: 30s
    next: look
    on: {error: bye}
  look: {type: condition, branches: [{if: "GUARD", to: seen}], else: bye}
  seen: {type: end, text: Seen.}
  bye: {type: end, text: Bye.}
"""


@pytest.mark.parametrize(
    ("schema", "guard", "is_taken"),
    [
        ("{enum: [1, 2]}", "type(n) == double", True),
        ("{enum: [1.0, 2.5]}", "type(n) == int", True),
        ("{const: 3}", "type(n) == double && n == 3.0", True),
        ("{enum: [[1]]}", "type(n[0]) == double", True),
        ("{enum: [1, 2]}", "n == 3", False),
        ("{enum: [2.5]}", "type(n) == int", False),
        ("{type: integer}", "n > 1e22", True),
    ],
)
def test_numbers_of_a_schema_are_of_either_type(schema: str, guard: str, *, is_taken: bool) -> None:
    text = MODEL.replace("SCHEMA", schema).replace("GUARD", guard)
    found = {one.code: one.verdict for one in compiler.verify(compiled(text)).findings}
    assert found.get("G310", found.get("G305")) is (None if is_taken else Verdict.PROVED)


def test_nothing_happens_that_was_proved_impossible_whatever_is_brought() -> None:
    """More of them: ``STATEWRIGHT_FLOWS=1000``, with the number of flows."""
    cases = int(os.environ.get("STATEWRIGHT_FLOWS", "10"))
    claimed = 0
    for number in range(cases):
        drawn = Drawn(random.Random(f"drawn {number}"))
        compilation = compiler.compile(drawn.flow())
        if compilation.errors:
            continue
        chart = compilation.statechart
        verification = verified(chart, Budget(steps=500, broad=200))
        claimed += not verification.hindrance
        bringing = Bringing(drawn)
        for _ in range(40):
            others = Surroundings(chart, bringing.outside(), bringing.outside())
            made = start(chart, session="s", seed="s", now=SCRIPT_NOW, **others.values)
            step = others.after(made)
            for _ in range(12):
                assert proved_wrongly(verification, step) == [], f"drawn {number}"
                snapshot = step.snapshot
                events = bringing.events(chart, snapshot)
                if snapshot.status is not Status.ACTIVE or not events:
                    break
                event = others.around(drawn.chance.choice(events))
                step = others.after(macrostep(chart, snapshot, event))
    assert claimed > cases // 10
