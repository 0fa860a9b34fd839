"""It is not clear which format a flow is written in.

What it does:
    Asks every dialect whether it recognises the document. Exactly one must.

Why it matters:
    One key means different things in two formats, and a wrong guess changes the conversation.

Example:
    steps:
      - say: Hello

Instead:
    statewright: 1
    id: hello
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      bye: {type: end}

Known limits:
    With `--dialect` you settle it yourself.
"""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Severity

CHECK = Check("R002", "unknown-dialect", Severity.ERROR, __doc__, problems_as_findings)
