"""A rule is about something that never happens.

What it does:
    Reports rules whose moment never comes: the node at which something must hold is never begun;
    what has to be answered, or may happen only so often, never happens.

Why it matters:
    Such a rule always holds, whatever else is in the flow. It looks as if something were made sure.

Example:
    start: ask
    variables: {age: int}
    rules: {adults: {never: "age < 18", at: discount}}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches: [{if: "age < 18", to: bye}]
        else: pay
      pay: {type: question, text: "And your friend?", input: integer, variable: age, next: check}
      check:
        type: condition
        branches: [{if: "age < 1 && age > 1", to: discount}]
        else: bye
      discount: {type: message, text: "That is for nothing.", next: bye}
      bye: {type: end, text: "Bye."}

Instead:
    start: ask
    variables: {age: int}
    rules: {adults: {never: "age < 18", at: pay}}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches: [{if: "age < 18", to: bye}]
        else: pay
      pay: {type: message, text: "Thank you for paying.", next: bye}
      bye: {type: end, text: "Bye."}

Known limits:
    Of a moment that names nodes and has a condition, too, only the nodes are looked at. Rules
    without nodes are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.breaches import location_of
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import proved
from statewright.compiler.verification.questions import EnterState, Impossible
from statewright.statechart.rules import described


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Rules of which no node is ever begun that they are about."""
    drawing = subject.drawing
    for rule in drawing.verification.chart.rules if drawing is not None else ():
        if drawing is None or rule.moment.states is None:
            continue
        answer = drawing.unmet(EnterState(state) for state in rule.moment.states)
        if not rule.moment.states:
            answer = Impossible("graph")
        if answer is None:
            continue
        finding = check.finding(
            f"the rule `{rule.name}` is about what never happens: {described(rule.moment)}",
            location_of(subject.flow, rule),
            node="" if not rule.scope else rule.name.partition("/")[0],
            help="name the node that is meant, or take the rule away",
        )
        yield proved(finding, answer)


CHECK = Check("T805", "vacuous-rule", Severity.WARNING, __doc__, find)
