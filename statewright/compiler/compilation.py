"""The result of compiling a flow: findings, and a chart that may be released or only tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from statewright.compiler.checks import BY_CODE
from statewright.compiler.failures import with_error
from statewright.compiler.findings import Finding, Severity, Verdict
from statewright.compiler.inspection import GUESSED, Inspection, inspected, inspected_again
from statewright.compiler.lowering import lower
from statewright.compiler.lowering.rules import written
from statewright.compiler.lowering.triggers import triggers_of
from statewright.compiler.policy import EVERYTHING, Exemption, Policy
from statewright.compiler.sources.scxml import SCXML, machine_from_scxml
from statewright.compiler.switching import switched
from statewright.compiler.triage import Suppressed
from statewright.compiler.verification.assumptions import assumptions_of
from statewright.compiler.verification.budget import DEFAULT, Budget, Progress, silent
from statewright.compiler.verification.drawing import drawing_of
from statewright.compiler.verification.questions import BreakRule, Impossible, WaitForEver
from statewright.compiler.verification.solving.terms import Solver
from statewright.compiler.verification.verification import Verification, verified
from statewright.errors import FlowRejected
from statewright.flows.model import Flow
from statewright.flows.names import flow_id
from statewright.statechart.definition import Statechart
from statewright.statechart.forms.codec import digest_of
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
        suppressed: what was found and is not told, with the reasons.
        exempted: what of the policy suppressed something.
        policy: what was asked of it beside.
        verification: what is known of the chart; None where it was not verified.
        inspection: what need not be found again when the chart is verified; None where it was.
    """

    flow: Flow
    findings: tuple[Finding, ...]
    statechart: Statechart
    source_map: SourceMap
    suppressed: tuple[Suppressed, ...] = ()
    exempted: frozenset[Exemption] = frozenset()
    policy: Policy = EVERYTHING
    verification: Verification | None = None
    inspection: Inspection | None = field(default=None, repr=False, compare=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand in the way of a release."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    def release(self) -> Release:
        """The verified chart, fit to be published; it is verified first if it was not.

        Raises:
            FlowRejected: an ERROR finding stands.
        """
        if self.verification is None and self.flow.nodes and _only_guessed(self.errors):
            return verify(self).release()
        if self.errors:
            raise FlowRejected(self.errors)
        undecided = (one for one in self.findings if one.verdict is Verdict.UNDECIDED)
        return replace(
            self.draft(),
            rules=tuple(written(rule) for rule in self.flow.rules if self._holds(rule.name)),
            assumptions=() if self.verification is None else assumptions_of(self.verification),
            undecided=tuple(f"{one.code} {one.message}: {one.reason}" for one in undecided),
        )

    def _holds(self, rule: str) -> bool:
        """Whether it was proved that a rule of the flow holds."""
        if self.verification is None:
            return False
        asked = (BreakRule(rule), WaitForEver(rule))
        return all(isinstance(self.verification.answer(one), Impossible) for one in asked)

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


def compile(  # noqa: A001 (always qualified: compiler.compile)
    flow: Flow, policy: Policy = EVERYTHING
) -> Compilation:
    """Check a flow and lower it to a statechart.

    Never raises for what an author wrote: whatever is wrong is a finding.

    Args:
        flow: what an author drew.
        policy: what an organisation asks of it beside, and does not ask.
    """
    flow = with_error(switched(flow))
    lowered = lower(flow)
    inspection = inspected(flow, policy)
    triage = inspection.triage
    return Compilation(
        flow=flow,
        findings=triage.findings,
        statechart=lowered.statechart,
        source_map=lowered.source_map,
        suppressed=triage.suppressed,
        exempted=triage.used,
        policy=policy,
        inspection=inspection,
    )


def verify(
    compilation: Compilation,
    budget: Budget = DEFAULT,
    progress: Progress = silent,
    solver: Solver | None = None,
) -> Compilation:
    """The same compilation, with what was found by going through all that can happen.

    A flow with errors is not verified: what is found in it would come of those.

    Args:
        compilation: what became of a flow.
        budget: what each search may spend; it counts work, so that the same is found anywhere.
        progress: told from time to time of the steps done, and of how many there may be.
        solver: whom to ask about guards that compare more than single values with constants.
    """
    if not is_worth_verifying(compilation):
        return compilation
    guessed = guessed_inputs(compilation.flow)
    verification = verified(compilation.statechart, budget, progress, guessed, solver)
    return with_verification(compilation, verification)


def is_worth_verifying(compilation: Compilation) -> bool:
    """Whether a flow has nodes, and no errors from which all that is found then would come."""
    return bool(compilation.flow.nodes) and _only_guessed(compilation.errors)


def guessed_inputs(flow: Flow) -> frozenset[str]:
    """The inputs that nobody gives.

    Readers of other formats take for an input what a flow reads and never writes.
    """
    asked = (one for one in flow.variables if one.input and not one.has_default)
    return frozenset(one.name for one in asked if flow.dialect != "native")


def with_verification(compilation: Compilation, verification: Verification) -> Compilation:
    """The same compilation, with what is found by what is known of its chart.

    Args:
        compilation: what became of a flow.
        verification: of its chart.
    """
    flow = compilation.flow
    inspection = compilation.inspection or inspected(flow, compilation.policy)
    triage = inspected_again(inspection, drawing_of(flow, verification))
    return replace(
        compilation,
        findings=triage.findings,
        suppressed=triage.suppressed,
        exempted=triage.used,
        verification=verification,
        inspection=None,
    )


def _only_guessed(errors: tuple[Finding, ...]) -> bool:
    """Whether all errors are such as verification knows more about, or break rules of a house.

    Those say nothing about what can happen.
    """
    return all(one.code in GUESSED or one.code not in BY_CODE for one in errors)


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
