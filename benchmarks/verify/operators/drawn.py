"""Mistakes in a flow that was read from whatever format: made in what it became.

They are for the flows of others, which no other operator can change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchmarks.verify.documents import Source
from benchmarks.verify.mutants import DEAD, Mutation, Operator
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import Condition, Message, bodies_of


@dataclass(frozen=True, slots=True)
class ReadFlow(Source):
    """A flow of others, as it was read.

    Attributes:
        read: the flow; its document is left out.
    """

    read: Flow | None = None

    def flow(self) -> Flow:
        """The flow, read."""
        if self.read is None:
            raise ValueError("nothing was read")
        return self.read


Change = Callable[[Flow], Iterator[tuple[Flow, str]]]
"""Makes broken flows of one, each with the node at which it is broken."""


def _changed(flow: Flow, old: Edge, *new: Edge) -> Flow:
    edges = tuple(edge for one in flow.edges for edge in (new if one is old else (one,)))
    return replace(flow, edges=edges)


def _at(code: str, change: Change) -> Callable[[Source], Iterator[Mutation]]:
    def make(source: Source) -> Iterator[Mutation]:
        flow = source.flow()
        for made, node in change(flow):
            broken = ReadFlow(source.name, {"nodes": {}}, read=made)
            yield Mutation(broken, f"{code} {node}", frozenset({node}))

    return make


def _dangling(flow: Flow) -> Iterator[tuple[Flow, str]]:
    for edge in flow.edges:
        yield _changed(flow, edge, replace(edge, target="nowhere at all")), edge.source


def _lost(flow: Flow) -> Iterator[tuple[Flow, str]]:
    """The only way out of a node is gone."""
    leaving = Counter(edge.source for edge in flow.edges)
    containers = {node.id for node in flow.nodes if bodies_of(node.config)}
    for edge in flow.edges:
        if leaving[edge.source] == 1 and edge.source not in containers:
            yield _changed(flow, edge), edge.source


def _twin(flow: Flow) -> Iterator[tuple[Flow, str]]:
    for node in flow.nodes:
        yield replace(flow, nodes=(*flow.nodes, replace(node))), node.id


def _orphan(flow: Flow) -> Iterator[tuple[Flow, str]]:
    for edge in flow.edges:
        target = next((node for node in flow.nodes if node.id == edge.target), None)
        if target is not None and not target.container:
            left = Edge("an orphan", edge.target)
            node = Node("an orphan", Message(()), target.location)
            nodes, edges = (*flow.nodes, node), (*flow.edges, left)
            yield replace(flow, nodes=nodes, edges=edges), "an orphan"


def _guards(flow: Flow, wrong: str) -> Iterator[tuple[Flow, str]]:
    kinds = {node.id: node.config for node in flow.nodes}
    for edge in flow.edges:
        if edge.guard is not None and isinstance(kinds.get(edge.source), Condition):
            text = wrong.replace("GUARD", edge.guard.text)
            guard = replace(edge.guard, text=text)
            yield _changed(flow, edge, replace(edge, guard=guard)), edge.source


DRAWN = (
    Operator("drawn-dangling", "S103", _at("S103", _dangling)),
    Operator("drawn-lost", "S106", _at("S106", _lost), accepts=("S107", "S108", "G309", "E601")),
    Operator("drawn-twin", "S104", _at("S104", _twin)),
    Operator("drawn-orphan", "S105", _at("S105", _orphan)),
    Operator("drawn-garbled", "G301", _at("G301", lambda flow: _guards(flow, "(GUARD"))),
    Operator(
        "drawn-unknown", "G303", _at("G303", lambda flow: _guards(flow, "(GUARD) && nobody_knows"))
    ),
    Operator(
        "drawn-contradiction",
        "G305",
        _at("G305", lambda flow: _guards(flow, "(GUARD) && !(GUARD)")),
        accepts=(*DEAD, "G304"),
    ),
)
