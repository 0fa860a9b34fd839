"""What the page about variables shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

from statewright import compiler, flows
from statewright.flows.dialects.native.variable_shapes import TYPES, FieldShape, LongVariable
from statewright.flows.model import VariableScope
from statewright.statechart import parse_script, play
from tests.compiler.conversations import said

TEXT = (Path(__file__).parents[2] / "docs" / "variables.md").read_text()


def test_its_flow_runs() -> None:
    (written,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    chart = compiler.compile(flows.parse(written)).release().statechart
    script = parse_script(["13", "3"])
    played = list(play(chart, script, session="s", seed="s", now=0))
    assert said(played) == [
        "How many?",
        "Please answer with a whole number that fits (1 – 12).",
        "6, 3, 1",
    ]


def test_it_names_every_type_scope_and_key() -> None:
    words = set(re.findall(r"`([a-z_]+)(?:: [a-z]+)?`", TEXT))
    assert set(TYPES) - {"dyn"} <= words
    assert set(VariableScope) <= words
    keys = {*LongVariable.known(), *FieldShape.known()} - {"type", "default"}
    assert keys <= words
