"""How a conversation gets from node to node: edges with what has to hold for them to be taken.

A container is two vertices: its own id is where it is entered, ``exit_of(id)`` where it is left.
Its body begins behind the first and ends at the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from statewright.compiler.analysis.graph import Graph
from statewright.errors import ExpressionError
from statewright.expressions import Expression, parse
from statewright.flows.model import Edge, Node
from statewright.flows.nodes import (
    Break,
    Condition,
    Continue,
    Interrupt,
    Leave,
    Loop,
    Parallel,
    Split,
    Try,
    bodies_of,
)


class Way(Struct, frozen=True):
    """One step from a vertex to another.

    Attributes:
        source: where it begins.
        target: where it ends.
        edge: what was drawn, or None for a step that a container makes.
        when: guards, each with what it must give for the way to be taken.
        by_lot: whether lots are drawn for it.
    """

    source: str
    target: str
    edge: Edge | None = None
    when: tuple[tuple[Expression, bool], ...] = ()
    by_lot: bool = False


Ways = Mapping[str, tuple[Way, ...]]
"""Vertex → the ways that begin there; every vertex has an entry."""


_EXIT: Final = "\0"
"""Behind the id of a container, the vertex where it is left; ids that end so are left out."""


def exit_of(container: str) -> str:
    """The vertex at which a container is left."""
    return f"{container}{_EXIT}"


def node_of(vertex: str) -> str:
    """The node that a vertex belongs to."""
    return vertex.removesuffix(_EXIT)


def ways_of(graph: Graph) -> Ways:
    """All ways of a flow. O(nodes + edges + guards of each branching squared by its branches)."""
    ways: dict[str, list[Way]] = {ident: [] for ident in graph.nodes if not ident.endswith(_EXIT)}
    ways |= {exit_of(node.id): [] for node in graph.nodes.values() if bodies_of(node.config)}
    for node in graph.nodes.values():
        for way in (*_drawn(graph, node, graph.ports.get(node.id, ())), *_made(graph, node)):
            if way.source in ways and way.target in ways:
                ways[way.source].append(way)
    return {vertex: tuple(found) for vertex, found in ways.items()}


def _drawn(graph: Graph, node: Node, ports: tuple[str, ...]) -> Iterator[Way]:
    source = exit_of(node.id) if bodies_of(node.config) else node.id
    by_lot = isinstance(node.config, Split) and len(ports) > 1
    for port in ports:
        failed: tuple[tuple[Expression, bool], ...] = ()
        if isinstance(node.config, Condition) and port != "branch":
            failed = tuple(_refused(graph.at(node.id, "branch")))
        for edge in graph.at(node.id, port):
            guard = _guard(edge)
            when = failed if guard is None else (*failed, (guard, True))
            yield Way(source, edge.target, edge, when, by_lot)
            if edge.guard is None:
                break
            if guard is not None:
                failed = (*failed, (guard, False))


def _refused(edges: tuple[Edge, ...]) -> Iterator[tuple[Expression, bool]]:
    for edge in edges:
        guard = _guard(edge)
        if guard is not None:
            yield guard, False


def _guard(edge: Edge) -> Expression | None:
    try:
        return None if edge.guard is None else parse(edge.guard.text)
    except ExpressionError:
        return None


def _made(graph: Graph, node: Node) -> Iterator[Way]:
    """The steps that containers make: into their bodies, past them, out of them."""
    config = node.config
    if not isinstance(config, Interrupt):
        yield from (Way(node.id, body.entry) for body in bodies_of(config))
    if isinstance(config, Loop):
        yield Way(node.id, exit_of(node.id))
    homes = _HOMES.get(type(config))
    if homes is not None:
        for around in graph.containers(node.id):
            if isinstance(around.config, homes):
                yield Way(node.id, exit_of(around.id))
                break


_HOMES: Mapping[type, tuple[type, ...]] = {
    Continue: (Loop,),
    Break: (Loop,),
    Leave: (Try, Parallel, Interrupt),
}
"""What leads out of which containers. Rounds of a loop are bounded, so no way leads back."""
