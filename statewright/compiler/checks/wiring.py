"""Ports by which a node can be left, and which no edge leaves."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.ports import needed_ports
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import End, ErrorClass, Subflow, Try


def unwired(subject: Subject) -> Iterator[tuple[Node, str]]:
    """The ports that are needed and have no edge; nodes without any edge are dead ends instead."""
    wired: dict[str, set[str]] = {}
    for source, port in subject.graph.edges:
        wired.setdefault(source, set()).add(port)
    for node in subject.nodes.values():
        ports = wired.get(node.id)
        if ports is None or node.disabled:
            continue
        for port in (*needed_ports(node.config, ports), *_failing(subject, node)):
            if port not in ports and not (port == "error" and _is_caught(subject, node)):
                yield node, port


def _failing(subject: Subject, node: Node) -> Iterator[str]:
    """The port of a subflow that can fail."""
    if isinstance(node.config, Subflow):
        flow = subject.flow.subflows.get(node.config.flow.text)
        ends = () if flow is None else (inner.config for inner in flow.nodes)
        if any(isinstance(end, End) and end.failed for end in ends):
            yield "error"


def _is_caught(subject: Subject, node: Node) -> bool:
    """Whether the node itself, or a try around it, answers the errors of requests."""
    return node.on_error is not None or any(
        isinstance(around.config, Try)
        and any({ErrorClass.ANY, ErrorClass.REQUEST} & set(c.errors) for c in around.config.catches)
        for around in subject.graph.containers(node.id)
    )
