"""What verification finds is so: witnesses replay, and proofs hold against a plain search."""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import pytest

from statewright import compiler, flows
from statewright.compiler import Compilation, Finding, Verdict
from statewright.compiler.verification.boxes import Cover, inside, without_all
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.inputs.matching import texts_matching
from statewright.compiler.verification.questions import (
    EnterState,
    Impossible,
    Possible,
    TakeTransition,
)
from statewright.compiler.verification.verification import verified
from statewright.expressions.operations.patterns import matches
from statewright.statechart import (
    Event,
    Statechart,
    json_from_turn,
    macrostep,
    parse_script,
    play,
)
from statewright.statechart import start as begin
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, SCRIPT_SESSION
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.structure.tree import tree_of
from tests.compiler.conversations import compiled
from tests.shared_data import shared

AGE = """
start: ask
variables: {age: int, kind: {type: string, default: other}}
nodes:
  ask: {type: question, text: "How old?", input: integer, variable: age, retries: 2, next: route, on: {fallback: bye}}
  route:
    type: condition
    branches:
      - {if: age < 13, to: child}
      - {if: age >= 18, to: adult}
    else: teen
  child: {type: message, text: Hi!, next: again}
  again:
    type: condition
    branches: [{if: age >= 18, to: never}, {if: "kind.startsWith('o') && kind.endsWith('dd')", to: odd}]
    else: bye
  never: {type: message, text: Never., next: bye}
  odd: {type: message, text: Odd., next: bye}
  adult: {type: message, text: Welcome., next: bye}
  teen: {type: message, text: Hello., next: bye}
  bye: {type: end}
"""


def found(compilation: Compilation) -> dict[tuple[str, str], Finding]:
    return {(one.code, one.node): one for one in compiler.verify(compilation).findings}


def test_a_branch_that_an_earlier_answer_excludes_is_proved_dead() -> None:
    findings = compiler.verify(compiled(AGE)).findings
    dead = [one for one in findings if one.code == "G310"]
    assert [one.verdict for one in dead] == [Verdict.PROVED, Verdict.PROVED]
    assert "`age >= 18`" in dead[0].message
    assert dead[1].message.endswith("`kind` is never anything but `'other'`")
    assert {one.code for one in findings} == {"G310"}, "what follows from a dead branch is hidden"


def test_a_witness_is_a_conversation_that_chat_replays_to_the_very_place() -> None:
    text = """
start: ask
variables: {city: string}
nodes:
  ask: {type: question, text: Where?, variable: city, retries: 1, min_length: 2, next: go, on: {fallback: go}}
  go: {type: condition, branches: [{if: city == 'Rome', to: rome}], else: other}
  rome: {type: end, text: Ciao!}
  other: {type: end, text: Bye.}
"""
    compilation = compiled(text)
    finding = found(compilation)["D401", "go"]
    assert finding.witness is not None
    turns = play(
        compilation.statechart,
        parse_script(list(finding.witness.script)),
        session=SCRIPT_SESSION,
        seed=SCRIPT_SEED,
        now=SCRIPT_NOW,
    )
    replayed = list(turns)
    assert [json_from_turn(turn) for turn in replayed] == list(finding.witness.transcript)
    incidents = replayed[-1].macrostep.incidents
    assert any("`city`" in one.message and one.state == "go" for one in incidents)


def test_the_real_support_flow_never_writes_what_it_branches_on() -> None:
    flow = flows.read(shared("flows/000/sample-support-ticket.json"))
    findings = compiler.verify(compiler.compile(flow)).findings
    dead = [one for one in findings if one.code == "G310"]
    assert len(dead) == 2
    assert all(one.verdict is Verdict.PROVED for one in dead)
    assert all(one.message.endswith("`issue_type` is never written") for one in dead)


def test_two_runs_say_the_same() -> None:
    one, other = (compiler.verify(compiled(AGE)) for _ in range(2))
    assert one.findings == other.findings


def test_without_budget_nothing_is_proved() -> None:
    verification = verified(compiled(AGE).statechart, Budget(steps=3))
    answer = verification.answer(EnterState("never"))
    assert "budget" in getattr(answer, "reason", "")


def test_a_release_says_what_it_assumes_and_what_stayed_open() -> None:
    release = compiled(AGE).release()
    assert release.assumptions
    assert release.undecided == ()


