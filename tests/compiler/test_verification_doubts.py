"""Nothing is proved of what the values that are tried do not stand for."""

from __future__ import annotations

import pytest

from benchmarks.verify.generated import generated
from statewright import compiler
from statewright.compiler import Verdict
from statewright.compiler.findings import Finding
from statewright.compiler.verification.questions import EnterState, Impossible
from statewright.compiler.verification.verification import verified
from statewright.statechart.structure.tree import tree_of
from tests.compiler.conversations import compiled

SQUARE = """
start: ask
variables: {t: {type: int, default: 0}, k: {type: int, default: 0}}
nodes:
  ask: {type: question, text: N?, input: integer, variable: t, minimum: 1, maximum: 100, next: inc}
  inc: {type: set, actions: [{increment: k}], next: route}
  route: {type: condition, branches: [{if: "GUARD", to: done}], else: inc}
  done: {type: condition, branches: [{if: "k == 7", to: seven}], else: bye}
  seven: {type: message, text: Seven, next: bye}
  bye: {type: end}
"""

DICE = """
start: a
variables: {d: {type: int, default: 0}, e: {type: int, default: 0}}
nodes:
  a: {type: set, actions: [{set: d, to: "{{ draw(2) }}"}], next: b}
  b: {type: set, actions: [{set: e, to: "{{ draw(2) }}"}], next: c}
  c: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""

ROLLING = """
start: roll
variables: {d: {type: int, default: 0}, n: {type: int, default: 0}}
nodes:
  roll: {type: set, actions: [{increment: n}, {set: d, to: "{{ draw(6) }}"}], next: six}
  six: {type: condition, branches: [{if: "d == 5 || n > 9", to: then}], else: roll}
  then: {type: condition, branches: [{if: "n == 3", to: third}], else: bye}
  third: {type: message, text: Third!, next: bye}
  bye: {type: end}
"""

WORDS = """
start: ask
variables: {w: string}
nodes:
  ask: {type: question, text: Word?, variable: w, next: route}
  route: {type: condition, branches: [{if: "GUARD", to: one}], else: bye}
  one: {type: message, text: One, next: bye}
  bye: {type: end}
"""


def dead(text: str) -> list[Finding]:
    findings = compiler.verify(compiled(text)).findings
    return [one for one in findings if one.code in {"G305", "G307", "G310", "C205"}]


@pytest.mark.parametrize("guard", ["k * k > t", "k * k > t + k || k > 50"])
def test_an_answer_that_is_compared_with_a_computed_value(guard: str) -> None:
    assert all(one.verdict is Verdict.UNDECIDED for one in dead(SQUARE.replace("GUARD", guard)))


@pytest.mark.parametrize("guard", ["d == e", "d != e"])
def test_two_lots_may_fall_alike_or_not(guard: str) -> None:
    assert dead(DICE.replace("GUARD", guard)) == []


def test_a_lot_that_is_drawn_again_at_once_may_fall_otherwise() -> None:
    assert all(one.verdict is Verdict.UNDECIDED for one in dead(ROLLING))


def test_a_lot_that_is_drawn_again_in_a_turn_that_is_given_up_may_fall_otherwise() -> None:
    text = """
start: toss
settings: {step_limit: 100}
nodes:
  toss: {type: split, arms: [{name: heads, weight: 1, to: again}, {name: tails, weight: 1, to: bye}]}
  again: {type: condition, branches: [{if: "1 > 2", to: bye}], else: toss}
  bye: {type: end}
"""
    verification = compiler.verify(compiled(text)).verification
    assert verification is not None
    assert not isinstance(verification.answer(EnterState("again")), Impossible)


@pytest.mark.parametrize(
    "guard",
    [
        "w != 'abc' && w.lowerAscii() == 'abc'",
        "w.startsWith('ab') && size(w) > 40",
        "w.matches('^[a-e]$') && w != 'a' && w != 'b'",
        "w > 'm' && w < 'n'",
    ],
)
def test_several_tests_of_one_text(guard: str) -> None:
    text = WORDS.replace("GUARD", guard)
    assert all(one.verdict is Verdict.UNDECIDED for one in dead(text))


def test_a_loop_that_takes_more_steps_than_are_searched() -> None:
    text = SQUARE.replace("GUARD", "k > 2500").replace("k == 7", "k == 2501")
    assert all(one.verdict is Verdict.UNDECIDED for one in dead(text))


def test_an_answer_of_an_effect_of_which_many_parts_are_tested() -> None:
    kinds = " || ".join(f"b.k == '{letter}'" for letter in "pqrs")
    text = f"""
