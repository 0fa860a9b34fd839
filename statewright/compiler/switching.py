"""Nodes that their authors have switched off, as what they are then: ways on to the next one.

So whatever looks at a flow afterwards sees what happens in it: what such a node would say, ask or
compute, and the nodes inside it, are not there, and nothing is found in them.
"""

from __future__ import annotations

from dataclasses import replace

from statewright.compiler.analysis.graph import graph_of
from statewright.compiler.nesting import changed_throughout
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import (
    NEXT,
    Break,
    Condition,
    Continue,
    End,
    Handoff,
    Interrupt,
    Jump,
    Leave,
    Subflow,
)

_LEADING_OUT = Leave | Continue | Break
"""Nodes that only say where a body ends: there is no way past them."""


def switched(flow: Flow) -> Flow:
    """The flow, and those that it runs, with what is left of the nodes that are switched off.

    Such a node is left by the first way that it has. An end, or a handoff that nothing leads on
    from, has none: the conversation ends there, without a word. An interrupt never happens.
    """
    return changed_throughout(flow, _without_disabled)


def _without_disabled(flow: Flow) -> Flow:
    if not any(node.disabled for node in flow.nodes):
        return flow
    gone = _gone(flow)
    off = {node.id: node for node in flow.nodes if node.disabled and node.id not in gone}
    ways: dict[str, list[Edge]] = {ident: [] for ident in off}
    for edge in flow.edges:
        if edge.source in off:
            ways[edge.source].append(edge)
    edges = (
        edge
        for edge in flow.edges
        if edge.source not in gone and (edge.source not in off or _is_kept(off[edge.source]))
    )
    first = (way for name, node in off.items() for way in _first_ways(node, ways[name]))
    nodes = tuple(_left_of(node) for node in flow.nodes if node.id not in gone)
    run = {node.config.flow.text for node in nodes if isinstance(node.config, Subflow)}
    subflows = {name: inner for name, inner in flow.subflows.items() if name in run}
    return replace(flow, nodes=nodes, edges=(*edges, *first), subflows=subflows)


def _gone(flow: Flow) -> frozenset[str]:
    """The nodes that are not there: inside what is switched off, and interrupts that are."""
    graph = graph_of(flow)
    return frozenset(
        node.id
        for node in flow.nodes
        if (node.disabled and isinstance(node.config, Interrupt))
        or any(around.disabled for around in graph.containers(node.id))
    )


def _is_kept(node: Node) -> bool:
    return isinstance(node.config, _LEADING_OUT)


def _left_of(node: Node) -> Node:
    config = node.config
    if not node.disabled or _is_kept(node):
        return node
    ends = isinstance(config, End) or (isinstance(config, Handoff) and not config.returns)
    return replace(node, config=End() if ends else Jump(), on_error=None)


def _first_ways(node: Node, edges: list[Edge]) -> tuple[Edge, ...]:
    """The way past a node: the first of its ports that leads anywhere, where it says which.

    Where each answer, or each arm, has a port of its own, that is the first of those. Of branches
    it is the first one, whatever its condition.
    """
    if _is_kept(node):
        return ()
    config = node.config
    usual = (*config.ports, NEXT)[0]
    wired = [edge.port for edge in edges]
    own = [port for port in wired if port not in config.ports]
    port = next((port for port in (usual, NEXT, *own) if port in wired), usual)
    found = [replace(edge, port=NEXT) for edge in edges if edge.port == port]
    if isinstance(config, Condition):
        return tuple(replace(edge, guard=None) for edge in found[:1])
    return tuple(found)
