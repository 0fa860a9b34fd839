"""A value is of the wrong type, or not among those allowed.

What it does:
    Compares every value with the type, the range and the words that the format allows there.

Why it matters:
    It cannot be carried out as it stands, and nothing is guessed.

Example:
    start: ask
    variables: {age: double}
    nodes:
      ask:
        type: question
        text: How old are you?
        input: nubmer
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

CHECK = Check("R004", "wrong-value", Severity.ERROR, __doc__, problems_as_findings)
