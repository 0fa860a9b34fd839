"""What a run has to report: findings, the things that were looked at, and their texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.triage import Suppressed


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was looked at: it passes when nothing was found.

    Attributes:
        file: the file it stands in.
        name: what it is called in a list of results.
        findings: what was found.
    """

    file: str
    name: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run of a command found.

    Attributes:
        command: ``check`` or ``test``.
        cases: in the order in which they were looked at.
        summary: one line that says how it went.
        texts: file → its text, from which the lines around a finding are shown.
        suppressed: what was found and is not told, for formats that have a place for it.
        checks: what was asked; their documentation goes into formats that carry rules.
    """

    command: str
    cases: tuple[Case, ...]
    summary: str
    texts: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all cases, in order."""
        return tuple(finding for case in self.cases for finding in case.findings)


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "file"), counted(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