@pytest.mark.parametrize("pattern", ["^[0-9]{5}$", "^(a|bc)+d?$", r"\d+-\w\w", "[^x]y", "x*"])
def test_texts_that_a_pattern_matches_are_found(pattern: str) -> None:
    texts = texts_matching(pattern)
    assert texts
    assert all(matches(text, pattern) for text in texts)


def test_boxes_are_taken_apart_without_loss() -> None:
    chance = random.Random(7)
    for _ in range(200):
        boxes = [tuple(chance.randint(1, 7) for _ in range(3)) for _ in range(4)]
        cover = Cover()
        for box in boxes[1:]:
            cover.add(box)
        rest = cover.rest(boxes[0])
        points = [(1 << a, 1 << b, 1 << c) for a in range(3) for b in range(3) for c in range(3)]
        for point in points:
            left = any(inside(point, piece) for piece in rest)
            held = any(inside(point, box) for box in boxes[1:])
            assert left == (inside(point, boxes[0]) and not held)
            assert bool(without_all([point], boxes[1:])) == (not held)


def test_a_loop_without_end_for_one_answer_hides_nothing_of_the_others() -> None:
    text = """
start: p
variables: {p: {type: string, values: [a, b], default: a}, f: {type: bool, default: false}}
nodes:
  p: {type: question, text: X, choices: [a, b], variable: p, next: f}
  f: {type: question, text: X, input: boolean, variable: f, next: loop}
  loop: {type: condition, branches: [{if: p == 'a', to: round}], else: f}
  round: {type: message, text: Y, next: loop}
"""
    verification = verified(replace(compiled(text).statechart, limit=100))
    assert verification.is_met(TakeTransition("loop#1"))


# --- against a plain search -----------------------------------------------------------------------


def random_flow(chance: random.Random) -> str:
    """A small flow over choices and booleans, with branches, loops, sets and parallel regions."""
    lines = ["start: n0", "variables:"]
    lines += [f"  {v}: {{type: string, values: [a, b, c], default: a}}" for v in ("p", "q", "r")]
    lines += ["  f: {type: bool, default: false}", "  k: {type: int, default: 0}", "nodes:"]
    size = chance.randint(4, 9)
    names = [f"n{number}" for number in range(size)] + ["bye"]
    for name in names[:-1]:
        target, other = chance.choice(names), chance.choice(names)
        kind = chance.choice(["ask", "ask", "flag", "route", "route", "set", "count", "both"])
        variable = chance.choice("pqr")
        if kind == "ask":
            lines.append(
                f"  {name}: {{type: question, text: X, choices: [a, b, c], variable: {variable}, next: {target}}}"
            )
        elif kind == "flag":
            lines.append(
                f"  {name}: {{type: question, text: X, input: boolean, variable: f, next: {target}}}"
            )
        elif kind == "route":
            guard = chance.choice(
                [
                    f"{variable} == 'b'",
                    f"{variable} != p && f",
                    "k > 1",
                    f"{variable} in ['a', 'c'] || f",
                    "p == q",
                ]
            )
            lines.append(
                f'  {name}: {{type: condition, branches: [{{if: "{guard}", to: {target}}}], else: {other}}}'
            )
        elif kind == "set":
            lines.append(
                f"  {name}: {{type: set, actions: [{{set: {variable}, to: c}}], next: {target}}}"
            )
        elif kind == "count":
            lines.append(f"  {name}: {{type: set, actions: [{{increment: k}}], next: {target}}}")
        else:
            region = "{{nodes: {{{0}: {{type: question, text: X, choices: [a, b, c], variable: {1}, next: {0}x}}, {0}x: {{type: leave}}}}}}"
            left, right = region.format(f"{name}l", "p"), region.format(f"{name}r", "q")
            lines.append(
                f"  {name}: {{type: parallel, next: {target}, regions: {{l: {left}, r: {right}}}}}"
            )
    lines.append("  bye: {type: end}")
    return "\n".join(lines) + "\n"


ANSWERS = ("a", "b", "c", "yes", "no", "none of that")


def plainly_met(
    chart: Statechart, limit: int = 4_000, answers: tuple[str, ...] = ANSWERS
) -> set[str] | None:
    """The transitions that a search without any cleverness meets; None where it does not end."""
    met: set[str] = set()
    first = begin(chart, session="s", seed="s", now=0)
    waiting = deque([first.snapshot] if first.snapshot.status is Status.ACTIVE else [])
    met.update(name for one in first.microsteps for name in one.transitions)
    seen = {_plain(first.snapshot)}
    while waiting:
        snapshot = waiting.popleft()
        for event in _events(snapshot, answers):
            step = macrostep(chart, snapshot, event)
            met.update(name for one in step.microsteps for name in one.transitions)
            key = _plain(step.snapshot)
            if step.snapshot.status is Status.ACTIVE and key not in seen:
                if len(seen) > limit:
                    return None
                seen.add(key)
                waiting.append(step.snapshot)
    return met


