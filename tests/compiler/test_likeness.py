"""Of what may happen, one line is tried of all that a session cannot tell apart."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.compiler.verification.likeness import Likeness
from statewright.compiler.verification.model import model_of
from statewright.compiler.verification.world import World, declared_in, world_of
from statewright.statechart import macrostep, start
from statewright.statechart.playing.script import Answered, Happened, Line, Typed, event_for
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.steps import Macrostep
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
