"""A file is no YAML or JSON that can be read.

What it does:
    Reads the text as JSON or YAML 1.2, within limits of size and depth.

Why it matters:
    Nothing that stands in the file can be checked.

Example:
    start: hello
    nodes:
      hello: {type: message, text: "Hello, next: bye}
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: "Hello", next: bye}
      bye: {type: end}

Known limits:
    One error is reported at a time. Tags and merge keys of YAML are refused.
"""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Severity

CHECK = Check("R001", "unreadable-text", Severity.ERROR, __doc__, problems_as_findings)
