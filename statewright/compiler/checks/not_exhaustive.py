"""A conversation comes to where a node branches, and no branch is taken.

What it does:
    Goes through all that can happen, and reports ports of which all edges have guards, none
    of which is true in some conversation. That is the witness. It says what S108 has to guess.

Why it matters:
    The conversation has nowhere to go, and fails.

Example:
    start: ask
    variables: {age: int}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches:
          - {if: age > 18, to: adult}
          - {if: age < 18, to: minor}
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
          - {if: age >= 18, to: adult}
          - {if: age < 18, to: minor}
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Known limits:
    Where the search does not come to an end, S108 keeps guessing.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.branching import branching_ports
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.questions import TakeTransition


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Ports at which some conversation takes no branch."""
    drawing = subject.drawing
    if drawing is None:
        return
    for node, port in branching_ports(subject):
        questions = [TakeTransition(name) for name in drawing.losing(node.id, port)]
        met = next((one for one in questions if drawing.verification.is_met(one)), None)
        if met is not None:
            finding = check.finding(
                f"in some conversation, `{node.id}` takes no branch at `{port}`",
                node.location,
                node=node.id,
                port=port,
                help="add `else`, or an edge without a guard behind the others",
                related=tuple(edge.location for edge in subject.graph.at(node.id, port)),
            )
            yield drawing.shown(finding, met)


CHECK = Check("G309", "not-exhaustive", Severity.ERROR, __doc__, find)
