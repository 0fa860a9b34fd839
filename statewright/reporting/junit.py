"""Cases as JUnit XML, which every CI server shows.

There is no standard; this is the common core that Jenkins, GitLab and the others read: suites (one
a file) of test cases, each with at most one ``failure`` or ``skipped``.
"""

from __future__ import annotations

import re
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from statewright.compiler.findings import Finding, Verdict
from statewright.reporting.report import Case, Report
from statewright.reporting.text import text_from_finding

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (production 2, ``Char``)."""


def junit_from_report(report: Report) -> str:
    """The cases of the report, a suite for each file."""
    suites = [(file, list(cases)) for file, cases in groupby(report.cases, lambda case: case.file)]
    body = "".join(_suite(file, cases, report) for file, cases in suites)
    name = f"statewright {report.command}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites{_attributes(name=name, **_totals(report.cases))}>\n{body}</testsuites>\n"
    )


def _suite(file: str, cases: list[Case], report: Report) -> str:
    body = "".join(_case(case, report) for case in cases)
    return f"  <testsuite{_attributes(name=file, **_totals(cases))}>\n{body}  </testsuite>\n"


def _case(case: Case, report: Report) -> str:
    attributes = _attributes(classname=case.file, name=case.name, file=case.file)
    if not case.findings:
        return f"    <testcase{attributes}/>\n"
    first = case.findings[0]
    text = "\n\n".join(_text(finding, report) for finding in case.findings)
    outcome = (
        f"<skipped{_attributes(message=first.reason)}>{_content(text)}</skipped>"
        if _undecided(case)
        else f"<failure{_attributes(type=f'{first.code} {first.name}', message=first.message)}>"
        f"{_content(text)}</failure>"
    )
    return f"    <testcase{attributes}>\n      {outcome}\n    </testcase>\n"


def _text(finding: Finding, report: Report) -> str:
    return text_from_finding(finding, report.texts.get(finding.location.file, ""))


def _undecided(case: Case) -> bool:
    return bool(case.findings) and all(f.verdict is Verdict.UNDECIDED for f in case.findings)


def _totals(cases: tuple[Case, ...] | list[Case]) -> dict[str, str]:
    skipped = sum(map(_undecided, cases))
    failures = sum(bool(case.findings) for case in cases) - skipped
    return {
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(skipped),
    }


def _attributes(**values: str) -> str:
    return "".join(f" {key}={quoteattr(_legal(value))}" for key, value in values.items())


def _content(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
