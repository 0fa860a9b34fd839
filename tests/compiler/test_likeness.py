"""Of what may happen, one line is tried of all that a session cannot tell apart."""

from __future__ import annotations

import os
import random
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.compiler.verification.questions import TakeTransition
from statewright.compiler.verification.verification import verified
from statewright.compiler.verification.world.likeness import Likeness
from statewright.compiler.verification.world.model import model_of
from statewright.compiler.verification.world.world import World, declared_in, world_of
from statewright.statechart import macrostep, start
from statewright.statechart.definition import Statechart
from statewright.statechart.event import Event
from statewright.statechart.playing.script import (
    Answered,
    Happened,
    Line,
    Typed,
    event_for,
    result_of,
)
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of
from tests.compiler.conversations import compiled

CALL = """
start: call
variables: {{total: {{type: {type}, default: 0}}, seen: {{type: dyn}}}}
nodes:
  call:
    type: http
    url: https://api.example.com/
    save: {{total: response.body.total}}
    success: {after}
    error: bye
  test: {{type: condition, branches: [{{if: "{guard}", to: many}}], else: bye}}
  many: {{type: message, text: Many., next: bye}}
  show: {{type: message, text: "{{{{ total }}}} of {{{{ seen }}}}", next: bye}}
  bye: {{type: end}}
"""


def world(text: str) -> tuple[World, Snapshot]:
    """What is known of a chart, and a session of it that has just begun."""
    made = world_of(model_of(compiled(text).statechart))
    return made, start(made.chart, session="s", seed="s", now=0).snapshot


def tried(text: str, *lines: Line) -> list[Line]:
    """Those of some lines that are tried at the start of a flow."""
    made, snapshot = world(text)
    named = {repr(line): line for line in lines}
    return [line for _, line in made.likeness.first(snapshot, named)]


def answer(status: int, total: object) -> Line:
    return Answered("call", {"status": status, "headers": {}, "body": {"total": total}})


def test_of_a_number_that_is_only_shown_it_matters_that_it_is_one() -> None:
    lines = [answer(200, 1), answer(200, 2), answer(200, "two"), answer(200, 3)]
    assert tried(CALL.format(type="int", after="show", guard="true"), *lines) == [
        answer(200, 1),
        answer(200, "two"),
    ]


def test_a_number_that_is_compared_is_itself() -> None:
    lines = [answer(200, 1), answer(200, 2), answer(200, 3)]
    assert tried(CALL.format(type="int", after="test", guard="total > 2"), *lines) == lines


def test_answers_that_fail_for_the_same_reason_are_alike() -> None:
    lines = [answer(500, 1), answer(404, 2), answer(200, 1), answer(299, 1)]
    assert tried(CALL.format(type="int", after="show", guard="true"), *lines) == [
        answer(500, 1),
        answer(200, 1),
    ]


def test_what_is_missing_elsewhere_fails_otherwise() -> None:
    without: list[Line] = [
        Answered("call", {"status": 200, "headers": {}, "body": {}}),
        Answered("call", {"status": 200, "headers": {}}),
    ]
    assert tried(CALL.format(type="int", after="show", guard="true"), *without) == without


@pytest.mark.parametrize("guard", ["size(input) > 3", "input == 'long' || answer == 'short'"])
def test_texts_are_told_apart_by_what_is_asked_of_them(guard: str) -> None:
    text = f"""
start: ask
variables: {{answer: string}}
nodes:
  ask: {{type: question, text: Go on?, variable: answer, next: test}}
  test: {{type: condition, branches: [{{if: "{guard}", to: ask}}], else: bye}}
  bye: {{type: end}}
"""
    lines = [Typed("yes"), Typed("long"), Typed("no")]
    assert Typed("yes") in tried(text, *lines)
    assert Typed("long") in tried(text, *lines)


def test_events_of_other_names_are_never_alike() -> None:
    lines = [Happened("paid", {"by": "card"}), Happened("left", {"by": "card"})]
    text = CALL.format(type="int", after="show", guard="true")
    assert tried(text, *lines) == lines


def test_nothing_is_left_out_where_other_machines_run() -> None:
    made, snapshot = world(CALL.format(type="int", after="show", guard="true"))
    chart = made.chart
    tree = made.tree
    tree.chart = type(chart)(name="outer", states=chart.states, charts={"inner": chart})
    likeness = Likeness(tree, made.uses, frozenset(), declared_in(tree))
    lines = {str(total): answer(200, total) for total in range(3)}
    assert dict(likeness.first(snapshot, lines)) == lines


def sampled() -> list[Path]:
    """Our sample flows."""
    return [
        path
        for path in sorted((Path(flows.__file__).parent / "samples").glob("*.yaml"))
        if not path.name.endswith((".test.yaml", ".de.yaml"))
    ]


