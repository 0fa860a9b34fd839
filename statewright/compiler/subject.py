"""What checks look at: a flow, its graph, and its texts, indexed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.analysis.graph import Graph, graph_of, reachable_from, successors_of
from statewright.compiler.analysis.paces import Pace, paces_of
from statewright.compiler.analysis.requests import Request, requests_of
from statewright.compiler.analysis.texts import ParsedText, parsed_texts
from statewright.compiler.analysis.ways import Ways, ways_of
from statewright.compiler.analysis.writes import Write, writes_of
from statewright.compiler.findings import Finding
from statewright.compiler.lending import names_inside
from statewright.compiler.policy import EVERYTHING, Policy
from statewright.compiler.scope import Lent
from statewright.compiler.verification.drawing import Drawing
from statewright.flows.model import Flow, Node


@dataclass(slots=True)
class Glance:
    """Notes who looks at what is known of a chart: all others find the same whatever that is.

    Attributes:
        taken: whether anybody has looked.
    """

    taken: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A flow, ready to be checked.

    Attributes:
        flow: what its author wrote.
        graph: its nodes and edges.
        reachable: nodes on a path from an entry, an interrupt, or where settings and policies lead;
            guards are not considered.
        inside: container and body → the names that nodes in there may use besides.
        texts: its expressions and templates, parsed and type-checked.
        writes: the places that write variables.
        paces: what is waited for at each node.
        ways: how a conversation gets from node to node.
        requests: its web requests, with their URLs taken apart.
        policy: what is asked of it beside.
        broken: the errors of the flows that it runs, by the words in which its nodes name them.
        view: what is known of its chart; None where nothing was verified.
        glance: whether anybody has asked for that.
    """

    flow: Flow
    graph: Graph
    reachable: frozenset[str]
    inside: Mapping[tuple[str, str], tuple[Lent, ...]]
    texts: tuple[ParsedText, ...]
    writes: tuple[Write, ...]
    paces: Mapping[str, Pace]
    ways: Ways
    requests: tuple[Request, ...]
    policy: Policy
    broken: Mapping[str, tuple[Finding, ...]]
    view: Drawing | None = None
    glance: Glance = field(default_factory=Glance, compare=False)

    @property
    def drawing(self) -> Drawing | None:
        """What is known of its chart, as a check asks for it; None where nothing was verified."""
        self.glance.taken = True
        return self.view

    def seen_with(self, drawing: Drawing | None) -> Subject:
        """The same, where something else is known of its chart."""
        return replace(self, view=drawing, glance=Glance())

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes by id."""
        return self.graph.nodes


def subject_of(
    flow: Flow,
    broken: Mapping[str, tuple[Finding, ...]] | None = None,
    policy: Policy = EVERYTHING,
) -> Subject:
    """Index a flow of whose chart nothing is known; see ``Subject`` for ``broken``."""
    graph = graph_of(flow)
    writes = writes_of(flow)
    begun = (*graph.beginnings, *(named.goal.node for named in goals_of(flow)))
    return Subject(
        flow=flow,
        graph=graph,
        reachable=reachable_from(begun, successors_of(flow)),
        inside=names_inside(flow),
        texts=tuple(parsed_texts(flow)),
        writes=writes,
        paces=paces_of(flow),
        ways=ways_of(graph),
        requests=tuple(requests_of(flow, writes)),
        policy=policy,
        broken=broken or {},
    )
