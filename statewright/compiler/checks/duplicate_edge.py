"""Two edges leave a port for one node under one condition.

What it does:
    Compares the source, port, target and guard of all edges.

Why it matters:
    The second is never taken; often it was meant to lead elsewhere.

Example:
    start: route
    variables: {score: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: score > 5, to: well_done}
          - {if: score > 5, to: well_done}
        else: try_again
      well_done: {type: end, text: "Well done!"}
      try_again: {type: end, text: "Try again!"}

Instead:
    start: route
    variables: {score: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: score > 5, to: well_done}
          - {if: score == 5, to: well_done}
        else: try_again
      well_done: {type: end, text: "Well done!"}
      try_again: {type: end, text: "Try again!"}

Known limits:
    Guards are compared as texts: `a > 5` and `5 < a` are two.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Edge


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Edges that say what an earlier edge says."""
    seen: dict[tuple[str, str, str, str], Edge] = {}
    for edge in subject.flow.edges:
        guard = "" if edge.guard is None else edge.guard.text
        first = seen.setdefault((edge.source, edge.port, edge.target, guard), edge)
        if first is not edge:
            yield check.finding(
                f"a second edge leads from `{edge.source}` to `{edge.target}`",
                edge.location,
                node=edge.source,
                port=edge.port,
                help="delete one of them",
                related=(first.location,),
            )


CHECK = Check("S109", "duplicate-edge", Severity.WARNING, __doc__, find)
