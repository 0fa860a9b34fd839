"""An expression, a template or a pattern cannot be parsed.

What it does:
    Parses all CEL expressions, all templates, and all patterns (RE2).

Why it matters:
    It has no value: a guard is never true, a template prints nothing, an answer is never good.

Example:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: "age >= ", to: adult}
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
    The first error of each text is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import finding_in_text
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Texts that cannot be parsed."""
    for parsed in subject.texts:
        if parsed.error is not None:
            error = parsed.error
            yield finding_in_text(
                check, parsed.text, error.reason, error.start, error.end, error.hint
            )


CHECK = Check("G301", "syntax-error", Severity.ERROR, __doc__, find)
