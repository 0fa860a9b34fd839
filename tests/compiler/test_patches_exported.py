"""What a block that fails was about to change of the contact and the tenant is changed nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from statewright.compiler.targets.python_statemachine import build as python_statemachine
from statewright.compiler.targets.python_statemachine.model import Model
from statewright.compiler.targets.transitions import build as transitions
from statewright.statechart import Event, Macrostep, State, Statechart, Transition
from statewright.statechart.actions import Assign, Merge, Merging, Say
from tests.compiler.hosted_runs import run_hosted
from tests.compiler.node_tools import NodeTools
from tests.compiler.standalone import assert_same, imported, theirs
from tests.compiler.test_targets_python_statemachine_source import class_from, send
from tests.compiler.xstate_runs import ran, released, run_in_xstate
from tests.statechart.building import cel


def changing(*more: Any) -> tuple[Any, ...]:
    return (
        Say(cel("'a'")),
        Assign(("contact", "n"), cel("1")),
        Assign(("tenant", "n"), cel("contact.n + 1"), Merge(Merging.INCREMENT, cel("2"))),
        Assign(("contact", "n"), cel("contact.n + 1"), Merge(Merging.INCREMENT, cel("1"))),
        Say(cel("contact.n + tenant.n")),
        *more,
    )


CHART = Statechart(
    "patching",
    (
        State(
            "a",
            transitions=(
                Transition(
                    events=("fail",), actions=changing(Assign(("contact", "m"), cel("1 / 0")))
                ),
                Transition(events=("work",), actions=changing()),
                Transition(("b",), ("look",)),
            ),
        ),
        State("b", entry=((Say(cel("string(has(contact.n)) + string(has(tenant.n))")),),)),
    ),
)
PATCHES = [
    {"operation": "set", "path": ["n"], "scope": "contact", "value": 1},
    {"operation": "increment", "path": ["n"], "scope": "tenant", "value": 2},
    {"operation": "increment", "path": ["n"], "scope": "contact", "value": 1},
]
SAID = ["a", 4]


def steps_of(*names: str) -> list[Macrostep]:
    return ran(CHART, [Event(name, {}, now) for now, name in enumerate(names, start=1)])


def asked(effects: Any, kind: str) -> list[Any]:
    """What a target asked for of a kind, in the words of ours."""
    return [
        {key: value for key, value in one.items() if key != "kind"}
        for one in effects
        if one["kind"] == kind
    ]


def ours(step: Macrostep) -> tuple[list[Any], list[Any]]:
    patches = [dict(one.data) for one in step.effects if one.kind == "patch"]
    return patches, [one.data["content"] for one in step.effects if one.kind == "say"]


def test_our_engine_asks_for_all_patches_of_a_block_or_for_none() -> None:
    assert [ours(step) for step in steps_of("fail", "work")[1:]] == [([], SAID), (PATCHES, SAID)]


def test_a_machine_of_another_library_asks_for_the_same() -> None:
    steps = steps_of("fail", "work")
    for build in (python_statemachine, transitions):
        assert list(map(ours, run_hosted(build(released(CHART)), steps))) == list(map(ours, steps))


@pytest.mark.parametrize("names", [("fail", "look"), ("work",)], ids=str)
def test_a_written_class_asks_for_the_same(names: tuple[str, ...], tmp_path: Path) -> None:
    machine = class_from(released(CHART), tmp_path)(Model(session="s", seed="s", now=0))
    for number, step in enumerate(steps_of(*names)):
        if number:
            send(machine, step.event)
        effects = machine.model.effects
        said = [one["content"] for one in asked(effects, "say")]
        assert (asked(effects, "patch"), said) == ours(step)
        effects.clear()


def test_a_stand_alone_module_asks_for_the_same(tmp_path: Path) -> None:
    module = imported(CHART, tmp_path)
    first, *rest = steps_of("fail", "work")
    made = module.interpret(module.MACHINE, session="s", seed="s", now=first.event.now)
    assert_same(first, module, made)
    for step in rest:
        made = module.macrostep(module.MACHINE, made.snapshot, theirs(module, step.event))
        assert_same(step, module, made)


@pytest.mark.parametrize("names", [("fail", "look"), ("work",)], ids=str)
def test_xstate_asks_for_the_same(node: NodeTools, names: tuple[str, ...]) -> None:
    steps = steps_of(*names)
    for step, answer in zip(steps, run_in_xstate(node, CHART, steps), strict=True):
        found = answer["effects"]
        said = [one["content"] for one in asked(found, "say")]
        assert (asked(found, "patch"), said) == ours(step)
