"""A flow would run itself.

What it does:
    Follows the flows that a flow runs, and those that these run.

Why it matters:
    Flows inside a flow become part of its chart, which has to end somewhere.

Example:
    start: again
    nodes:
      again: {type: subflow, flow: other.yaml, next: bye}
      bye: {type: end}
    # file: other.yaml
    statewright: 1
    start: self
    nodes:
      self: {type: subflow, flow: other.yaml, next: bye}
      bye: {type: end}

Instead:
    start: again
    nodes:
      again: {type: subflow, flow: other.yaml, next: bye}
      bye: {type: end}
    # file: other.yaml
    statewright: 1
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      bye: {type: end}

Known limits:
    A ring is told even where a condition would end it: write a loop instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Subflow


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Rings that were found when the flows were looked up, also inside the flows of this one."""
    yield from problems_as_findings(check, subject)
    for node in subject.nodes.values():
        if isinstance(node.config, Subflow):
            for error in subject.broken.get(node.config.flow.text, ()):
                if error.code == check.code:
                    yield replace(error, location=node.config.flow.location, node=node.id)


CHECK = Check("X703", "recursion", Severity.ERROR, __doc__, find)
