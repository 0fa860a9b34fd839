"""The drawing as a graph: which nodes there are, how they are joined, which can be reached."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from statewright.compiler.once import once
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import Interrupt, bodies_of


@dataclass(frozen=True, slots=True)
class Graph:
    """A flow's nodes and edges, indexed.

    Attributes:
        nodes: by id; of two with one id, the first.
        edges: by source and port, in the order of the file.
        ports: by source, the ports at which an edge leaves, in the order of the file.
        entries: the entries that name a node, one that stands inside no other.
        inside: by container and body, ids of the nodes that stand there, in the order of the file.
        leading: by target, the edges that lead there, in the order of the file.
    """

    nodes: Mapping[str, Node]
    edges: Mapping[tuple[str, str], tuple[Edge, ...]]
    ports: Mapping[str, tuple[str, ...]]
    entries: tuple[str, ...]
    inside: Mapping[tuple[str, str], tuple[str, ...]]
    leading: Mapping[str, tuple[Edge, ...]]

    def at(self, node: str, port: str) -> tuple[Edge, ...]:
        """The edges that leave a node by a port."""
        return self.edges.get((node, port), ())

    def without(self, node: str, port: str) -> Graph:
        """The same graph, where no edge leaves a node by a port; it takes no copy of the rest."""
        left = tuple(one for one in self.ports.get(node, ()) if one != port)
        edges: Any = self.edges
        ports: Any = self.ports
        return replace(
            self, edges=ChainMap({(node, port): ()}, edges), ports=ChainMap({node: left}, ports)
        )

    def incoming(self, node: str) -> tuple[Edge, ...]:
        """The edges that lead to a node."""
        return self.leading.get(node, ())

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The nodes that no edge has to lead to: the entries, and what may happen at any time."""
        interrupts = (node.id for node in self.top if isinstance(node.config, Interrupt))
        return (*self.entries, *interrupts)

    @property
    def top(self) -> tuple[Node, ...]:
        """The nodes that stand inside no other, in the order of the file."""
        return tuple(self.nodes[ident] for ident in self.inside.get(("", ""), ()))

    def containers(self, node: str) -> Iterator[Node]:
        """The nodes that a node stands inside, the innermost first."""
        seen = {node}
        found = self.nodes.get(node)
        while found is not None and found.container not in seen:
            found = self.nodes.get(found.container)
            if found is not None:
                seen.add(found.id)
                yield found

    def is_open(self, source: str, target: str) -> bool:
        """Whether an edge may lead from one node to another: never into a body from outside it.

        The target stands beside the source, or beside a node that the source stands inside.
        """
        goal, beside = self.nodes[target], self.nodes[source]
        if goal.container == beside.container and goal.body == beside.body:
            return True
        place = (goal.container, goal.body)
        return any(place == (node.container, node.body) for node in self.containers(source))


@once
def graph_of(flow: Flow) -> Graph:
    """Index a flow. O(nodes + edges)."""
    nodes: dict[str, Node] = {}
    for node in flow.nodes:
        nodes.setdefault(node.id, node)
    inside: dict[tuple[str, str], list[str]] = defaultdict(list)
    for node in nodes.values():
        inside[node.container, node.body].append(node.id)
    edges: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    ports: dict[str, list[str]] = defaultdict(list)
    leading: dict[str, list[Edge]] = defaultdict(list)
    for edge in flow.edges:
        here = edges[edge.source, edge.port]
        if not here:
            ports[edge.source].append(edge.port)
        here.append(edge)
        leading[edge.target].append(edge)
    return Graph(
        nodes=nodes,
        edges={key: tuple(value) for key, value in edges.items()},
        ports={source: tuple(names) for source, names in ports.items()},
        entries=tuple(
            entry for entry in flow.entries if entry in nodes and not nodes[entry].container
        ),
        inside={key: tuple(ids) for key, ids in inside.items()},
        leading={target: tuple(value) for target, value in leading.items()},
    )


def successors_of(flow: Flow) -> Mapping[str, tuple[str, ...]]:
    """Node → the nodes its edges lead to and its bodies begin at, guards not considered."""
    successors: dict[str, list[str]] = defaultdict(list)
    for node in flow.nodes:
        successors[node.id].extend(body.entry for body in bodies_of(node.config))
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
