"""No path leads from the start to a node.

What it does:
    Follows all edges from the start, and from the nodes that settings and policies lead to,
    whatever the guards. Of nodes that lead to each other only the first is told: with it, those
    behind it are found again.

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

from collections.abc import Iterator, Mapping

from statewright.compiler.analysis.components import firsts_of
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
    if reached.issuperset(subject.nodes):
        return
    meant = set(_meant(subject))
    successors = successors_of(subject.flow)
    if meant - reached:
        reached |= reachable_from(meant, successors)
    lost = {
        name: tuple(one for one in successors.get(name, ()) if one not in reached)
        for name in subject.nodes
        if name not in reached
    }
    for first in firsts_of(lost):
        node = subject.nodes[first]
        behind = [one for one in _behind(first, lost) if one != first]
        further = f", and so none to {_counted(behind)} behind it" if behind else ""
        yield check.finding(
            f"no path leads from the start to `{first}`{further}",
            node.location,
            node=first,
            help="lead an edge to it, or delete it",
            related=tuple(subject.nodes[one].location for one in behind[:SHOWN]),
        )


SHOWN = 20
"""How many nodes behind one that is not reached are named with it."""


def _behind(first: str, lost: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What is found again with a node, in the order of the file."""
    found = reachable_from([first], lost)
    return [name for name in lost if name in found]


def _counted(names: list[str]) -> str:
    return f"`{names[0]}`" if len(names) == 1 else f"the {len(names)} nodes"


def _meant(subject: Subject) -> Iterator[str]:
    """The nodes to which edges were probably meant to lead that lead elsewhere, or nowhere."""
    nodes = subject.nodes
    goals = (named.goal.node for named in goals_of(subject.flow))
    targets = (*(edge.target for edge in subject.flow.edges), *goals)
    if missing := [target for target in targets if target not in nodes]:
        names = Known(nodes)
        yield from (nearest(target, names) for target in missing)
    for edge in subject.flow.edges:
        known = edge.source in nodes and edge.target in nodes
        if known and not subject.graph.is_open(edge.source, edge.target):
            yield nodes[edge.target].container


CHECK = Check("S105", "unreachable-node", Severity.WARNING, __doc__, find)
