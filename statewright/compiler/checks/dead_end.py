"""A node that is no end has no way out.

What it does:
    Looks for nodes that no edge leaves, other than ends and handoffs.

Why it matters:
    The conversation stops there without having ended: the user waits for ever.

Example:
    start: hello
    nodes:
      hello: {type: message, text: Hello}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes that should be left and cannot be."""
    sources = {edge.source for edge in subject.flow.edges}
    for node in subject.nodes.values():
        if node.config.ports and node.id not in sources:
            yield check.finding(
                f"`{node.id}` is no end, and no edge leaves it",
                node.location,
                node=node.id,
                help=f"add `{node.config.ports[0]}`, or an `end` node behind it",
            )


CHECK = Check("S106", "dead-end", Severity.ERROR, __doc__, find)
