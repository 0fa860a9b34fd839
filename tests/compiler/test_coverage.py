"""Conversations that cover a flow: all of it that can be, and a proof for the rest."""

from __future__ import annotations

import random

from statewright import compiler
from statewright.compiler.coverage.generation import Generation, generated
from statewright.compiler.coverage.goals import Criterion, Goals
from statewright.compiler.coverage.measuring import Measuring
from statewright.compiler.coverage.ports import ports_of
from statewright.errors import InvalidScript
from statewright.statechart import parse_script, play
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED
from statewright.statechart.playing.script import json_from_line
from tests.compiler.conversations import compiled
from tests.compiler.test_verification import random_flow

AGE = """
start: ask
variables: {age: int}
nodes:
  ask: {type: question, text: "How old?", input: integer, variable: age, retries: 2, timeout: 1h, next: route, on: {fallback: bye, timeout: bye}}
  route:
    type: condition
    branches:
      - {if: age < 13, to: child}
      - {if: age >= 18 && age < 65, to: adult}
    else: other
  child: {type: message, text: Hi!, next: again}
  again: {type: condition, branches: [{if: age >= 18, to: never}], else: bye}
  never: {type: message, text: Never., next: bye}
  adult: {type: message, text: Welcome., next: bye}
  other: {type: message, text: Hello., next: bye}
  bye: {type: end}
"""


SIZES = """
start: ask
variables: {size: {type: string, values: [s, l]}}
nodes:
  ask: {type: question, text: Which?, variable: size, choices: [{value: s, to: small}, {value: l, to: large}]}
  small: {type: message, text: Small., next: judge}
  large: {type: message, text: Large., next: judge}
  judge: {type: condition, branches: [{if: size == 's', to: cheap}], else: dear}
  cheap: {type: end}
  dear: {type: end}
"""


def generation(text: str, *criteria: Criterion, steps: int = 20_000) -> Generation:
    compilation = compiler.verify(compiled(text))
    assert compilation.verification is not None
    return generated(compilation.flow, compilation.verification, criteria, steps)


def subjects(found: Generation, criterion: Criterion) -> set[str]:
    return {str(goal) for goal in found.infeasible if goal.criterion is criterion}


def test_every_port_is_covered_or_proved_infeasible() -> None:
    found = generation(AGE)
    assert subjects(found, Criterion.PORTS) == {
        "again.branch (age >= 18) → never",
        "never.next → bye",
    }
    assert subjects(found, Criterion.NODES) == {"never"}
    assert found.open == ()
    assert len(found.covered) + len(found.infeasible) == len(compiled(AGE).flow.nodes) + 12


def test_a_generated_conversation_covers_what_it_says_on_the_real_chart() -> None:
    compilation = compiled(AGE)
    measuring = Measuring(compilation.flow, compilation.statechart)
    for one in generation(AGE).transcripts:
        told = one.conversation
        script = parse_script([json_from_line(line) for line in told.lines])
        turns = play(measuring.chart, script, session="s", seed=SCRIPT_SEED, now=SCRIPT_NOW)
        assert list(measuring.counted(turns))[-1].status == "completed"
    coverage = measuring.coverage
    assert [str(goal) for goal in coverage.missing(Criterion.PORTS)] == [
        "again.branch (age >= 18) → never",
        "never.next → bye",
    ]


def test_two_runs_make_the_same_conversations() -> None:
    assert generation(AGE, Criterion.PAIRS) == generation(AGE, Criterion.PAIRS)


def test_boundaries_ask_for_each_part_of_a_guard_to_decide_and_for_the_bound_itself() -> None:
    found = generation(AGE, Criterion.BOUNDARIES)
    covered = {str(one) for one in found.covered if one.criterion is Criterion.BOUNDARIES}
    adult = "route.branch (age >= 18 && age < 65) → adult"
    for detail in ("decides as true", "decides as false", "with equal sides"):
        assert f"{adult}: `age >= 18` {detail}" in covered
        assert f"{adult}: `age < 65` {detail}" in covered
    said = {line for one in found.transcripts for line in one.conversation.lines}
    assert {"13", "18", "65"} <= {getattr(line, "text", "") for line in said}


