"""Findings and results as JSON, for programs."""

from __future__ import annotations

import json
from typing import Any

from statewright.compiler.findings import Finding, Witness
from statewright.reporting.report import Case, Report
from statewright.statechart.sourcemap import Location


def json_from_report(report: Report) -> str:
    """One array: of findings for ``check``, of results for ``test``."""
    items = (
        [object_from_case(case) for case in report.cases]
        if report.command == "test"
        else [object_from_finding(finding) for finding in report.findings]
    )
    return json.dumps(items, indent=2, ensure_ascii=False) + "\n"


def object_from_finding(finding: Finding) -> dict[str, Any]:
    """A finding with the keys that ``check --format json`` promises."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "verdict": str(finding.verdict),
        "message": finding.message,
        "help": finding.help,
        "location": _object_from_location(finding.location, finding.node, finding.port),
        "related": [_object_from_location(place) for place in finding.related],
        "witness": _object_from_witness(finding.witness),
        "reason": finding.reason,
    }


def object_from_case(case: Case) -> dict[str, Any]:
    """The result of one conversation test."""
    return {
        "file": case.file,
        "name": case.name,
        "passed": not case.findings,
        "failures": [object_from_finding(finding) for finding in case.findings],
    }


def _object_from_location(place: Location, node: str = "", port: str = "") -> dict[str, Any]:
    return {
        "file": place.file,
        "pointer": place.pointer,
        "line": place.line,
        "column": place.column,
        "node": node,
        "port": port,
    }


def _object_from_witness(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    conditions = {
        name: value
        for name in ("data", "contact", "tenant", "seed", "now")
        if (value := getattr(witness, name))
    }
    transcript = [dict(turn) for turn in witness.transcript]
    return {"script": list(witness.script), "transcript": transcript, **conditions}