@pytest.mark.parametrize("path", sampled(), ids=lambda path: path.stem)
def test_lines_that_are_alike_do_the_same(path: Path) -> None:
    made = world_of(model_of(compiler.compile(flows.read(path)).statechart))
    chart = made.chart
    waiting = deque([start(chart, session="s", seed="s", now=0).snapshot])
    met: set[object] = set()
    while waiting and len(met) < 30:
        snapshot = waiting.popleft()
        if snapshot.status is not Status.ACTIVE or snapshot.configuration in met:
            continue
        met.add(snapshot.configuration)
        named = made.alphabet.named(snapshot)
        kinds: dict[object, list[Macrostep]] = {}
        for name, line in named.items():
            step = macrostep(chart, snapshot, event_for(line, chart, snapshot, snapshot.now))
            kinds.setdefault(made.likeness.kind(snapshot, name, line), []).append(step)
            waiting.append(step.snapshot)
        assert len(kinds) == len(list(made.likeness.first(snapshot, named)))
        for first, *others in kinds.values():
            for other in others:
                assert told(other) == told(first)


def told(step: Macrostep) -> object:
    """What of a macrostep does not depend on values that are only shown or kept."""
    snapshot = step.snapshot
    ways = [(one.transitions, one.exited, one.entered) for one in step.microsteps]
    there = {
        (scope, name): type(value)
        for scope, variables in snapshot.data.items()
        for name, value in variables.items()
    }
    waits = [(one.name, one.state) for one in snapshot.invocations]
    return ways, step.incidents, snapshot.configuration, snapshot.floor, there, waits


# --- against a plain search -----------------------------------------------------------------------

BODIES: tuple[object, ...] = (
    *({"status": 200, "headers": {}, "body": {"n": n}} for n in (*range(-1, 6), "x", None)),
    {"status": 200, "headers": {}, "body": {}},
    {"status": 200, "headers": {}},
    {"status": 500, "headers": {}, "body": {}},
    {"status": 404, "headers": {}, "body": {"n": 2}},
)


def calling_flow(chance: random.Random) -> str:
    """A small flow that calls others, keeps what they answer, and compares some of it."""
    names = [f"n{number}" for number in range(chance.randint(4, 7))] + ["bye"]
    lines = ["start: n0", "variables:"]
    lines += [f"  {v}: {{type: int, default: {chance.randint(0, 2)}}}" for v in ("p", "q", "r")]
    lines += ["nodes:"]
    guards = ["p > 2", "q == 3", "p < 0 || q > 1", "p in [1, 2]", "q != 0 && p > 1"]
    for name in names[:-1]:
        variable, (target, other) = chance.choice("ppqr"), chance.choices(names, k=2)
        kind = chance.choice(["call", "call", "route", "route", "show", "set"])
        if kind == "call":
            lines.append(
                f"  {name}: {{type: http, url: https://api.example.com/, save: {{{variable}: response.body.n}}, success: {target}, error: {other}}}"
            )
        elif kind == "route":
            lines.append(
                f'  {name}: {{type: condition, branches: [{{if: "{chance.choice(guards)}", to: {target}}}], else: {other}}}'
            )
        elif kind == "show":
            lines.append(
                f'  {name}: {{type: question, text: "{{{{ {variable} }}}} and {{{{ r }}}}", next: {target}}}'
            )
        else:
            lines.append(
                f'  {name}: {{type: set, actions: [{{set: {variable}, to: {chance.randint(0, 3)}}}, {{set: r, to: "{{{{ 6 / p }}}}"}}], next: {target}, on_error: {{fallback: {other}}}}}'
            )
    return "\n".join([*lines, "  bye: {type: end}", ""])


def plainly_taken(chart: Statechart, limit: int) -> set[str] | None:
    """The transitions that a search of one session at a time takes; None where it does not end."""
    taken: set[str] = set()
    seen: set[str] = set()
    waiting = [start(chart, session="s", seed="s", now=0)]
    while waiting:
        step = waiting.pop()
        taken.update(name for one in step.microsteps for name in one.transitions)
        snapshot = step.snapshot
        key = repr((snapshot.configuration, sorted(snapshot.data.items())))
        if snapshot.status is not Status.ACTIVE or key in seen:
            continue
        if len(seen) > limit:
            return None
        seen.add(key)
        said = ("go", "") if snapshot.floor else ()
        events = [Event("message", {"text": text}) for text in said]
        events += [Event("tick", None, timer.due) for timer in snapshot.timers[:1]]
        for invocation in snapshot.invocations:
            events += [result_of(invocation, body, snapshot.now, failed=False) for body in BODIES]
            failed = {"code": "failed", "message": "it failed"}
            events.append(result_of(invocation, failed, snapshot.now, failed=True))
        waiting += [macrostep(chart, snapshot, event) for event in events]
    return taken


def test_it_agrees_with_a_plain_search_on_flows_that_call_others() -> None:
    chance = random.Random(2028)
    compared = 0
    for _ in range(int(os.environ.get("STATEWRIGHT_FLOWS", "40"))):
        text = calling_flow(chance)
        chart = replace(compiled(text).statechart, limit=60)
        plain = plainly_taken(chart, 600)
        verification = verified(chart)
        if plain is None or verification.hindrance:
            continue
        compared += 1
        for name in tree_of(chart).arcs:
            assert verification.is_met(TakeTransition(name)) == (name in plain), (name, text)
    assert compared > 10