start: ask
variables: {{b: map}}
nodes:
  ask: {{type: http, url: "https://example.com", save: {{b: response.body}}, success: one, error: bye}}
  one: {{type: condition, branches: [{{if: "b.s == 'u' && b.l == 'v' && b.t == 'w' && ({kinds})", to: hit}}], else: bye}}
  hit: {{type: message, text: Hit., next: bye}}
  bye: {{type: end}}
"""
    assert all(one.verdict is Verdict.UNDECIDED for one in dead(text))


def test_more_thresholds_than_values_are_tried() -> None:
    arms = ", ".join(f'{{if: "t < {number * 10}", to: bye}}' for number in range(1, 21))
    text = SQUARE.replace('[{if: "GUARD", to: done}]', f"[{arms}]").replace(
        "maximum: 100", "maximum: 900"
    )
    text = text.replace("else: inc", "else: seven").replace("next: inc}", "next: route}")
    assert all(one.verdict is Verdict.UNDECIDED for one in dead(text))


ROUNDS = """
start: go
nodes:
  go: {type: message, text: "Hi.", next: rounds}
  rounds:
    type: loop
    times: 30000
    limit: 30000
    next: bye
    nodes: {tick: {type: message, text: ".", next: tock}, tock: {type: continue}}
  bye: {type: end, text: "Bye."}
"""


def test_a_turn_that_is_discarded_has_been_where_it_began() -> None:
    assert [one.code for one in compiler.verify(compiled(ROUNDS)).findings] == ["C207"]


LOOKED_UP = """
start: look
variables: {rows: list, total: {type: int, default: 0}}
nodes:
  look: {type: action, action: sql, with: {query: "select 1", database: shop}, save: {SAVED}, on: {error: bye}, next: route}
  route: {type: condition, branches: [{if: "GUARD", to: big}], else: small}
  big: {type: end, text: "{{ rows }}{{ total }}"}
  small: {type: end, text: "Small."}
  bye: {type: end, text: "Bye."}
"""


@pytest.mark.parametrize(
    ("saved", "guard"),
    [
        ('total: "result.rows[0].total"', "total > 100"),
        ("rows: result.rows", "rows[0].total > 100"),
        ("rows: result.rows", "size(rows) > 1 && rows[1].total > 100"),
        ("rows: result.rows", "size(rows) > 0 && rows[0].kind == 'big'"),
        ("rows: result.rows", "rows[0] == 'big'"),
    ],
)
def test_parts_of_lists_at_fixed_places_are_known(saved: str, guard: str) -> None:
    text = LOOKED_UP.replace("SAVED", saved).replace("GUARD", guard)
    told = compiler.verify(compiled(text)).findings
    assert {one.code for one in told} <= {"G304", "E609", "D401", "D403"}
    assert Verdict.UNDECIDED not in {one.verdict for one in told}
    never = text.replace(guard, f"({guard}) && total == 7")
    if "rows: " in saved:
        dead = [one for one in compiler.verify(compiled(never)).findings if one.code == "G310"]
        assert [one.verdict for one in dead] == [Verdict.PROVED]


SQUARED = """
start: ask
variables: {x: {type: int, minimum: 1, maximum: MAXIMUM}}
nodes:
  ask: {type: question, text: X?, input: integer, minimum: 1, maximum: MAXIMUM, retries: 1, variable: x, next: route, on: {fallback: no}}
  route: {type: condition, branches: [{if: "x * x == WANTED", to: yes_}], else: no}
  yes_: {type: end, text: "Yes."}
  no: {type: end, text: "No."}
