"""Exported machines tell the same of errors as ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.compiler.conversations import compiled, turns
from tests.compiler.node_tools import NodeTools
from tests.compiler.standalone import assert_same, imported, theirs
from tests.compiler.test_errors import ALL, ASKING, TRYING, answered, failed
from tests.compiler.xstate_runs import run_in_xstate, seen, seen_in_xstate

FLOWS = {
    "port": ASKING.replace("TEXT", ALL),
    "try": TRYING.replace("CLASS", "timeout, 4xx"),
    "saved": ASKING.replace("TEXT", ALL)
    .replace(
        "success: bye", "save: {who: response.body.who, vip: response.body.vip}\n    success: bye"
    )
    .replace("variables: {", "variables: {vip: {type: bool, default: false}, "),
}
SCRIPTS: dict[str, Any] = {
    "status": answered(404, {"reason": "gone"}),
    "server": answered(503, None),
    "dns": failed(code="dns", message="no host"),
    "timeout": failed(code="timeout", message="late"),
    "misfit": answered(200, {"who": "Bob", "vip": "perhaps"}),
}


@pytest.mark.parametrize("flow", ["try", "saved"])
def test_a_stand_alone_module_does_the_same_to_the_byte(flow: str, tmp_path: Path) -> None:
    chart = compiled(FLOWS[flow]).draft().statechart
    module = imported(chart, tmp_path)
    for script in SCRIPTS.values():
        first, *rest = turns(FLOWS[flow], script)
        begun = first.macrostep.event.now
        made = module.interpret(module.MACHINE, session="test", seed="seed", now=begun)
        assert_same(first.macrostep, module, made)
        for turn in rest:
            made = module.macrostep(
                module.MACHINE, made.snapshot, theirs(module, turn.macrostep.event)
            )
            assert_same(turn.macrostep, module, made)


@pytest.mark.parametrize(
    ("flow", "script"),
    [("port", "status"), ("try", "server"), ("try", "timeout"), ("saved", "misfit")],
)
def test_xstate_goes_the_same_way(node: NodeTools, flow: str, script: str) -> None:
    chart = compiled(FLOWS[flow]).draft().statechart
    steps = [turn.macrostep for turn in turns(FLOWS[flow], SCRIPTS[script])]
    for step, answer in zip(steps, run_in_xstate(node, chart, steps), strict=True):
        ours, other = seen(step), seen_in_xstate(answer, chart)
        for one in (ours, other) if script == "misfit" else ():
            one["data"].get("error", {}).pop("message", None)
            one["said"] = len(one["said"])
        assert other == ours
