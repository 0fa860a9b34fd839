"""An expression uses a name that nobody has declared.

What it does:
    Looks up the names in guards and expressions, and the variables that are written, among the
    variables of the flow and the names that are always there: `contact`, `tenant`, `session`,
    `event`, `input`, `now`, `vars`.

Why it matters:
    A name that is not there makes the expression fail, and a guard that fails counts as false.

Example:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: "agee >= 18", to: adult}
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
    Parts of a variable are not declared: `order.totl` is not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import problems_of_kind
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role

ROLES = (Role.GUARD, Role.EXPRESSION, Role.VARIABLE)


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Undeclared names in guards, expressions and assignments."""
    return problems_of_kind(check, subject, {"undefined"}, ROLES)


CHECK = Check("G303", "undefined-name", Severity.ERROR, __doc__, find)