def test_pairs_tell_ways_through_a_node_apart() -> None:
    found = generation(SIZES, Criterion.PAIRS)
    assert {str(goal) for goal in found.infeasible} == {
        "small.next → judge: judge.else → dear",
        "large.next → judge: judge.branch (size == 's') → cheap",
    }
    assert len(found.transcripts) == 2


def test_uses_ask_for_each_way_from_a_value_to_where_it_is_read() -> None:
    text = """
start: ask
variables: {kind: {type: string, default: none}}
nodes:
  ask: {type: question, text: Really?, input: boolean, variable: yes, branch: true, next: set_kind}
  set_kind: {type: set, actions: [{set: kind, to: some}], next: tell}
  tell: {type: message, text: "{{ kind }}", next: bye}
  bye: {type: end}
""".replace("variable: yes, branch: true, ", "")
    found = generation(text, Criterion.USES)
    uses = [str(one) for one in found.covered if one.criterion is Criterion.USES]
    assert uses == ["`kind`: written in set_kind, read in tell"]
    assert subjects(found, Criterion.USES) == {"`kind`: written in (start), read in tell"}


def test_what_the_budget_did_not_reach_is_told_with_the_reason() -> None:
    found = generation(SIZES, Criterion.PAIRS, steps=1)
    assert {goal.criterion for goal, _ in found.open} == {Criterion.PAIRS}
    assert all("budget was spent after 1 step" in reason for _, reason in found.open)


def test_edges_to_one_node_are_told_apart() -> None:
    text = """
start: ask
nodes:
  ask: {type: question, text: Which?, choices: [{value: a, to: bye}, {value: b, to: bye}], timeout: 1m, on: {timeout: bye}}
  bye: {type: end}
"""
    compilation = compiled(text)
    ports = ports_of(compilation.flow, compilation.statechart)
    assert [port.port for port in ports] == ["choice:a", "choice:b", "timeout"]
    taken = [name for port in ports for name in port.transitions]
    assert len(taken) == len(set(taken))
    measuring = Measuring(compilation.flow, compilation.statechart)
    turns = play(
        measuring.chart, parse_script([{"choose": "b"}]), session="s", seed="s", now=SCRIPT_NOW
    )
    assert [turn.status for turn in measuring.counted(turns)] == ["active", "completed"]
    missing = [str(goal) for goal in measuring.coverage.missing(Criterion.PORTS)]
    assert missing == ["ask.choice:a → bye", "ask.timeout → bye"]


def test_guards_have_three_outcomes() -> None:
    text = """
start: ask
variables: {name: string}
nodes:
  ask: {type: question, text: Name?, variable: name, retries: 0, min_length: 3, next: look, on: {fallback: look}}
  look: {type: condition, branches: [{if: name == 'Ada', to: ada}], else: bye}
  ada: {type: end}
  bye: {type: end}
"""
    found = generation(text, Criterion.GUARDS)
    guards = {goal.detail for goal in found.covered if goal.criterion is Criterion.GUARDS}
    assert guards == {"true", "false", "error"}


def test_no_random_conversation_comes_to_what_is_proved_infeasible() -> None:
    chance = random.Random(11)
    criteria = (Criterion.PAIRS, Criterion.BOUNDARIES, Criterion.GUARDS, Criterion.USES)
    infeasible = 0
    for _ in range(25):
        text = random_flow(chance)
        compilation = compiler.verify(compiled(text))
        if compilation.verification is None:
            continue
        found = generated(compilation.flow, compilation.verification, criteria, 500)
        never = set(found.infeasible)
        infeasible += len(never)
        goals = Goals(compilation.flow, compilation.statechart)
        for _ in range(8):
            script = parse_script([chance.choice(["a", "b", "c", "yes", "no"]) for _ in range(12)])
            past = goals.begin()
            try:
                for turn in play(goals.watch.chart, script, session="s", seed="s", now=SCRIPT_NOW):
                    covered, past = goals.covered(turn.macrostep, past)
                    assert not covered & never, (text, script)
            except InvalidScript:
                continue
    assert infeasible > 50
