"""Which findings are told, and how bad they are: what an author and an organisation say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from statewright.compiler.checks import BY_CODE
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.policy import Exemption, Policy
from statewright.flows.model import Flow, Suppression
from statewright.flows.nearest import nearest

NEVER_SUPPRESSED = frozenset({"R001", "R002"})
"""Where nothing could be read at all, there is nothing that could be all right."""

BY_VERIFYING = (
    "C203", "C204", "C205", "C206", "D401", "D404", "G304", "G305", "G306", "G307", "G308", "G309",
    "G310", "T8", "X706",
)  # fmt: skip
"""Codes, or beginnings of codes, of what is found only by going through all that can happen."""

_IDLE = "R009"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not told.

    Attributes:
        finding: what was found.
        reason: why it is all right.
        in_flow: whether the flow says so, not the configuration.
    """

    finding: Finding
    reason: str
    in_flow: bool


@dataclass(frozen=True, slots=True)
class Triage:
    """What became of findings.

    Attributes:
        findings: those that are told.
        suppressed: those that are not, for a reason.
        used: the exemptions of the policy that suppressed something.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    used: frozenset[Exemption] = frozenset()


def triaged(
    findings: Iterable[Finding], flow: Flow, policy: Policy, *, verified: bool = False
) -> Triage:
    """Suppress, choose and weigh findings; suppressions that are idle become findings.

    Args:
        findings: what was found.
        flow: in which.
        policy: what is asked of it.
        verified: whether all that can happen was gone through; what only that can find is not
            missed before.
    """
    told: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[Exemption] = set()
    idle = {id(one): one for one in flow.suppressions}
    for finding in findings:
        own = suppression_of(finding, flow.suppressions)
        if own is not None:
            idle.pop(id(own), None)
            suppressed.append(Suppressed(finding, own.reason, in_flow=True))
            continue
        exemption = _exemption(finding, policy.exemptions)
        if exemption is not None:
            used.add(exemption)
            suppressed.append(Suppressed(finding, exemption.reason, in_flow=False))
            continue
        told.append(finding)
    told.extend(
        _idle(one) for one in idle.values() if verified or not one.code.startswith(BY_VERIFYING)
    )
    kept = tuple(
        replace(finding, severity=_severity(finding, policy.severities))
        for finding in told
        if is_wanted(finding.code, policy)
    )
    kept = tuple(sorted(kept, key=lambda one: (one.location.line, one.location.column)))
    return Triage(kept, tuple(suppressed), frozenset(used))


def is_wanted(code: str, policy: Policy) -> bool:
    """Whether the findings of a check are told; of ``select`` and ``ignore`` the longer counts."""
    chosen = max((len(one) for one in policy.select if code.startswith(one)), default=-1)
    ignored = max((len(one) for one in policy.ignore if code.startswith(one)), default=-1)
    if policy.select and chosen < 0:
        return code in NEVER_SUPPRESSED
    return ignored < 0 or chosen > ignored or code in NEVER_SUPPRESSED


def _severity(finding: Finding, severities: Mapping[str, Severity]) -> Severity:
    beginnings = [one for one in severities if finding.code.startswith(one)]
    return severities[max(beginnings, key=len)] if beginnings else finding.severity


def suppression_of(finding: Finding, suppressions: Iterable[Suppression]) -> Suppression | None:
    """What suppresses a finding: at its node, else for the whole flow."""
    if finding.code in NEVER_SUPPRESSED:
        return None
    fitting = [
        one for one in suppressions if one.code == finding.code and one.node in ("", finding.node)
    ]
    return max(fitting, key=lambda one: one.node != "", default=None)


def _exemption(finding: Finding, exemptions: Iterable[Exemption]) -> Exemption | None:
    if finding.code in NEVER_SUPPRESSED:
        return None
    for one in exemptions:
        here = one.node in ("", finding.node) and is_in(finding.location.file, one.file)
        if one.code == finding.code and here:
            return one
    return None


def is_in(file: str, pattern: str) -> bool:
    """Whether a path is what a pattern means: the whole of it, or its end.

    >>> is_in("flows/shop/order.yaml", "shop/*.yaml")
    True
    """
    plain = file.replace("\\", "/")
    return not pattern or fnmatchcase(plain, pattern) or fnmatchcase(plain, f"*/{pattern}")


def _idle(suppression: Suppression) -> Finding:
    code = suppression.code
    meant = "" if code in BY_CODE else nearest(code, BY_CODE)
    where = f"at `{suppression.node}`" if suppression.node else "in the flow"
    return BY_CODE[_IDLE].finding(
        f"`{code}` is suppressed, and not found {where}",
        suppression.location,
        node=suppression.node,
        help=f"did you mean `{meant}`?" if meant else "remove the suppression",
    )
