"""The result of compiling a flow: findings, and a chart that may be released or only tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statewright.compiler.checks import BY_CODE, findings_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering import lower
from statewright.compiler.lowering.rules import written
from statewright.compiler.lowering.triggers import triggers_of
from statewright.compiler.sources.scxml import SCXML, machine_from_scxml
from statewright.compiler.subject import subject_of
from statewright.errors import FlowRejected
from statewright.flows.model import Flow
from statewright.flows.names import flow_id
from statewright.statechart.codec import digest_of
from statewright.statechart.definition import Statechart
from statewright.statechart.release import Release
from statewright.statechart.sourcemap import Location, SourceMap
from statewright.statechart.triggers import ENTRY


@dataclass(frozen=True, slots=True)
class Compilation:
    """What became of a flow.

    Attributes:
        flow: what was compiled.
        findings: what is wrong with it, in the order of the file.
        statechart: what it means, as far as that can be said: where the flow is wrong, the
            session fails at that place instead of guessing.
        source_map: where each state and transition was drawn.
    """

    flow: Flow
    findings: tuple[Finding, ...]
    statechart: Statechart
    source_map: SourceMap

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand in the way of a release."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    def release(self) -> Release:
        """The verified chart, fit to be published.

        Raises:
            FlowRejected: an ERROR finding stands.
        """
        if self.errors:
            raise FlowRejected(self.errors)
        return self.draft()

    def draft(self) -> Release:
        """The chart whatever was found: for ``chat`` and ``test``, never for a channel."""
        return Release(
            statechart=self.statechart,
            digest=digest_of(self.statechart),
            source_map=self.source_map,
            inputs=tuple(name for name in self.statechart.inputs if name != ENTRY),
            rules=tuple(written(rule) for rule in self.flow.rules),
            triggers=triggers_of(self.flow),
        )


def compile(flow: Flow) -> Compilation:  # noqa: A001 (always qualified: compiler.compile)
    """Check a flow and lower it to a statechart.

    Never raises for what an author wrote: whatever is wrong is a finding.
    """
    lowered = lower(flow)
    return Compilation(
        flow=flow,
        findings=_findings(flow, {}),
        statechart=lowered.statechart,
        source_map=lowered.source_map,
    )


def _findings(flow: Flow, known: dict[int, tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """What is wrong with a flow, and with the flows that it runs; each of these is checked once."""
    broken: dict[str, tuple[Finding, ...]] = {}
    for name, inner in flow.subflows.items():
        if id(inner) not in known:
            known[id(inner)] = _findings(inner, known)
        broken[name] = tuple(f for f in known[id(inner)] if f.severity is Severity.ERROR)
    return findings_of(subject_of(flow, broken))


def compile_scxml(
    text: str | bytes,
    *,
    file: str = "",
    documents: Mapping[str, str] | None = None,
    datamodel: str = "cel",
) -> Compilation:
    """Check a machine that is written in SCXML, and read it as a statechart.

    Never raises for what an author wrote: whatever is wrong is a finding.

    Args:
        text: the document.
        file: its path, for locations.
        documents: what a ``src`` in it may name → the text that is meant; nothing is loaded.
        datamodel: that of a document that names none: ``cel``, ``ecmascript`` or ``null``.

    Returns:
        Its ``flow`` has no nodes: it only says what the machine is called.
    """
    machine = machine_from_scxml(text, file=file, documents=documents, datamodel=datamodel)
    return Compilation(
        flow=Flow(
            id=flow_id(file, machine.name),
            name=machine.name,
            dialect=SCXML,
            problems=machine.problems,
            location=Location(file, "", 1, 1),
        ),
        findings=tuple(
            BY_CODE[problem.code].finding(
                problem.message,
                problem.location,
                help=problem.help,
                severity=Severity(problem.severity),
            )
            for problem in machine.problems
        ),
        statechart=machine.statechart,
        source_map=machine.source_map,
    )
