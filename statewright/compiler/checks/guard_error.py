"""A guard has no value in some conversation: it can be neither true nor false.

What it does:
    Goes through all that can happen, and reports guards that fail: because a text is no number, a
    key is missing, a number is divided by zero, …. The witness is a conversation in which it does.
    A variable that has no value yet is D401, one of the wrong type D404.

Why it matters:
    A guard that fails counts as false, so the conversation takes another branch than was meant, and
    nobody notices.

Example:
    start: ask
    variables: {size: string}
    nodes:
      ask: {type: question, text: "How many people?", variable: size, next: route}
      route:
        type: condition
        branches: [{if: "int(size) >= 10", to: many}]
        else: few
      many: {type: end, text: "So many!"}
      few: {type: end, text: "A few, then."}

Instead:
    start: ask
    variables: {size: int}
    nodes:
      ask: {type: question, text: "How many people?", input: integer, variable: size, next: route}
      route:
        type: condition
        branches: [{if: "size >= 10", to: many}]
        else: few
      many: {type: end, text: "So many!"}
      few: {type: end, text: "A few, then."}

Known limits:
    Where it takes something odd that an effect or an event brings, it is a warning. Guards that
    fail only for values that no constant in the flow tells apart may be missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.failing import (
    failing_guards,
    mixed_variable,
    mixed_variables,
    unset_variable,
)
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Guards that an author wrote and that fail, each once."""
    seen: set[int] = set()
    failing = tuple(failing_guards(subject))
    mixed = mixed_variables(subject) if failing else {}
    for edge, failure in failing:
        if id(edge) in seen or unset_variable(subject, failure) or subject.drawing is None:
            continue
        if mixed_variable(failure, mixed):
            continue
        seen.add(id(edge))
        text = "" if edge.guard is None else edge.guard.text
        finding = check.finding(
            f"`{text}` has no value in some conversations: {failure.reason}",
            edge.location if edge.guard is None else edge.guard.location,
            node=edge.source,
            port=edge.port,
            help="test before whether it has one",
        )
        shown = subject.drawing.shown(finding, failure)
        yield replace(shown, severity=Severity.WARNING) if _comes_of_others(shown) else shown


def _comes_of_others(finding: Finding) -> bool:
    """Whether it takes something odd that an effect or an event brings."""
    script = () if finding.witness is None else finding.witness.script
    return any(isinstance(line, dict) and {"result", "event"} & line.keys() for line in script)


CHECK = Check("G304", "guard-error", Severity.ERROR, __doc__, find)
