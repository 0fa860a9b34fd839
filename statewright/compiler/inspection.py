"""What all checks find in a flow, and in the flows that it runs.

Most of it does not depend on what is known of the chart, and is found once: before the chart is
verified, and not again after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statewright.compiler.checks import found_by_checks, in_order
from statewright.compiler.embedding import embedded_findings
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.house_rules import broken_rules
from statewright.compiler.policy import Policy
from statewright.compiler.subject import Subject, subject_of
from statewright.compiler.triage import Triage, triaged
from statewright.compiler.verification.drawing import Drawing
from statewright.flows.model import Flow

GUESSED = frozenset(("S108",))
"""Checks that guess where nothing was verified."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a flow while nothing was known of its chart.

    Attributes:
        subject: the flow, as checks look at it.
        settled: code of a check that asked nothing of the chart → what it found.
        triage: all that was found.
    """

    subject: Subject
    settled: Mapping[str, tuple[Finding, ...]]
    triage: Triage


def inspected(flow: Flow, policy: Policy) -> Inspection:
    """Look at a flow, and at the flows that it runs; at each of these once."""
    return _inspected(flow, policy, {}, is_inner=False)


def inspected_again(inspection: Inspection, drawing: Drawing) -> Triage:
    """All that is found when something is known of the chart.

    Args:
        inspection: of the flow, when nothing was.
        drawing: what is known.
    """
    return _triage(inspection.subject.seen_with(drawing), inspection.settled, is_inner=False)[0]


def _inspected(
    flow: Flow, policy: Policy, known: dict[int, Triage], *, is_inner: bool
) -> Inspection:
    broken: dict[str, tuple[Finding, ...]] = {}
    for name, inner in flow.subflows.items():
        if id(inner) not in known:
            known[id(inner)] = _inspected(inner, policy, known, is_inner=True).triage
        # What is guessed of them is told where they stand.
        broken[name] = tuple(
            one
            for one in known[id(inner)].findings
            if one.severity is Severity.ERROR and one.code not in GUESSED
        )
    subject = subject_of(flow, broken, policy)
    triage, settled = _triage(subject, {}, is_inner=is_inner)
    return Inspection(subject, settled, triage)


def _triage(
    subject: Subject, known: Mapping[str, tuple[Finding, ...]], *, is_inner: bool
) -> tuple[Triage, Mapping[str, tuple[Finding, ...]]]:
    """What is found, and what of it whatever is known of the chart."""
    found, settled = found_by_checks(subject, known)
    inside = () if is_inner else embedded_findings(subject)
    findings = (*in_order(found), *inside, *broken_rules(subject))
    verified = subject.drawing is not None
    return triaged(findings, subject.flow, subject.policy, verified=verified), settled
