"""A rule is about something that never happens.

What it does:
    Reports rules whose moment never comes: the node at which something must hold is never begun;
    what has to be answered, or may happen only so often, never happens, be it that a node is begun
    with a condition or that a condition becomes true; the flow that has the rule is never run. Of
    what must never, or always, hold it tells where that is so whatever the variables are.

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
    `at_most: 0` says that something never happens, and is not told where that is so. A number of
    times that is never reached is not told either.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.breaches import location_of, rules_to_tell
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import Drawing, proved
from statewright.compiler.verification.moments import is_idle
from statewright.compiler.verification.questions import EnterState, Impossible, Undecided
from statewright.statechart.rules import Rule, RuleKind, described


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Rules whose moments never come."""
    for drawing, rule in rules_to_tell(check, subject):
        answer = _why_idle(drawing, rule)
        if answer is None:
            continue
        finding = check.finding(
            f"the rule `{rule.name}` is about what never happens: {_moment(rule)}",
            location_of(subject.flow, rule),
            node="" if not rule.scope else rule.name.partition("/")[0],
            help="name the node and the values that are meant, or take the rule away",
        )
        what = f"the rule `{rule.name}` is about what happens in no conversation that was tried"
        tried = f"{what}: {_moment(rule)}"
        yield proved(finding, answer, tried)


def _why_idle(drawing: Drawing, rule: Rule) -> Impossible | Undecided | None:
    """Why a rule decides nothing; None where it does, or nobody knows."""
    if rule.moment.states is not None:
        answer = drawing.unmet(EnterState(state) for state in rule.moment.states)
        if not rule.moment.states:
            answer = Impossible("graph")
        if answer is not None:
            return answer
    return is_idle(drawing.verification, rule)


def _moment(rule: Rule) -> str:
    """What would have to happen for a rule to decide anything."""
    is_denied = rule.kind is RuleKind.ALWAYS and rule.moment.condition is not None
    return f"{described(rule.moment)}{' does not hold' if is_denied else ''}"


CHECK = Check("T805", "vacuous-rule", Severity.WARNING, __doc__, find)
