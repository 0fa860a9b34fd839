"""Diagrams for Graphviz and Mermaid: read back by these tools, whatever the names are."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from statewright.compiler.targets import TARGETS
from statewright.compiler.targets.drawing import NAME_LENGTH, drawing_of
from statewright.compiler.targets.words import shortened
from statewright.expressions import Literal, parse
from statewright.statechart import Release, State, Statechart, StateKind, Transition, digest_of
from statewright.statechart.actions import Cancel, Raise, Say, Send
from statewright.statechart.structure.traversal import states_in
from tests.compiler.node_tools import NodeTools
from tests.properties.statecharts import charts

HOSTILE = (
    'say "hi"',
    "line\nbreak",
    "tab\there",
    "a: b; c",
    "<b>bold</b>",
    "{curly}",
    "&amp; & &#65;",
    "back\\slash\\n\\l",
    "1. list",
    "- dash",
    "_under_ *star* `code`",
    "[link](url)",
    "%%{init: {}}%%",
    "#35; #quot;",
    "end",
    "note",
    "état 🙂 漢字",
    "$x$ ~y~ a|b",
    "--> s0",
    "[*]",
    "x" * 200,
    "\x00\x07",
)


def text_of(target: str, chart: Statechart) -> str:
    (text,) = TARGETS[target](Release(chart, digest_of(chart))).files.values()
    return text


def on(event: str, *targets: str, guard: str | None = None, **more: Any) -> Transition:
    condition = None if guard is None else parse(guard)
    return Transition(targets, (event,) if event else (), condition, **more)


def spoken(name: str) -> str:
    """A name as a diagram can show it."""
    return shortened(name, NAME_LENGTH)


def in_mermaid(label: str) -> str:
    """A label as Mermaid shows it: it keeps entities in a form of its own until it draws them."""
    return html.unescape(label.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))


def in_graphviz(label: str) -> str:
    """The first line of a label, as Graphviz shows it."""
    head = re.split(r"(?<!\\)(?:\\\\)*\\[nl]", label)[0]
    return html.unescape(re.sub(r"\\(.)", r"\1", head))


def hostile_chart() -> Statechart:
    states = [
        State(
            name,
            transitions=(on("go", HOSTILE[n - 1], guard='x == "<b>; {\\"}" && y > 1'),),
            entry=((Say(Literal({"text": name})),),),
        )
        for n, name in enumerate(HOSTILE)
    ]
    return Statechart('chart "of" <names>\n%%', tuple(states))


def test_graphviz_reads_every_name_as_it_is(node: NodeTools) -> None:
    answer = node.ask("graphviz", text=text_of("dot", hostile_chart()))
    labels = [in_graphviz(one["label"]) for one in answer["graph"]["objects"] if one.get("label")]
    assert labels == [spoken(name) for name in HOSTILE]


def test_mermaid_reads_every_name_as_it_is(node: NodeTools) -> None:
    answer = node.ask("mermaid", text=text_of("mermaid", hostile_chart()))
    assert "error" not in answer, answer
    nodes = {one["id"]: one for one in answer["data"]["nodes"]}
    for number, name in enumerate(HOSTILE):
        assert in_mermaid(str(nodes[f"s{number}"]["label"])) == spoken(name)
    labels = {in_mermaid(edge["label"]) for edge in answer["data"]["edges"] if edge["label"]}
    assert labels == {'go [x == "<b>; {\\"}" && y > 1]'}


def edges_of_chart(chart: Statechart) -> int:
    """How many arrows a chart has: one per target, one for what leaves nothing or begins."""
    drawing = drawing_of(chart)
    states = list(states_in(chart))
    transitions = [transition for state in states for transition in state.transitions]
    beginnings = [drawing.beginning(None)]
    beginnings += [
        drawing.beginning(one)
        for one in states
        if one.kind is StateKind.COMPOUND or "history" in one.kind
    ]
    return sum(max(1, len(one.targets)) for one in transitions) + sum(map(len, beginnings))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),
)
@given(charts())
def test_random_charts_are_drawn_whole(node: NodeTools, chart: Statechart) -> None:
    drawn = node.ask("graphviz", text=text_of("dot", chart))
    assert [one for one in drawn["errors"] if "cluster" in one["message"]] == []
    names = {f"s{number}" for number, _ in enumerate(states_in(chart))}
    objects = {str(one["name"]).removeprefix("cluster_") for one in drawn["graph"]["objects"]}
    assert names <= objects
    assert len(drawn["graph"].get("edges", [])) == edges_of_chart(chart)
    read = node.ask("mermaid", text=text_of("mermaid", chart))
    assert "error" not in read, read
    assert names <= {one["id"] for one in read["data"]["nodes"]}


def test_losses_of_a_drawing_say_what_is_not_in_it() -> None:
    long = "size(name) > 2 && name.startsWith('a very long beginning of a name indeed')"
    chart = Statechart(
        "test",
        (State("s", transitions=(on("x", "s", guard=long),)),),
        deferred=("message",),
    )
    for target in ("dot", "mermaid"):
        export = TARGETS[target](Release(chart, digest_of(chart)))
        assert {loss.code for loss in export.losses} == {"cut-guards", "deferred"}


@pytest.mark.parametrize("target", ["dot", "mermaid"])
def test_timers_are_delays_and_rivals_are_numbered(target: str) -> None:
    chart = Statechart(
        "test",
        (
            State(
                "wait",
                entry=((Send("late", delay=Literal(600_000_000), id="t"),),),
                exit=((Cancel("t"),),),
                transitions=(
                    on("late", "wait"),
                    on("answer", "wait", guard="n > 1"),
                    on("answer", "other"),
                ),
            ),
            State(
                "other",
                entry=((Raise("done.actions.other"),),),
                transitions=(on("done.actions.other", "wait"),),
            ),
        ),
    )
    text = " ".join(text_of(target, chart).split())
    for label in ("after 10min", "1", "2", "done"):
        assert label in text
    assert "done.actions" not in text


def test_history_and_regions_have_their_signs(node: NodeTools) -> None:
    chart = Statechart(
        "test",
        (
            State(
                "p",
                StateKind.PARALLEL,
                (
                    State(
                        "p/a",
                        StateKind.COMPOUND,
                        (
                            State("h", StateKind.DEEP_HISTORY, initial=Transition(("p/a/x",))),
                            State("p/a/x"),
                        ),
                        transitions=(on("in", "p/a/x"), on("self", "p/a")),
                    ),
                    State("p/b"),
                ),
                transitions=(on("again", "p"), on("act")),
            ),
        ),
    )
    drawn = node.ask("graphviz", text=text_of("dot", chart))
    labels = {one.get("label") for one in drawn["graph"]["objects"]}
    assert {"p", "a", "x", "b", "H*"} <= labels
    assert "error" not in node.ask("mermaid", text=text_of("mermaid", chart))