"""


@pytest.mark.parametrize("most", [5, 6, 12, 200])
def test_of_few_numbers_all_are_tried(most: int) -> None:
    text = SQUARED.replace("MAXIMUM", str(most))
    for number in range(1, min(most, 12) + 1):
        told = dead(text.replace("WANTED", str(number * number)))
        assert Verdict.PROVED not in {one.verdict for one in told}, number
    (never,) = dead(text.replace("WANTED", "3"))
    assert never.verdict is (Verdict.PROVED if most <= 12 else Verdict.UNDECIDED)


@pytest.mark.parametrize(
    "guard",
    [
        "size(rows) > 10",
        "size(rows) == 300",
        "size(rows) > 10 && rows[0].total > 1",
        "size(rows) > 3 && rows[9].total > 1",
        "size(rows) > 0 && rows[0].total > 1 && size(rows) < 5",
        "size(rows) > 90000",
        "size(rows) > 90000 && rows[0].total > 1",
        "size(rows) > 5 && rows[90000].total > 1",
        "size(w) > 30",
        "size(w) > 90000",
    ],
)
def test_long_lists_and_texts_are_not_ruled_out(guard: str) -> None:
    text = LOOKED_UP.replace("total: {type: int", "w: string, total: {type: int").replace(
        "SAVED", "rows: result.rows, w: result.word"
    )
    told = dead(text.replace("GUARD", guard))
    assert Verdict.PROVED not in {one.verdict for one in told}
    assert ("90000" in guard) is bool(told)


def test_where_something_failed_is_beyond_doubt() -> None:
    chart = compiler.compile(generated(1).flow()).statechart
    # Which port an error leaves by is asked of the state in which it came about.
    guards = [arc.guard.text for arc in tree_of(chart).arcs.values() if arc.guard is not None]
    assert any("event.data.?state" in text for text in guards)
    assert not verified(chart).hindrance


@pytest.mark.parametrize(
    ("kind", "guard"),
    [
        ("email", "w.endsWith('@acme.example')"),
        ("email", "size(w) > 30"),
        ("phone", "w.startsWith('+49')"),
        ("url", "w.contains('acme')"),
        ("date", "w.startsWith('2027')"),
        ("time", "w.endsWith(':15')"),
        ("location", "w.latitude > 60.0"),
        ("file", "w.name == 'a.pdf'"),
    ],
)
@pytest.mark.parametrize("place", ["alone", "in a form"])
def test_of_answers_of_a_form_only_some_are_tried(kind: str, guard: str, place: str) -> None:
    ask = f"{{type: question, text: Q?, input: {kind}, variable: w, next: route}}"
    form = f"{{type: form, fields: {{x: {{text: Q?, input: {kind}}}}}, variable: w, next: route}}"
    text = f"""
start: ask
variables: {{w: any}}
nodes:
  ask: {ask if place == "alone" else form}
  route: {{type: condition, branches: [{{if: "{guard if place == "alone" else guard.replace("w.", "w.x.").replace("(w)", "(w.x)")}", to: one}}], else: bye}}
  one: {{type: message, text: One, next: bye}}
  bye: {{type: end}}
"""
    told = compiler.verify(compiled(text)).findings
    found = [one for one in told if one.code in {"G305", "G307", "G310", "C205", "C204"}]
    assert all(one.verdict is Verdict.UNDECIDED for one in found)


COUNTED = """
start: l
variables: {n: {type: int, default: -1, input: true}, k: {type: int, default: 0}}
nodes:
  l: {type: loop, times: n, next: bye, nodes: {a: {type: set, actions: [{increment: k}], next: c}, c: {type: continue}}}
  bye: {type: end, text: "{{ k }}"}
"""


def test_what_is_not_known_is_not_stated() -> None:
    found = compiler.verify(compiled(COUNTED)).findings
    for one in found:
        assert one.verdict is Verdict.UNDECIDED
        assert "that was tried" in one.message
        assert "never" not in one.message
    assert found
