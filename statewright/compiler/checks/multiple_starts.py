"""A flow begins at more than one node.

What it does:
    Counts the nodes at which the flow may begin.

Why it matters:
    Which of them is taken would be a guess; everything behind the others is dead.

Example:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      begin: {type: start, next: bye}
      bye: {type: end}

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
    """Every entry but the first."""
    entries = tuple(dict.fromkeys(subject.graph.entries))
    for entry in entries[1:]:
        yield check.finding(
            f"the flow starts at `{entry}` and at `{entries[0]}`",
            subject.nodes[entry].location,
            node=entry,
            help="keep one start, and lead from it to the others",
            related=(subject.nodes[entries[0]].location,),
        )


CHECK = Check("S102", "multiple-starts", Severity.ERROR, __doc__, find)
