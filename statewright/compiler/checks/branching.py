"""The ports at which a node branches, and no edge is sure to be taken by what stands there."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import Condition


def branching_ports(subject: Subject) -> Iterator[tuple[Node, str]]:
    """The ports of which all edges have guards."""
    for node in subject.nodes.values():
        is_condition = isinstance(node.config, Condition)
        if is_condition and subject.graph.at(node.id, "else"):
            continue
        for port in ("branch",) if is_condition else node.config.ports:
            edges = subject.graph.at(node.id, port)
            if edges and all(edge.guard is not None for edge in edges):
                yield node, port
