"""Flows that are named on the command line, compiled."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from statewright import compiler, flows
from statewright.cli import files
from statewright.compiler import Compilation
from statewright.compiler.checks import CHECKS
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.sources.scxml import SCXML, is_scxml
from statewright.compiler.verification.budget import Budget
from statewright.reporting import Case, Report, counted
from statewright.reporting.text import printable

NO_FINDINGS = "no findings"
"""The name of the case of a file that is clean."""

_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A flow, what became of it, and its text.

    Attributes:
        file: what reports call it.
        text: what it holds, as far as that is text.
        compilation: what became of it.
    """

    file: str
    text: str
    compilation: Compilation


def compiled_file(name: str, dialect: str | None = None) -> CompiledFile:
    """Read and compile a flow.

    Args:
        name: the path, or ``-`` for standard input.
        dialect: its format, ``scxml`` among them, or None to recognise it.

    Raises:
        Failure: it cannot be read.
    """
    content = files.bytes_of(name)
    file = files.label(name)
    text = content.decode("utf-8-sig", errors="replace")
    if dialect == SCXML or (dialect is None and is_scxml(content, file)):
        return CompiledFile(file, text, compiler.compile_scxml(content, file=file))
    flow = flows.read_text(content, file, dialect=dialect)
    return CompiledFile(file, text, compiler.compile(flow))


def verified_file(one: CompiledFile, budget: Budget) -> CompiledFile:
    """The same flow, with what was found by going through all that can happen."""
    telling = Telling(one.file)
    verified = compiler.verify(one.compilation, budget, telling.tell)
    telling.end()
    return replace(one, compilation=verified)


class Telling:
    """Tells people at a terminal how far a verification is, once that takes long.

    Args:
        file: of the flow.
    """

    LONG = 4_096
    """Steps that take about a second."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._told = False

    def tell(self, done: int, limit: int) -> None:
        """Say it anew."""
        if done >= self.LONG and done % 1024 == 0 and sys.stderr.isatty():
            self._told = True
            sys.stderr.write(f"\r{printable(self._file)}: {done:,} of at most {limit:,} steps ")
            sys.stderr.flush()

    def end(self) -> None:
        """Wipe what was said."""
        if self._told:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def report_of(compiled: list[CompiledFile]) -> Report:
    """What was found in some flows, each finding a case of its own."""
    findings = [finding for one in compiled for finding in one.compilation.findings]
    return Report(
        command="check",
        cases=tuple(case for one in compiled for case in _cases(one)),
        summary=f"{_counts(findings)} in {counted(len(compiled), 'file')}",
        texts={one.file: one.text for one in compiled},
        checks=CHECKS,
    )


def _cases(compiled: CompiledFile) -> list[Case]:
    findings = compiled.compilation.findings
    return [Case(compiled.file, _name(finding), (finding,)) for finding in findings] or [
        Case(compiled.file, NO_FINDINGS)
    ]


def _name(finding: Finding) -> str:
    place = f" at {finding.node}" if finding.node else ""
    return f"{finding.code} {finding.name}{place}"


def _counts(findings: list[Finding]) -> str:
    """How many there are of each severity: ``2 errors, 1 warning``."""
    numbers = ((noun, sum(f.severity is level for f in findings)) for level, noun in _NOUNS.items())
    return ", ".join(counted(number, noun) for noun, number in numbers if number) or NO_FINDINGS
