"""Guards that samples cannot decide: what a solver rules out, and what it finds."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from statewright import compiler
from statewright.cli.solving import solver as running
from statewright.compiler import Verdict
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.questions import Impossible, Possible, TakeTransition
from statewright.compiler.verification.solving.feasibility import Feasibility
from statewright.compiler.verification.solving.patterns import NoPatternError, whole_pattern
from statewright.compiler.verification.solving.smtlib import text_from
from statewright.compiler.verification.solving.terms import (
    Constant,
    Outcome,
    Solver,
    Unsat,
    Unsolved,
)
from statewright.compiler.verification.solving.trying import evaluated
from statewright.compiler.verification.verification import verified
from statewright.expressions import parse
from statewright.statechart import play
from statewright.statechart.definition import Limits
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, SCRIPT_SESSION
from statewright.statechart.structure.nodes import Variable
from statewright.statechart.structure.tree import tree_of
from tests.compiler.conversations import compiled
from tests.compiler.test_verification import plainly_met


@pytest.fixture(scope="module")
def z3() -> Iterator[Solver]:
    with running() as asked:
        if asked is None:
            pytest.skip("z3 is not installed")
        yield asked


FLOW = """
start: a
variables: {x: {type: int, default: 0}, y: {type: int, default: 0}, s: {type: string, default: ""}}
nodes:
  a: {type: question, text: X?, input: integer, variable: x, next: b}
  b: {type: question, text: Y?, input: integer, variable: y, next: q}
  q: {type: question, text: S?, variable: s, next: c}
  c: {type: condition, branches: [{if: "FIRST", to: one}], else: d}
  d: {type: condition, branches: [{if: "SECOND", to: two}], else: bye}
  one: {type: message, text: One, next: bye}
  two: {type: message, text: Two, next: bye}
  bye: {type: end}
"""


def flow(first: str, second: str = "x == 100") -> str:
    return FLOW.replace("FIRST", first).replace("SECOND", second)


@pytest.mark.parametrize(
    ("first", "second", "dead"),
    [
        ("x < y && y < x", "x > 100", "x < y && y < x"),
        ("x * 2 == 7", "x > 100", "x * 2 == 7"),
        ("x < y", "y > x", "y > x"),
        ("x + y > 10", "x > 5 && y > 5", "x > 5 && y > 5"),
        ("s.startsWith('ab') && size(s) < 2", "x > 100", "s.startsWith('ab') && size(s) < 2"),
        (
            "s.matches('^[0-9]{5}$') && size(s) != 5",
            "x > 100",
            "s.matches('^[0-9]{5}$') && size(s) != 5",
        ),
        ("x / 3 == 4", "x > 11 && x < 15", "x > 11 && x < 15"),
    ],
)
def test_what_no_values_make_true_is_proved_dead(
    z3: Solver, first: str, second: str, dead: str
) -> None:
    compilation = compiled(flow(first, second))
    unsolved = [one for one in compiler.verify(compilation).findings if one.code[0] == "G"]
    assert all(one.verdict is Verdict.UNDECIDED for one in unsolved)
    assert any("install statewright[prove]" in one.reason for one in unsolved)
    (found,) = compiler.verify(compilation, solver=z3).findings
    assert found.verdict is Verdict.PROVED
    assert f"`{dead}`" in found.message


@pytest.mark.parametrize(
    "guard",
    [
        "x * 2 == 8",
        "x * 3 - y == 17 && y > 40",
        "x == y + 1 && x > 50",
        "x % 7 == 6 && x > 700",
        "s.matches('^[a-c]{3}$') && !s.startsWith('a')",
        "s.endsWith('!') && size(s) == 12",
    ],
)
def test_what_only_special_values_make_true_is_shown_by_a_conversation(
    z3: Solver, guard: str
) -> None:
    chart = compiled(flow(guard)).statechart
    answer = verified(chart, solver=z3).answer(TakeTransition("c#0"))
    assert isinstance(answer, Possible)
    told = answer.conversation
    turns = list(play(chart, told.lines, session=SCRIPT_SESSION, seed=SCRIPT_SEED, now=SCRIPT_NOW))
    assert any("c#0" in one.transitions for one in turns[-1].macrostep.microsteps)


def test_what_is_asked_again_may_be_answered_otherwise(z3: Solver) -> None:
    text = (
        flow("x < y", "y > x")
        .replace("Two, next: bye", "Two, next: bye")
        .replace(
            "else: d}\n  d:",
            "else: e}\n  e: {type: question, text: Y?, input: integer, variable: y, next: d}\n  d:",
        )
    )
    assert compiler.verify(compiled(text), solver=z3).findings == ()


def test_a_rule_about_two_answers_is_proved(z3: Solver) -> None:
    text = """
