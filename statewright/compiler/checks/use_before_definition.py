"""A variable is read before anything has been written to it, on some way through the flow.

What it does:
    Goes through all that can happen, and reports the first place in each node at which a variable
    is read that has no value. The witness is a conversation in which that happens. In what is only
    shown to people it is a warning.

Why it matters:
    A guard that reads it counts as false, an effect or an assignment fails, a text
    has a hole in it.

Example:
    start: ask
    variables: {city: string}
    nodes:
      ask:
        type: question
        text: "Where to?"
        variable: city
        retries: 1
        min_length: 2
        next: route
        on: {fallback: route}
      route:
        type: condition
        branches: [{if: "city == 'Rome'", to: rome}]
        else: other
      rome: {type: end, text: "Arrivederci!"}
      other: {type: end, text: "Bye."}

Instead:
    start: ask
    variables: {city: {type: string, default: ""}}
    nodes:
      ask:
        type: question
        text: "Where to?"
        variable: city
        retries: 1
        min_length: 2
        next: route
        on: {fallback: route}
      route:
        type: condition
        branches: [{if: "city == 'Rome'", to: rome}]
        else: other
      rome: {type: end, text: "Arrivederci!"}
      other: {type: end, text: "Bye."}

Known limits:
    Inputs of the flow count as given.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.failing import unset_variable
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.statechart.stepping.evaluation import TEMPLATE_ERROR


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Reads of variables that have no value, once for each variable and node."""
    drawing = subject.drawing
    seen: set[tuple[str, str]] = set()
    for failure in drawing.verification.failures() if drawing is not None else ():
        variable = unset_variable(subject, failure)
        node = None if drawing is None else drawing.owner_of(failure.state)
        if variable is None or variable.input or node is None or drawing is None:
            continue
        name = variable.name
        if (name, node.id) in seen:
            continue
        seen.add((name, node.id))
        is_shown = failure.incident == TEMPLATE_ERROR
        finding = check.finding(
            f"`{name}` may have no value when `{node.id}` reads it",
            node.location,
            node=node.id,
            help=f"give it a default, or test it: `has(vars.{name})`",
            severity=Severity.WARNING if is_shown else None,
        )
        yield drawing.shown(finding, failure)


CHECK = Check("D401", "use-before-definition", Severity.ERROR, __doc__, find)
