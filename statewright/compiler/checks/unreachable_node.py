"""No path leads from the start to a node.

What it does:
    Follows all edges from the start, and from the nodes that settings and policies lead to,
    whatever the guards.

Why it matters:
    What the node says is never said; often an edge was forgotten.

Example:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      offer: {type: message, text: "A special offer!", next: bye}
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: offer}
      offer: {type: message, text: "A special offer!", next: bye}
      bye: {type: end}

Known limits:
    Guards are not considered: a path that no values of the variables ever take counts as one. So
    does the edge that an edge was probably meant to be which leads nowhere, or past the beginning
    of a container: those are told by S103 and S111.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.analysis.graph import reachable_from, successors_of
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nearest import Known, nearest


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes that cannot be reached; none where the flow has no start, which says it all."""
    if not subject.graph.entries:
        return
    reached = subject.reachable
    meant = set(_meant(subject))
    if meant - reached:
        reached |= reachable_from(meant, successors_of(subject.flow))
    for node in subject.nodes.values():
        if node.id not in reached:
            yield check.finding(
                f"no path leads from the start to `{node.id}`",
                node.location,
                node=node.id,
                help="lead an edge to it, or delete it",
            )


def _meant(subject: Subject) -> Iterator[str]:
    """The nodes to which edges were probably meant to lead that lead elsewhere, or nowhere."""
    nodes, known = subject.nodes, Known(subject.nodes)
    goals = (named.goal.node for named in goals_of(subject.flow))
    for target in (*(edge.target for edge in subject.flow.edges), *goals):
        if target not in nodes:
            yield nearest(target, known)
    for edge in subject.flow.edges:
        known = edge.source in nodes and edge.target in nodes
        if known and not subject.graph.is_open(edge.source, edge.target):
            yield nodes[edge.target].container


CHECK = Check("S105", "unreachable-node", Severity.WARNING, __doc__, find)
