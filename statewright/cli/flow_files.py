"""Flows that are named on the command line, compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from statewright import compiler, flows
from statewright.cli import files
from statewright.cli.configuration import (
    NO_CONFIGURATION,
    NOTHING_SAID,
    Configuration,
    Wishes,
    configuration_for,
)
from statewright.cli.failure import Failure
from statewright.cli.progress import PassingLine
from statewright.cli.solving import solver
from statewright.compiler import Compilation, Rechecking
from statewright.compiler.checks import BY_CODE, CHECKS
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.policy import Policy
from statewright.compiler.sources.scxml import SCXML, is_scxml
from statewright.compiler.triage import BY_VERIFYING, is_in, is_wanted
from statewright.compiler.verification.budget import Budget
from statewright.reporting import Case, Report, counted
from statewright.statechart.sourcemap import Location

NO_FINDINGS = "no findings"
"""The name of the case of a file that is clean."""

IDLE = BY_CODE["R009"]
UNREADABLE = BY_CODE["R001"]
"""The check whose findings are suppressions that suppress nothing."""

_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A flow, what became of it, and its text.

    Attributes:
        file: what reports call it.
        text: what it holds, as far as that is text.
        compilation: what became of it.
        configuration: what was asked of it.
    """

    file: str
    text: str
    compilation: Compilation
    configuration: Configuration = NO_CONFIGURATION

    @property
    def policy(self) -> Policy:
        """What was asked of it."""
        return self.configuration.policy


def compiled_file(
    name: str, dialect: str | None = None, wishes: Wishes = NOTHING_SAID
) -> CompiledFile:
    """Read and compile a flow, as its configuration asks.

    Args:
        name: the path, or ``-`` for standard input.
        dialect: its format, ``scxml`` among them, or None to recognise it.
        wishes: what the command line says about the checks.

    Raises:
        Failure: it, or its configuration, cannot be read.
    """
    content = files.bytes_of(name)
    return compiled_content(content, files.label(name), dialect, configuration_for(name, wishes))


def compiled_content(
    content: bytes, file: str, dialect: str | None, configuration: Configuration
) -> CompiledFile:
    """Compile what a file holds."""
    text = content.decode("utf-8-sig", errors="replace")
    if dialect == SCXML or (dialect is None and is_scxml(content, file)):
        return CompiledFile(file, text, compiler.compile_scxml(content, file=file), configuration)
    flow = flows.read_text(content, file, dialect=dialect)
    compilation = compiler.compile(flow, configuration.policy)
    return CompiledFile(file, text, compilation, configuration)


def verified_file(
    one: CompiledFile, budget: Budget, known: dict[str, Rechecking] | None = None
) -> CompiledFile:
    """The same flow, with what was found by going through all that can happen.

    Args:
        one: the flow.
        budget: how much may be tried.
        known: file → what was found in it before, where it is checked again and again.
    """
    line = PassingLine()
    checking = {} if known is None else known
    own = checking.setdefault(one.file, Rechecking(budget))

    def tell(done: int, limit: int) -> None:
        line.say(f"{one.file}: {done:,} of at most {limit:,} steps")

    with solver() as asked:
        verified = own.verify(one.compilation, tell, asked)
    line.wipe()
    return replace(one, compilation=verified)


def report_of(
    compiled: list[CompiledFile], unread: Mapping[str, str] = MappingProxyType({})
) -> Report:
    """What was found in some flows, each finding a case of its own.

    Args:
        compiled: the flows.
        unread: file that could not be read at all → why.
    """
    others = (*idle_exemptions(compiled), *_unread(unread))
    findings = [finding for one in compiled for finding in one.compilation.findings]
    findings += [finding for case in others for finding in case.findings]
    return Report(
        command="check",
        cases=(*(case for one in compiled for case in _cases(one)), *others),
        summary=f"{_counts(findings)} in {counted(len(compiled) + len(unread), 'file')}",
        texts=_texts(compiled, findings),
        checks=CHECKS,
        suppressed=tuple(
            suppressed
            for one in compiled
            for suppressed in one.compilation.suppressed
            if is_wanted(suppressed.finding.code, one.policy)
        ),
    )


def _texts(compiled: list[CompiledFile], findings: list[Finding]) -> dict[str, str]:
    """File → its text: of the flows, and of what they are made of as far as it has findings."""
    texts = {one.file: one.text for one in compiled}
    for finding in findings:
        file = finding.location.file
        if finding.location.line and file not in {*texts, files.STDIN}:
            try:
                texts[file] = files.bytes_of(file).decode("utf-8-sig", errors="replace")
            except Failure:
                texts[file] = ""
    return texts


def idle_exemptions(compiled: list[CompiledFile]) -> Iterator[Case]:
    """What configurations suppress in these files, and what was not found there."""
    by_file: dict[str, list[CompiledFile]] = {}
    for one in compiled:
        by_file.setdefault(one.configuration.file, []).append(one)
    for file, group in by_file.items():
        used = {exemption for one in group for exemption in one.compilation.exempted}
        for exemption in group[0].configuration.policy.exemptions:
            concerned = exemption.file and any(is_in(one.file, exemption.file) for one in group)
            sought = not exemption.code.startswith(BY_VERIFYING) or all(
                one.compilation.verification is not None for one in group
            )
            missed = concerned and sought and exemption not in used
            if missed and is_wanted(IDLE.code, group[0].policy):
                finding = IDLE.finding(
                    f"`{exemption.code}` is suppressed for `{exemption.file}`, and not found there",
                    Location(file),
                    help="remove the suppression",
                )
                yield Case(file, _name(finding), (finding,))


def _unread(files_: Mapping[str, str]) -> Iterator[Case]:
    """Files of which nothing could be looked at."""
    for file, reason in files_.items():
        finding = UNREADABLE.finding(reason, Location(file))
        yield Case(file, _name(finding), (finding,))


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
