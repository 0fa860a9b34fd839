"""What the reader found, as findings of the check that documents it."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def problems_as_findings(check: Check, subject: Subject) -> Iterator[Finding]:
    """The reader's problems of this check's code."""
    for problem in subject.flow.problems:
        if problem.code == check.code:
            yield check.finding(
                problem.message,
                problem.location,
                node=problem.node,
                help=problem.help,
                severity=Severity(problem.severity),
            )
