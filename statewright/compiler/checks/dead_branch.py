"""A branch is never taken, because what it asks for never comes there.

What it does:
    Goes through all that can happen in a conversation, and reports the branches that none takes
    although some come to where they begin. The reason is told where it is a simple one: a variable
    that is never written, or never anything but certain values.

Why it matters:
    Somebody has drawn the branch for a case that the flow never recognises: what should happen then
    does not happen.

Example:
    start: ask
    variables: {kind: string, answer: string}
    nodes:
      ask: {type: question, text: "What is it about?", variable: answer, next: route}
      route:
        type: condition
        branches:
          - {if: "has(vars.kind) && kind == 'bill'", to: billing}
        else: other
      billing: {type: end, text: "I will look into your bill."}
      other: {type: end, text: "A colleague will help you."}

Instead:
    start: ask
    variables: {kind: string}
    nodes:
      ask: {type: question, text: "What is it about?", variable: kind, next: route}
      route:
        type: condition
        branches:
          - {if: "kind == 'bill'", to: billing}
        else: other
      billing: {type: end, text: "I will look into your bill."}
      other: {type: end, text: "A colleague will help you."}

Known limits:
    Nothing is said of `else`, which may be there for good measure. Where guards compare more than
    single values with constants, the finding is UNDECIDED.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.dead_edges import dead_edges
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.branches import Cause
from statewright.compiler.verification.drawing import proved


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Edges with guards that are never taken, unless their guards alone tell why."""
    for dead in dead_edges(subject):
        if dead.why.cause is Cause.PATH:
            edge = dead.edge
            guard = "" if edge.guard is None else edge.guard.text
            because = f": {dead.why.reason}" if dead.why.reason else ""
            finding = check.finding(
                f"the branch `{guard}` of `{edge.source}` is never taken{because}",
                edge.location if edge.guard is None else edge.guard.location,
                node=edge.source,
                port=edge.port,
                help="set what it asks for before it is asked, or take the branch away",
            )
            what = f"the branch `{guard}` of `{edge.source}`"
            tried = f"{what} is taken in no conversation that was tried"
            yield proved(finding, dead.answer, tried)


CHECK = Check("G310", "dead-branch", Severity.WARNING, __doc__, find)
