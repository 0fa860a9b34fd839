"""A key stands twice in one map.

What it does:
    Compares the keys of every map in the file.

Why it matters:
    Readers of JSON and YAML keep one of the two without saying which.

Example:
    start: ask
    variables: {age: double}
    nodes:
      ask:
        type: question
        text: How old are you?
        text: Your age?
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
    Two nodes with one id are S104.
"""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Severity

CHECK = Check("R007", "duplicate-key", Severity.ERROR, __doc__, problems_as_findings)