start: a
variables: {x: {type: int, default: 0}, y: {type: int, default: 0}}
rules: {less: {never: "x > y", at: pay}}
nodes:
  a: {type: question, text: X?, input: integer, variable: x, next: b}
  b: {type: question, text: Y?, input: integer, variable: y, next: c}
  c: {type: condition, branches: [{if: "x <= y", to: pay}], else: a}
  pay: {type: end}
"""
    assert compiler.verify(compiled(text), solver=z3).findings == ()
    broken = text.replace("x <= y", "x <= y + 1")
    (found,) = compiler.verify(compiled(broken), solver=z3).findings
    assert (found.code, found.verdict) == ("T801", Verdict.VIOLATED)


class Clueless:
    """A solver that never knows."""

    def solve(self, script: str) -> Outcome:
        assert "declare-const" in script
        return Unsolved("it is too hard")


def test_of_what_a_solver_does_not_know_nothing_is_proved() -> None:
    findings = compiler.verify(compiled(flow("x * 2 == 7")), solver=Clueless()).findings
    assert {one.verdict for one in findings} == {Verdict.UNDECIDED}


@pytest.mark.usefixtures("z3")
def test_a_solver_that_was_lost_is_begun_anew() -> None:
    with running() as asked:
        assert asked is not None
        assert asked.solve("(assert false)\n") == Unsat()
        assert isinstance(asked.solve("this is no script"), Unsolved)
        asked._process.kill()  # type: ignore[attr-defined] # it is z3
        asked._process.wait()  # type: ignore[attr-defined] # it is z3
        assert asked.solve("(assert false)\n") == Unsat()
        assert isinstance(asked.solve("x" * 300_000), Unsolved)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^a+$", "aa"),
        ("b|^c", "xbx"),
        ("x{2,3}y", "zxxy"),
        ("[^a]$", "ab"),
        ("^$", ""),
        ("a.c", "abc"),
    ],
)
def test_patterns_are_carried_over(z3: Solver, pattern: str, text: str) -> None:
    for one, fits in ((text, True), (f"{text}\n", None), ("?", None)):
        script = (
            f"(assert (str.in_re {text_from(Constant(one))} {text_from(whole_pattern(pattern))}))"
        )
        found = not isinstance(z3.solve(script), Unsat)
        wanted = evaluated(parse(f"s.matches('{pattern}')"), {"s": one})
        assert found == (wanted if fits is None else fits)


@pytest.mark.parametrize("pattern", [r"\bword\b", r"(?m)^a$", r"\pL", "a{500}"])
def test_patterns_that_cannot_be_carried_over_are_refused(pattern: str) -> None:
    with pytest.raises(NoPatternError):
        whole_pattern(pattern)


# --- laws -----------------------------------------------------------------------------------------

VARIABLES = {
    "x": Variable("", "x", "int"),
    "y": Variable("", "y", "int", Limits(minimum=-5, maximum=9)),
    "d": Variable("", "d", "double"),
    "s": Variable("", "s", "string"),
    "t": Variable("", "t", "string", Limits(values=("ab", "b", ""))),
    "f": Variable("", "f", "bool"),
    "l": Variable("", "l", "list"),
}
VALUES: Mapping[str, tuple[Any, ...]] = {
    "x": (0, 1, -1, 7, 12, 2**40),
    "y": (-5, 0, 3, 9),
    "d": (0.0, 2.5, -1.0, float("nan"), float("inf")),
    "s": ("", "a", "ab", "abc", "b\n", "ä🦤"),
    "t": ("ab", "b", ""),
    "f": (True, False),
    "l": ([], [1], [1, 2, 3]),
}


def guard_by(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.2:
        return simple_by(chance)
    left, right = guard_by(chance, depth - 1), guard_by(chance, depth - 1)
    shape = chance.choice(["({0}) && ({1})", "({0}) || ({1})", "!({0})", "({0}) ? ({1}) : ({0})"])
    return shape.format(left, right)


NUMBERED = ("x", "y", "x + y", "x * 2", "y - 3", "x / 3", "y % 4", "size(s)", "size(l)", "7", "-2")
WORDED = ("s", "t", "s + t", "'ab'", "'b'", "''")


def simple_by(chance: random.Random) -> str:
    one, other = chance.choices([*NUMBERED, "(f ? x : y)", "-x"], k=2)
    text, part = chance.choices(WORDED, k=2)
    operator = chance.choice(["<", "<=", "==", "!=", ">=", ">"])
    return chance.choice(
        [
            f"{one} {operator} {other}",
            f"d {operator} {chance.choice(['2.5', 'x', '0', 'd'])}",
            f"{text} {chance.choice(['==', '!='])} {part}",
            f"({text}).{chance.choice(['startsWith', 'endsWith', 'contains'])}({part})",
            f"s.matches('{chance.choice(['^a', 'b$', '^[ab]+$', 'a|b'])}')",
            "f",
            f"has(vars.{chance.choice('xysf')})",
            f"{text} in ['a', 'ab', s]",
            "f == (x > 3)",
        ]
    )


def test_what_really_happens_is_never_ruled_out(z3: Solver) -> None:
    chance = random.Random(7)
    sharp = 0
    cases = int(os.environ.get("STATEWRIGHT_GUARDS", "120"))
    for _ in range(cases):
        guard = parse(guard_by(chance, 2))
        pinned = {
            name: chance.choice(values) for name, values in VALUES.items() if chance.random() < 0.9
        }
        outcome = evaluated(guard, pinned)
        texts = [_pin(name, value) for name, value in pinned.items()]
        texts += [f"!has(vars.{name})" for name in VARIABLES if name not in pinned]
        guards = {
            ("", str(number)): (parse(text), frozenset(VARIABLES))
            for number, text in enumerate([guard.text, *texts])
        }
        feasible = Feasibility(guards, VARIABLES, z3)
        told: dict[tuple[str, str], bool | None] = dict.fromkeys(list(guards)[1:], True)
        own = ("", "0")
        assert not feasible.excludes({**told, own: outcome}), (guard.text, pinned, outcome)
        others = [one for one in (True, False, None) if one is not outcome]
        sharp += all(feasible.excludes({**told, own: one}) for one in others)
    assert sharp > cases * 0.5


def _pin(name: str, value: Any) -> str:
    """A test that is true for this value only."""
    if name == "l":
        return f"size(l) == {len(value)}"
    if isinstance(value, float) and math.isnan(value):
        return "!(d == d)"
    if isinstance(value, float):
        return "d > 1e300" if value > 1e300 else f"d == {value}"
    if isinstance(value, str):
        return f"s == {value!r}".replace("s ==", f"{name} ==")
    return f"{name} == {str(value).lower()}"


def relating_flow(chance: random.Random) -> str:
    """A small flow over whole numbers that are compared with each other."""
    names = [f"n{number}" for number in range(chance.randint(4, 7))] + ["bye"]
    lines = ["start: n0", "variables:"]
    lines += [f"  {v}: {{type: int, default: {chance.randint(0, 3)}}}" for v in ("p", "q")]
    lines += ["nodes:"]
    guards = [
        "p < q",
        "q < p",
        "p == q",
        "p + q > 5",
        "p * 2 == q",
        "p > 4",
        "q != 3",
        "p - q == 2",
    ]
    for name in names[:-1]:
        variable, (target, other) = chance.choice("pq"), chance.choices(names, k=2)
        kind = chance.choice(["ask", "ask", "route", "route", "route", "set", "both"])
        if kind == "ask":
            lines.append(
                f"  {name}: {{type: question, text: X, input: integer, minimum: 0, maximum: 6, variable: {variable}, next: {target}}}"
            )
        elif kind == "route":
            lines.append(
                f'  {name}: {{type: condition, branches: [{{if: "{chance.choice(guards)}", to: {target}}}], else: {other}}}'
            )
        elif kind == "set":
            lines.append(
                f"  {name}: {{type: set, actions: [{{set: {variable}, to: {chance.randint(0, 6)}}}], next: {target}}}"
            )
        else:
            region = "{{nodes: {{{0}: {{type: question, text: X, input: integer, minimum: 0, maximum: 6, variable: {1}, next: {0}x}}, {0}x: {{type: leave}}}}}}"
            left, right = region.format(f"{name}l", "p"), region.format(f"{name}r", "q")
            lines.append(
                f"  {name}: {{type: parallel, next: {target}, regions: {{l: {left}, r: {right}}}}}"
            )
    lines.append("  bye: {type: end}")
    return "\n".join(lines) + "\n"


NUMBERS = tuple(map(str, range(7)))


def test_it_agrees_with_a_plain_search_on_random_flows(z3: Solver) -> None:
    chance = random.Random(11)
    proved = shown = missed = 0
    cases = int(os.environ.get("STATEWRIGHT_FLOWS", "25"))
    for _ in range(cases):
        text = relating_flow(chance)
        chart = replace(compiled(text).statechart, limit=60)
        plain = plainly_met(chart, 500, (*NUMBERS, "none of that"))
        if plain is None:
            continue
        for asked in (None, z3):
            verification = verified(chart, Budget(steps=1_500), solver=asked)
            for name in tree_of(chart).arcs:
                answer = verification.answer(TakeTransition(name))
                if isinstance(answer, Impossible):
                    assert name not in plain, (name, text)
                if isinstance(answer, Possible):
                    assert name in plain, (name, text)
                if asked is not None:
                    proved += isinstance(answer, Impossible)
                    shown += isinstance(answer, Possible)
                    missed += name in plain and not isinstance(answer, Possible)
    assert proved > cases
    assert missed < shown // 10
