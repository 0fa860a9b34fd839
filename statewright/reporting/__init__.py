"""Findings → text, JSON, SARIF, GitHub annotations, JUnit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from statewright.reporting.github import github_from_report
from statewright.reporting.json import json_from_report
from statewright.reporting.junit import junit_from_report
from statewright.reporting.report import Case, Report, counted
from statewright.reporting.sarif import sarif_from_report
from statewright.reporting.text import text_from_finding, text_from_report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": text_from_report,
    "json": json_from_report,
    "sarif": sarif_from_report,
    "github": github_from_report,
    "junit": junit_from_report,
}
"""Every way to write a report down, by its name on the command line."""

__all__ = ["FORMATS", "Case", "Report", "counted", "text_from_finding", "text_from_report"]
