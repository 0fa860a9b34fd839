"""A key that is needed is not there.

What it does:
    Looks for the keys without which a part of the flow has no meaning.

Why it matters:
    It cannot be carried out without it.

Example:
    start: ask
    variables: {age: double}
    nodes:
      ask:
        type: question
        input: number
        variable: age
        next: bye
      bye: {type: end}

Instead:
    start: ask
    variables: {age: double}
    nodes:
      ask:
        type: question
        text: How old are you?
        input: number
        variable: age
        next: bye
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Severity

CHECK = Check("R005", "missing-key", Severity.ERROR, __doc__, problems_as_findings)
