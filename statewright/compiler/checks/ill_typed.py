"""An expression cannot have a value, because its parts are of the wrong types.

What it does:
    Infers the types of all expressions from the declarations of the variables. What is not
    declared, or may be anything, fits everywhere.

Why it matters:
    The expression fails whatever the user says: a guard is never true, a template prints nothing.

Example:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: "age.startsWith('1')", to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Instead:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: "age >= 18", to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Known limits:
    Only what is sure to fail is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import problems_of_kind
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Operators and functions that do not exist, or not for these types."""
    return problems_of_kind(check, subject, {"type", "function", "pattern"}, tuple(Role))


CHECK = Check("G302", "ill-typed", Severity.ERROR, __doc__, find)
