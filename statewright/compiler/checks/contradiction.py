"""A guard is never true, whatever its variables are.

What it does:
    Tries all values of the variables of a guard that is never taken, as far as the constants in the
    flow can tell them apart.

Why it matters:
    Two conditions in it exclude each other, or a variable cannot have the value that is asked for:
    usually one of them was meant otherwise.

Example:
    start: ask
    variables: {age: int}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches:
          - {if: "age < 13 && age >= 18", to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Instead:
    start: ask
    variables: {age: int}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches:
          - {if: "age >= 18", to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Known limits:
    Guards that read what events bring, the contact or the time are left to G310.
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
    """Edges that are never taken because their guards contradict themselves."""
    for dead in dead_edges(subject):
        guard = dead.edge.guard
        if dead.why.cause is Cause.CONTRADICTION and guard is not None:
            finding = check.finding(
                f"`{guard.text}` is never true, whatever its variables are",
                guard.location,
                node=dead.edge.source,
                port=dead.edge.port,
            )
            yield proved(finding, dead.answer)


CHECK = Check("G305", "contradiction", Severity.ERROR, __doc__, find)
