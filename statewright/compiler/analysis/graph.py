"""The drawing as a graph: which nodes there are, how they are joined, which can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from statewright.flows.model import Edge, Flow, Node


@dataclass(frozen=True, slots=True)
class Graph:
    """A flow's nodes and edges, indexed.

    Attributes:
        nodes: by id; of two with one id, the first.
        edges: by source and port, in the order of the file.
        entries: the entries that name a node.
    """

    nodes: Mapping[str, Node]
    edges: Mapping[tuple[str, str], tuple[Edge, ...]]
    entries: tuple[str, ...]

    def at(self, node: str, port: str) -> tuple[Edge, ...]:
        """The edges that leave a node by a port."""
        return self.edges.get((node, port), ())


def graph_of(flow: Flow) -> Graph:
    """Index a flow. O(nodes + edges)."""
    nodes: dict[str, Node] = {}
    for node in flow.nodes:
        nodes.setdefault(node.id, node)
    edges: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in flow.edges:
        edges[edge.source, edge.port].append(edge)
    return Graph(
        nodes=nodes,
        edges={key: tuple(value) for key, value in edges.items()},
        entries=tuple(entry for entry in flow.entries if entry in nodes),
    )


def successors_of(flow: Flow) -> Mapping[str, tuple[str, ...]]:
    """Node → the nodes its edges lead to, guards not considered."""
    successors: dict[str, list[str]] = defaultdict(list)
    for edge in flow.edges:
        successors[edge.source].append(edge.target)
    return {source: tuple(targets) for source, targets in successors.items()}


def reachable_from(
    starts: Iterable[str], successors: Mapping[str, Iterable[str]]
) -> frozenset[str]:
    """Everything on a path from one of the starts, the starts included. O(nodes + edges)."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for target in successors.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(seen)
