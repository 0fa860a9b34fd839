"""A template uses a name that nobody has declared.

What it does:
    Looks up the names in `{{ … }}` among the variables of the flow and the names that are always
    there: `contact`, `tenant`, `session`, `event`, `input`, `now`, `vars`.

Why it matters:
    The user reads a sentence with a hole in it, or a web request takes its error port.

Example:
    start: hello
    variables: {name: {type: string, input: true}}
    nodes:
      hello: {type: message, text: "Hello {{ nmae }}!", next: bye}
      bye: {type: end}

Instead:
    start: hello
    variables: {name: {type: string, input: true}}
    nodes:
      hello: {type: message, text: "Hello {{ name }}!", next: bye}
      bye: {type: end}

Known limits:
    Parts of a variable are not declared: `{{ order.totl }}` is not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import problems_of_kind
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Undeclared names in templates."""
    return problems_of_kind(check, subject, {"undefined"}, (Role.TEMPLATE,))


CHECK = Check("D405", "unknown-placeholder", Severity.ERROR, __doc__, find)
