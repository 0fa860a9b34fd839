"""The first branch is always taken, so that the others are never asked.

What it does:
    Reports conditions to which conversations come, of which the first branch was proved to be the
    only one that is ever taken.

Why it matters:
    What stands behind it does not happen. Either it is superfluous, or the first guard is not what
    was meant.

Example:
    start: count
    variables: {tries: {type: int, default: 0}}
    nodes:
      count: {type: set, actions: [{set: tries, to: 3}], next: route}
      route:
        type: condition
        branches:
          - {if: "tries > 2", to: enough}
          - {if: "tries == 2", to: last}
        else: again
      enough: {type: end, text: "That is enough."}
      last: {type: end, text: "Once more."}
      again: {type: end, text: "Try again."}

Instead:
    start: ask
    variables: {tries: int}
    nodes:
      ask: {type: question, text: "How often?", input: integer, variable: tries, next: route}
      route:
        type: condition
        branches:
          - {if: "tries > 2", to: enough}
          - {if: "tries == 2", to: last}
        else: again
      enough: {type: end, text: "That is enough."}
      last: {type: end, text: "Once more."}
      again: {type: end, text: "Try again."}

Known limits:
    Only conditions are looked at, and only their first branch: that the last one of several leaves
    nothing for `else` is often meant so.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.propositions import is_tautology
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import proved
from statewright.compiler.verification.questions import Impossible
from statewright.flows.nodes import Condition


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Conditions of which the first branch leaves nothing to the others."""
    drawing = subject.drawing
    for node in subject.nodes.values() if drawing is not None else ():
        if not isinstance(node.config, Condition) or drawing is None or not drawing.is_met(node.id):
            continue
        branches = subject.graph.at(node.id, "branch")
        others = [*branches[1:], *subject.graph.at(node.id, "else")]
        first = branches[0] if branches else None
        if first is None or first.guard is None or not others:
            continue
        if any(one.target == first.target for one in others):
            continue
        answers = [drawing.untaken(one) for one in others]
        unmet = [one for one in answers if one is not None]
        by_itself = len(unmet) == len(others) and is_tautology(guard_from(first.guard))
        if by_itself or all(isinstance(one, Impossible) for one in answers):
            finding = check.finding(
                f"`{first.guard.text}` is always true where it is asked",
                first.guard.location,
                node=node.id,
                port="branch",
                help="whatever stands behind it is never reached",
            )
            yield proved(finding, Impossible(""))


CHECK = Check("G306", "always-true", Severity.WARNING, __doc__, find)