def _events(snapshot: Snapshot, answers: tuple[str, ...]) -> Iterator[Event]:
    nodes = dict.fromkeys([None, *(state.partition("/")[0] for state in snapshot.floor[1:])])
    for text in answers:
        for node in nodes:
            yield Event("message", {"text": text} if node is None else {"text": text, "node": node})


def _plain(snapshot: Snapshot) -> str:
    """All of a snapshot that matters; counters that nobody compares beyond three are cut off."""
    data = {
        scope: {
            name: min(value, 3) if type(value) is int and name in {"k", "~attempts"} else value
            for name, value in variables.items()
            if name != "~attempts"
        }
        for scope, variables in snapshot.data.items()
    }
    return repr((snapshot.configuration, snapshot.floor, sorted(data.items())))


@pytest.mark.parametrize("broad", [2_000, 0], ids=["breadth first", "place by place"])
def test_it_agrees_with_a_plain_search_on_random_flows(broad: int) -> None:
    chance = random.Random(2026)
    compared = 0
    cases = int(os.environ.get("STATEWRIGHT_FLOWS", "120" if broad else "50"))
    for _ in range(cases):
        text = random_flow(chance)
        chart = replace(compiled(text).statechart, limit=100)
        plain = plainly_met(chart)
        if plain is None:
            continue
        verification = verified(chart, Budget(broad=broad))
        if verification.hindrance:
            continue
        compared += 1
        for name in tree_of(chart).arcs:
            question = TakeTransition(name)
            assert verification.is_met(question) == (name in plain), (name, text)
    assert compared > cases // 2


def test_with_little_budget_less_is_known_and_nothing_else() -> None:
    chance = random.Random(2027)
    hindered = 0
    cases = int(os.environ.get("STATEWRIGHT_FLOWS", "40"))
    for _ in range(cases):
        text = random_flow(chance)
        chart = replace(compiled(text).statechart, limit=100)
        plain = plainly_met(chart, 1_000)
        if plain is None:
            continue
        verification = verified(chart, Budget(steps=60))
        hindered += bool(verification.hindrance)
        for name in tree_of(chart).arcs:
            answer = verification.answer(TakeTransition(name))
            assert not (isinstance(answer, Impossible) and name in plain), (name, text)
            assert not (isinstance(answer, Possible) and name not in plain), (name, text)
    assert hindered


def test_one_question_takes_fewer_variables_than_all() -> None:
    names = [f"v{number}" for number in range(10)]
    asking = "".join(
        f"  a{at}: {{type: question, text: X, input: boolean, variable: {name}, next: s{at}}}\n"
        f"  s{at}: {{type: set, actions: [{{set: w{at}, to: '{{{{ {name} }}}}'}}], next: a{at + 1}}}\n"
        for at, name in enumerate(names)
    )
    testing = "".join(
        f"  b{at}: {{type: condition, branches: [{{if: {name} == w{at}, to: c{at}}}], else: d{at}}}\n"
        f"  c{at}: {{type: question, text: Y, next: b{at + 1}}}\n"
        f"  d{at}: {{type: question, text: Z, next: b{at + 1}}}\n"
        for at, name in enumerate(names)
    )
    text = (
        "start: age\nvariables:\n  age: int\n"
        + "".join(
            f"  {name}: {{type: bool, default: false}}\n"
            for at in range(10)
            for name in (f"v{at}", f"w{at}")
        )
        + "nodes:\n"
        "  age: {type: question, text: Age?, input: integer, variable: age, next: child}\n"
        "  child: {type: condition, branches: [{if: age < 13, to: bye}], else: a0}\n"
        + asking
        + "  a10: {type: question, text: All?, next: b0}\n"
        + testing
        + "  b10: {type: condition, branches: [{if: age > 9 && age < 12, to: lost}, {if: v3 && v4, to: both}], else: bye}\n"
        "  lost: {type: message, text: Lost., next: bye}\n"
        "  both: {type: message, text: Both., next: bye}\n"
        "  bye: {type: end}\n"
    )
    verification = verified(compiled(text).statechart, Budget(steps=700))
    assert "budget" in verification.hindrance
    assert verification.answer(EnterState("lost")) == Impossible("refinement")
    assert not isinstance(verification.answer(EnterState("both")), Impossible)


