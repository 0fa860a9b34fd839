"""There is a key that means nothing here.

What it does:
    Compares every key with those that the format has at that place.

Why it matters:
    What is written under it would silently do nothing: often it is a slip of the pen.

Example:
    start: ask
    variables: {age: double}
    nodes:
      ask:
        type: question
        text: How old are you?
        input: number
        varable: age
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

CHECK = Check("R003", "unknown-key", Severity.ERROR, __doc__, problems_as_findings)
