"""Findings as GitHub annotations: workflow commands that a job prints.

Source: "Workflow commands for GitHub Actions", *Setting an error message*; the escapes are those
of ``@actions/toolkit`` (``packages/core/src/command.ts``).
"""

from __future__ import annotations

from statewright.compiler.findings import Finding, Severity
from statewright.reporting.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github_from_report(report: Report) -> str:
    """One annotation a line."""
    return "".join(f"{_annotation(finding)}\n" for finding in report.findings)


def _annotation(finding: Finding) -> str:
    place = finding.location
    properties = {
        "file": place.file,
        "line": str(place.line) if place.line else "",
        "col": str(place.column) if place.column else "",
        "title": f"{finding.code} {finding.name}",
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    message = "\n".join(part for part in (finding.message, finding.help) if part)
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
