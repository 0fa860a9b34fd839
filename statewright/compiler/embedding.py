"""What goes wrong in the flows that a flow runs, with what it gives them.

Each of them is checked by itself, too, with whatever it may be given. Here only that is told which
some conversation shows, and whether conditions are exhaustive: that a branch is not needed by the
one that runs it says nothing about the flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from statewright.compiler.checks import BY_CODE
from statewright.compiler.findings import Finding, Verdict
from statewright.compiler.subject import Subject, subject_of
from statewright.compiler.triage import suppression_of
from statewright.compiler.verification.drawing import Drawing, drawing_of, flow_run_by
from statewright.compiler.verification.verification import Verification
from statewright.flows.model import Flow, Node
from statewright.statechart.definition import state_id
from statewright.statechart.sourcemap import Location

EMBEDDED: Final = ("S108", "C204", "G304", "G309", "D401", "D404")
"""The checks that look at flows where they are run."""

DEEPEST: Final = 20
"""How many flows are followed that run each other."""

_Way = tuple[Node, ...]
"""The nodes by which a flow is run, the outermost first."""


def embedded_findings(subject: Subject) -> Iterator[Finding]:
    """What is found in the flows that a flow runs, each thing once, where it stands.

    A finding belongs to the node of the flow itself; the nodes on the way are its related places.
    """
    seen: set[tuple[str, Location, str]] = set()
    known: dict[int, Subject] = {}
    for flow, way in _run_by(subject.flow, ()):
        if id(flow) not in known:
            known[id(flow)] = subject_of(flow, {}, subject.policy)
        looked = known[id(flow)].seen_with(_drawing(subject.drawing, flow, way))
        if subject.drawing is not None and looked.drawing is None:
            continue
        for finding in _findings(looked):
            told = (finding.code, finding.location, finding.message)
            if told not in seen and suppression_of(finding, flow.suppressions) is None:
                seen.add(told)
                yield _at(way, finding)


def _run_by(flow: Flow, way: _Way) -> Iterator[tuple[Flow, _Way]]:
    """The flows that a flow runs, directly or not, with the nodes that run them."""
    for node in flow.nodes if len(way) < DEEPEST else ():
        inner = flow_run_by(node, flow)
        if inner is not None:
            yield inner, (*way, node)
            yield from _run_by(inner, (*way, node))


def _drawing(drawing: Drawing | None, flow: Flow, way: _Way) -> Drawing | None:
    """What became of a flow where it is run; None where it is not."""
    if drawing is None:
        return None
    verification: Verification = drawing.verification
    prefix = tuple(node.id for node in way)
    if state_id(*prefix) not in drawing.tree.nodes:
        return None
    return drawing_of(flow, verification, prefix)


def _findings(subject: Subject) -> Iterator[Finding]:
    for code in EMBEDDED:
        check = BY_CODE[code]
        for finding in check.find(check, subject):
            if code == "S108" or (finding.verdict is Verdict.VIOLATED and finding.witness):
                yield finding


def _at(way: _Way, finding: Finding) -> Finding:
    """A finding in a flow that is run, as one of the node that runs it."""
    names = "/".join(node.id for node in way)
    places = tuple(node.location for node in way)
    return replace(
        finding,
        message=f"{finding.message}, where `{names}` runs it",
        node=way[0].id,
        port="",
        related=(*finding.related, *places),
    )
