"""A ring of nodes is gone round without ever waiting for anything.

What it does:
    Looks for rings of nodes at which nothing is waited for: no answer, no work, no time. It is
    silent where a counter that each round moves is compared with a bound, and where a loop, which
    has a limit, goes round.

Why it matters:
    Once a conversation comes there it never comes out: it says the same for ever, until the limit
    of steps makes it fail.

Example:
    start: hello
    nodes:
      hello: {type: message, text: "Please wait.", next: again}
      again: {type: message, text: "Still there?", next: hello}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: "Please wait.", next: again}
      again: {type: message, text: "Still there?", wait: true, next: bye}
      bye: {type: end}

Known limits:
    Where the ring itself changes what its conditions read, in another way than by counting, it is
    reported as a warning that is UNDECIDED.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.analysis.bounds import Endless, endless_rings
from statewright.compiler.analysis.paces import Pace
from statewright.compiler.analysis.ways import node_of
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.rings import shown_ring
from statewright.compiler.findings import Finding, Severity, Verdict
from statewright.compiler.subject import Subject
from statewright.flows.nearest import listed


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Rings of nodes that are passed at once."""
    passed = {
        vertex
        for vertex in subject.ways
        if subject.paces[node_of(vertex)] is Pace.AT_ONCE and node_of(vertex) in subject.reachable
    }
    for ring in endless_rings(subject.ways, passed, subject.writes):
        yield _finding(check, subject, ring)


def _finding(check: Check, subject: Subject, ring: Endless) -> Finding:
    nodes = [node for node in subject.nodes.values() if node.id in set(map(node_of, ring.vertices))]
    found = check.finding(
        f"{shown_ring([node.id for node in nodes])} is gone round without waiting for anything",
        nodes[0].location,
        node=nodes[0].id,
        help="let it wait for an answer or for some time, or leave it after a number of rounds",
        related=tuple(node.location for node in nodes[1:5]),
    )
    if ring.sure:
        return found
    names = listed(".".join(path) for path in ring.doubts[:3])
    reason = f"it ends as soon as {names} say so" if names else "it ends when the lot falls so"
    return replace(found, severity=Severity.WARNING, verdict=Verdict.UNDECIDED, reason=reason)


CHECK = Check("C201", "automatic-cycle", Severity.ERROR, __doc__, find)
