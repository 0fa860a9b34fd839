"""A suppression suppresses nothing.

What it does:
    Compares what `suppress` names in a flow, and in the configuration, with what is found there.

Why it matters:
    What it was written for is mended, or stands elsewhere by now. Left where it is, it hides the
    next finding of that kind.

Example:
    start: hello
    nodes:
      hello:
        type: message
        text: Hello
        suppress: {S105: "the host jumps here"}
        next: bye
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      bye: {type: end}

Known limits:
    What hides behind another finding is not told either, so its suppression counts as idle until
    that is mended.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(_: Check, __: Subject) -> Iterator[Finding]:
    """Nothing: which suppressions are idle is known only once everything else is found."""
    return iter(())


CHECK = Check("R009", "idle-suppression", Severity.INFO, __doc__, find)
