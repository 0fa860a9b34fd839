"""Names: a node may be called whatever its author likes, also what a state of the compiler is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.compiler.lowering import lower
from statewright.flows import Flow
from statewright.flows.nodes import Container, Form, Subflow
from statewright.statechart import Turn, parse_script, play
from statewright.statechart.definition import state_id
from statewright.statechart.structure.traversal import states_in
from tests.compiler.conversations import NOW, said, turns

SAMPLES = Path(__file__).parents[2] / "statewright" / "flows" / "samples"

OUR_OWN = re.compile(r"~[a-z]+")
"""What the compiler calls its states; in what an author wrote, a ``~`` is escaped as ``~0``."""


def drawn(flow: Flow, *prefix: str) -> Iterator[str]:
    """The states of nodes and of their bodies, of a flow and of those that it runs."""
    for node in flow.nodes:
        yield state_id(*prefix, node.id)
        if isinstance(node.config, Form):
            # The ends of the flow of a form; no field can be called so.
            names = ("~filled", "~given up", "~late", *(one.name for one in node.config.fields))
            yield from (state_id(*prefix, node.id, name) for name in names)
        if isinstance(node.config, Container):
            for body in node.config.bodies:
                yield state_id(*prefix, node.id, body.name)
        if isinstance(node.config, Subflow):
            yield from drawn(flow.subflows[node.config.flow.text], *prefix, node.id)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_nobody_drew_has_a_name_that_nobody_can_write(path: Path) -> None:
    if path.stem.endswith(".test"):
        return
    flow = flows.read(path)
    known = {*drawn(flow)}
    own = [one.id for one in states_in(lower(flow).statechart) if one.id not in known]
    assert own
    assert [one for one in own if not OUR_OWN.fullmatch(one.rpartition("/")[2])] == []


WORDS = (
    *("again", "aside", "ask", "back", "begin", "body", "bot", "call", "collect", "end"),
    *("failed", "fallback", "flow", "going", "gone", "hands", "inactive", "invalid", "lacking"),
    *("late", "left", "main", "nothing", "nowhere", "offer", "people", "refused", "reminder"),
    *("round", "save", "show", "stage", "stopped", "talk", "tell", "try", "wait"),
)
"""What the compiler calls its states, without what makes these names its own."""

PARENT = """
statewright: 1
start: s
settings: {timeout: 1h, inactivity: {after: 30m}}
variables: {n: {type: int, default: 0}}
nodes:
  s: {type: subflow, flow: inner.yaml, inputs: {n: "{{ n + 1 }}"}, save: {n: output.n}, on_error: {retry: 1}, next: e}
  e: {type: end, text: "{{ n }}"}
  i: {type: interrupt, words: [help], nodes: {told: {type: message, text: Help., next: o}, o: {type: leave}}}
"""


def of_files(folder: Path, inner: str, *script: object) -> list[Turn]:
    (folder / "parent.yaml").write_text(PARENT)
    (folder / "inner.yaml").write_text(inner)
    chart = compiler.compile(flows.read(folder / "parent.yaml")).release().statechart
    return list(play(chart, parse_script(list(script)), session="s", seed="s", now=NOW))


def test_a_node_of_a_flow_that_is_run_may_be_called_anything(tmp_path: Path) -> None:
    chain = [*WORDS, "z"]
    nodes = "\n".join(
        f"  {one}: {{type: set, actions: [{{increment: n}}], next: {then}}}"
        for one, then in pairwise(chain)
    )
    inner = (
        "statewright: 1\nsettings: {timeout: 10m, inactivity: {after: 5m}}\n"
        f"variables: {{n: {{type: int, input: true}}}}\nstart: {chain[0]}\nnodes:\n{nodes}\n"
        "  z: {type: question, text: Well?, next: y}\n"
        "  y: {type: end}\n"
        "  j: {type: interrupt, words: [stop], nodes: {flow1: {type: leave}}}\n"
    )
    played = of_files(tmp_path, inner, "help", "stop", "so")
    assert said(played) == ["Well?", "Help.", "Well?", "Well?", str(len(WORDS) + 1)]


def test_a_field_of_a_form_may_be_called_anything() -> None:
    fields = ", ".join(f"{one}: {{text: {one}?}}" for one in WORDS)
    form = f"""
start: f
variables: {{all: map}}
nodes:
  f: {{type: form, fields: {{{fields}}}, variable: all, next: e}}
  e: {{type: end, text: "{{{{ all.save }}}} {{{{ all.flow }}}}"}}
"""
    played = turns(form, *(one.upper() for one in WORDS))
    assert said(played) == [*(f"{one}?" for one in WORDS), "SAVE FLOW"]


def test_an_error_names_the_node_inside_whatever_it_is_called(tmp_path: Path) -> None:
    for word in WORDS:
        (tmp_path / "inner.yaml").write_text(
            f"statewright: 1\nstart: {word}\nvariables: {{n: int, x: {{type: dyn, default: no}}}}\n"
            f"nodes:\n  {word}: {{type: set, actions: [{{set: n, to: '{{{{ x }}}}'}}], next: y}}\n"
            "  y: {type: end}\n"
        )
        (tmp_path / "outer.yaml").write_text(
            "statewright: 1\nstart: s\nnodes:\n"
            "  s: {type: subflow, flow: inner.yaml, next: e, on: {error: told}}\n"
            '  told: {type: end, text: "{{ error.node }}"}\n  e: {type: end}\n'
        )
        chart = compiler.compile(flows.read(tmp_path / "outer.yaml")).draft().statechart
        assert said(list(play(chart, [], session="s", seed="s", now=NOW))) == [word]
