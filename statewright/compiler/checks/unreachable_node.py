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
    Guards are not considered: a path that no values of the variables ever take counts as one.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes that cannot be reached; none where the flow has no start, which says it all."""
    if not subject.graph.entries:
        return
    for node in subject.nodes.values():
        if node.id not in subject.reachable:
            yield check.finding(
                f"no path leads from the start to `{node.id}`",
                node.location,
                node=node.id,
                help="lead an edge to it, or delete it",
            )


CHECK = Check("S105", "unreachable-node", Severity.WARNING, __doc__, find)