def test_a_ring_without_a_way_to_an_end_is_found_even_where_a_guard_depends_on_the_time() -> None:
    text = """
start: ask
variables: {day: date}
nodes:
  ask: {type: question, text: When?, input: date, variable: day, next: check}
  check:
    type: condition
    branches: [{if: "timestamp(day + 'T00:00:00Z') <= now", to: late}]
    else: bye
  late: {type: question, text: And then?, next: later}
  later: {type: question, text: And then?, next: late}
  bye: {type: end}
"""
    finding = found(compiled(text))["C203", "late"]
    assert finding.verdict is Verdict.VIOLATED
    assert finding.witness is not None


@pytest.mark.parametrize(
    ("guards", "code"),
    [
        (["total > 20 || !(total > 20)", "count == 1"], "G306"),
        (["total > 20 && !(total > 20)"], "G305"),
        (["total > 20", "count == 1 && total > 20"], "G307"),
    ],
)
def test_guards_are_compared_with_each_other_even_where_their_values_are_too_many(
    guards: list[str], code: str
) -> None:
    branches = ", ".join(f'{{if: "{guard}", to: yes_{n}}}' for n, guard in enumerate(guards))
    ends = "".join(f"  yes_{n}: {{type: end}}\n" for n, _ in enumerate(guards))
    text = f"""
start: ask
variables: {{count: int, total: {{type: int, default: 0}}, far: {{type: int, default: 0}}}}
nodes:
  ask: {{type: question, text: How many?, input: integer, variable: count, next: add}}
  add: {{type: set, actions: [{{set: total, to: "{{{{ total + count * count }}}}"}}], next: more}}
  more: {{type: question, text: More?, choices: ["yes", "no"], next: [{{if: "answer == 'yes'", to: ask}}, {{to: route}}]}}
  route: {{type: condition, branches: [{branches}], else: bye}}
{ends}  bye: {{type: end, text: "{{{{ far }}}}"}}
""".replace("if: \"answer == 'yes'\"", "if: \"input == 'yes'\"")
    assert (code, "route") in found(compiled(text))


def test_turns_that_take_thousands_of_steps_are_paid_for() -> None:
    text = """
start: ask
variables: {n: {type: int, default: 0}}
nodes:
  ask: {type: question, text: Shall we?, input: boolean, next: rounds}
  rounds:
    type: loop
    times: 30000
    limit: 30000
    next: ask
    nodes:
      tick: {type: set, actions: [{increment: n}], next: tock}
      tock: {type: continue}
"""
    (engine, *_) = verified(compiled(text).statechart).engines
    assert len(engine.found.edges) < 20
    assert engine.steps > 900


def test_nothing_is_claimed_of_what_lies_inside_of_lists_that_are_not_tried() -> None:
    flow = """
start: ask
variables: {x: int, rows: list}
nodes:
  ask:
    type: http
    url: "https://api.example.com/rows"
    save: {x: "response.body.rows[0].total", rows: "response.body.rows"}
    success: look
    error: sorry
  look:
    type: condition
    branches: [{if: "rows[0].total > 5", to: bye}]
    else: sorry
  bye: {type: end, outcome: done}
  sorry: {type: end, outcome: sorry}
"""
    told = compiler.verify(compiled(flow)).findings
    assert {(one.code, one.verdict) for one in told} <= {("C205", Verdict.UNDECIDED)}


def test_what_is_there_in_some_cases_only_is_missed_in_the_others() -> None:
    # Where `later` waits, only whether `c` is there still matters, and not which value it has.
    text = """
start: ask
variables: {c: {type: string, default: x}, g: string, gone: bool, what: string, other: string}
nodes:
  ask: {type: question, text: Gone?, input: boolean, variable: gone, next: route}
  route: {type: condition, branches: [{if: gone, to: drop}], else: wait}
  drop: {type: set, actions: [{unset: c}], next: wait}
  wait: {type: question, text: Go?, choices: [show, test], variable: what, next: way}
  way: {type: condition, branches: [{if: what == 'show', to: later}], else: test}
  later: {type: question, text: And?, choices: [a, b], variable: other, next: use}
  use: {type: set, actions: [{set: g, to: "{{ c + other }}"}], next: bye}
  test: {type: condition, branches: [{if: "has(vars.c) && c == 'x'", to: hi}], else: bye}
  hi: {type: message, text: Hi., next: bye}
  bye: {type: end}
"""
    finding = found(compiler.verify(compiled(text)))["D401", "use"]
    assert finding.verdict is Verdict.VIOLATED
    assert finding.witness is not None


