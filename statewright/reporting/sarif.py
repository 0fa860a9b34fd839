"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read.

Section numbers are those of the OASIS standard "Static Analysis Results Interchange Format".
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from statewright import __version__
from statewright.compiler.checks.check import Check, sections_of
from statewright.compiler.findings import Finding, Severity, Verdict
from statewright.compiler.triage import Suppressed
from statewright.reporting.json import object_from_finding
from statewright.reporting.report import Report
from statewright.statechart.sourcemap import Location

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_from_report(report: Report) -> str:
    """A log with one run: the checks as rules, the findings as results."""
    ranks = {check.code: rank for rank, check in enumerate(report.checks)}
    run = {
        "tool": {
            "driver": {
                "name": "Statewright",
                "version": __version__,
                "rules": [_rule(check) for check in report.checks],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            *(_result(finding, ranks) for finding in report.findings),
            *(_suppressed(one, ranks) for one in report.suppressed),
        ],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(check: Check) -> dict[str, Any]:
    sections = sections_of(check.documentation)
    summary = " ".join(sections[""].split())
    body = {title: text for title, text in sections.items() if title}
    return {
        "id": check.code,
        "name": check.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": " ".join(sections["What it does"].split())},
        "help": {
            "text": "\n\n".join(f"{title}:\n{text}" for title, text in body.items()),
        },
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
    }


def _result(finding: Finding, ranks: dict[str, int]) -> dict[str, Any]:
    undecided = finding.verdict is Verdict.UNDECIDED
    result: dict[str, Any] = {
        "ruleId": finding.code,
        # 3.27.9: `open` means that there was not enough to decide; its level is `none` (3.27.10).
        "kind": "open" if undecided else "fail",
        "level": "none" if undecided else _LEVELS[finding.severity],
        "message": {"text": "\n".join(part for part in (finding.message, finding.help) if part)},
        "locations": [_location(finding.location, finding.node)],
        "properties": _properties(finding),
    }
    if finding.code in ranks:
        result["ruleIndex"] = ranks[finding.code]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(place)} for number, place in enumerate(finding.related)
        ]
    return result


def _suppressed(one: Suppressed, ranks: dict[str, int]) -> dict[str, Any]:
    """A finding that somebody has said is all right, and why (3.35)."""
    kind = "inSource" if one.in_flow else "external"
    suppression = {"kind": kind, "status": "accepted", "justification": one.reason}
    return {**_result(one.finding, ranks), "suppressions": [suppression]}


def _properties(finding: Finding) -> dict[str, Any]:
    """What SARIF has no place for, as ``check --format json`` names it (3.8)."""
    found = object_from_finding(finding)
    kept = ("severity", "verdict", "reason", "witness")
    return {key: found[key] for key in kept} | {"pointer": finding.location.pointer}


def _location(place: Location, node: str = "") -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place.file:
        uri = quote(place.file.replace("\\", "/").encode(errors="replace"), safe="/")
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}}
        if place.line:
            region = {"startLine": place.line}
            if place.column:
                region["startColumn"] = place.column
            location["physicalLocation"]["region"] = region
    if node:
        location["logicalLocations"] = [{"fullyQualifiedName": node, "kind": "node"}]
    return location
