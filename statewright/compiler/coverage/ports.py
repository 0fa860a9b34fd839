"""The ports of a drawing: its edges, and the transitions of the chart that each one became."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from statewright.compiler.lowering import lower
from statewright.compiler.lowering.texts import guard_from
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import Set
from statewright.statechart.definition import State, Statechart, state_id
from statewright.statechart.sourcemap import Location

Arcs = Mapping[str, tuple[str, str]]
"""Id of a transition → its target and the text of its guard."""


@dataclass(frozen=True, slots=True)
class Port:
    """A way out of a node: an edge of the drawing.

    Attributes:
        number: of the edge in the flow, from 0.
        node: where it leaves.
        port: by which port.
        target: where it leads.
        guard: its condition as it is written, or ``""``.
        transitions: what it became.
        location: where it stands.
    """

    number: int
    node: str
    port: str
    target: str
    guard: str
    transitions: frozenset[str]
    location: Location

    def __str__(self) -> str:
        """``route.branch (age < 13) → child``."""
        guard = f" ({self.guard})" if self.guard else ""
        return f"{self.node}.{self.port}{guard} → {self.target}"


def ports_of(flow: Flow, chart: Statechart) -> tuple[Port, ...]:
    """The ports of a flow that became transitions, in the order of the file.

    Args:
        flow: the drawing.
        chart: what it became.
    """
    probes = _probes(flow)
    arcs = _arcs(chart)
    probed = _arcs(lower(_probed(flow, probes)).statechart) if probes else {}
    by_node: dict[str, list[str]] = defaultdict(list)
    for name in arcs:
        by_node[name.partition("#")[0].partition("/")[0]].append(name)
    found: list[Port] = []
    for number, edge in enumerate(flow.edges):
        own = by_node[state_id(edge.source)]
        taken = frozenset(_taken(own, arcs, edge, edge.target))
        if number in probes:
            # Where a probe leads cannot be told for an edge that a try diverts: then all count.
            exact = frozenset(_taken(own, probed, edge, probes[number])) & taken
            taken = exact or taken
        if taken:
            guard = "" if edge.guard is None else edge.guard.text
            found.append(
                Port(number, edge.source, edge.port, edge.target, guard, taken, edge.location)
            )
    return tuple(found)


def _taken(own: list[str], arcs: Arcs, edge: Edge, target: str) -> Iterator[str]:
    guard = "" if edge.guard is None else guard_from(edge.guard).text
    for name in own:
        there, text = arcs.get(name, ("", ""))
        if there == state_id(target) and _has_guard(text, guard):
            yield name


def _has_guard(text: str, guard: str) -> bool:
    return not guard or text == guard or text.endswith(f"&& ({guard}\n)")


def _arcs(chart: Statechart) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    waiting: list[State] = list(chart.states)
    while waiting:
        state = waiting.pop()
        waiting.extend(state.states)
        for number, way in enumerate(state.transitions):
            target = way.targets[0] if len(way.targets) == 1 else ""
            text = "" if way.guard is None else way.guard.text
            found[f"{state.id}#{number}"] = (target, text)
    return found


def _probes(flow: Flow) -> dict[int, str]:
    """Edges that lead from a node to where another one of it leads → a node of their own."""
    several = Counter((edge.source, edge.target) for edge in flow.edges)
    known = {node.id for node in flow.nodes}
    return {
        number: f"~probe {number}"
        for number, edge in enumerate(flow.edges)
        if several[edge.source, edge.target] > 1 and edge.target in known
    }


def _probed(flow: Flow, probes: Mapping[int, str]) -> Flow:
    """The flow in which each of some edges leads to a node of its own, and from there on."""
    nodes = {node.id: node for node in flow.nodes}
    edges = [
        replace(edge, target=probes.get(number, edge.target))
        for number, edge in enumerate(flow.edges)
    ]
    more: list[Node] = []
    for number, name in probes.items():
        target = nodes[flow.edges[number].target]
        more.append(Node(name, Set(()), container=target.container, body=target.body))
        edges.append(Edge(name, target.id))
    return replace(flow, nodes=(*flow.nodes, *more), edges=tuple(edges))
