"""Reading flows in tests, and saying briefly what was found."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

from statewright import flows
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import NEXT


def yaml(text: str, **options: Any) -> Flow:
    """A flow in the native format; ``statewright: 1`` is the first line of the file."""
    return flows.parse("statewright: 1\n" + dedent(text).lstrip("\n"), file="f.yaml", **options)


def node(text: str) -> Flow:
    """A flow in the native format with one node, ``a``, which begins in line 3."""
    lines = dedent(text).strip().splitlines()
    return yaml("nodes:\n  a:\n" + "\n".join(f"    {line}" for line in lines))


def parsed(document: Any, **options: Any) -> Flow:
    """A flow of another dialect from plain values."""
    return flows.parse(json.dumps(document), file="f.json", **options)


def found(flow: Flow) -> list[tuple[str, int, int, str]]:
    """The problems of a flow: code, line, column, message."""
    return [
        (problem.code, problem.location.line, problem.location.column, problem.message)
        for problem in flow.problems
    ]


def codes(flow: Flow) -> list[str]:
    """The codes of the problems of a flow."""
    return [problem.code for problem in flow.problems]


def helps(flow: Flow) -> list[str]:
    """What the problems of a flow tell to do."""
    return [problem.help for problem in flow.problems]


def node_of(flow: Flow, id_: str = "a") -> Node:
    """A node by its id."""
    return next(node for node in flow.nodes if node.id == id_)


def config(flow: Flow, id_: str = "a") -> Any:
    """What a node does."""
    return node_of(flow, id_).config


def arrows(flow: Flow, *sources: str) -> list[str]:
    """The edges as text, ``source port [guard] -> target``, of some nodes or all."""
    return [arrow(edge) for edge in flow.edges if not sources or edge.source in sources]


def arrow(edge: Edge) -> str:
    """An edge as text; the port is left out where it is the only one."""
    port = "" if edge.port == NEXT else f" {edge.port}"
    guard = f" [{edge.guard.text}]" if edge.guard else ""
    return f"{edge.source}{port}{guard} -> {edge.target}"