def test_what_could_not_be_written_is_what_it_was() -> None:
    text = """
start: ask
variables: {k: {type: int, default: 0}, n: int, which: bool}
nodes:
  ask: {type: question, text: Which?, input: boolean, variable: which, next: route}
  route: {type: condition, branches: [{if: which, to: one}], else: two}
  one: {type: set, actions: [{set: k, to: 1}], next: number}
  two: {type: set, actions: [{set: k, to: 2}], next: number}
  number: {type: question, text: Number?, input: integer, variable: n, next: risky}
  risky:
    type: try
    nodes:
      divide: {type: set, actions: [{set: k, to: "{{ 10 / n > 3 ? 8 : 9 }}"}], next: left}
      left: {type: leave}
    catch:
      - nodes: {pass: {type: leave}}
    next: more
  more: {type: question, text: More?, next: test}
  test: {type: condition, branches: [{if: k == 1, to: m1}, {if: k == 2, to: m2}], else: bye}
  m1: {type: message, text: One., next: bye}
  m2: {type: message, text: Two., next: bye}
  bye: {type: end}
"""
    verification = verified(compiled(text).statechart)
    assert isinstance(verification.answer(EnterState("m1")), Possible)
    assert isinstance(verification.answer(EnterState("m2")), Possible)


@pytest.mark.parametrize("locale", ["de", "en", "es", "fr", "tlh"])
@pytest.mark.parametrize("inside", ["kg > 1.2 && kg < 1.4", "kg > 2.0 && kg < 2.25"])
def test_numbers_with_fractions_are_tried_in_every_language(locale: str, inside: str) -> None:
    text = f"""
locale: {locale}
start: ask
variables: {{kg: double}}
nodes:
  ask: {{type: question, text: "?", input: number, variable: kg, retries: 1, next: check, on: {{fallback: other}}}}
  check: {{type: condition, branches: [{{if: "{inside}", to: inside}}], else: other}}
  inside: {{type: end}}
  other: {{type: end, outcome: other}}
"""
    found = verified(compiled(text).statechart).answer(EnterState("inside"))
    assert isinstance(found, Possible)
    never = compiled(text.replace(inside, f"kg > 4.0 && ({inside})"))
    assert isinstance(verified(never.statechart).answer(EnterState("inside")), Impossible)


CHANGES = """
start: ask
variables: {p: {type: string, default: a}, n: {type: int, default: 1}, k: {type: int, default: 0}}
nodes:
  ask: {type: question, text: How many?, input: integer, variable: n, next: both}
  both:
    type: set
    actions: [{set: p, to: b}, {increment: k}, {set: n, to: "{{ 6 / n }}"}]
    on_error: {fallback: test}
    next: test
  test: {type: condition, branches: [{if: p == 'b' && k < 3, to: ask}, {if: k < 2, to: few}], else: bye}
  few: {type: message, text: Few., next: bye}
  bye: {type: end}
"""


def test_what_could_not_be_done_as_a_whole_is_undone() -> None:
    verification = verified(compiled(CHANGES).statechart)
    assert not verification.hindrance
    # Where `n` is 0 nothing is changed, so that `p` may still be what it was at the start.
    assert isinstance(verification.answer(EnterState("few")), Possible)
    assert isinstance(verification.answer(EnterState("bye")), Possible)


def test_counters_of_a_node_that_changes_several_variables_have_an_end() -> None:
    verification = verified(compiled(CHANGES.replace("6 / n", "6 + n")).statechart)
    assert not verification.hindrance
    assert verification.spent < 200


def test_a_message_that_is_only_passed_over_while_the_bot_is_busy_is_none() -> None:
    text = """
start: call
variables: {n: {type: int, default: 0}}
nodes:
  call: {type: http, url: https://api.example.com/, success: ask, error: bye}
  ask: {type: question, text: Go on?, next: call}
  bye: {type: end}
"""
    verification = verified(compiled(text).statechart)
    assert not any(
        piece.carrier.snapshot.deferred for piece in verification.engines[0].found.pieces
    )
