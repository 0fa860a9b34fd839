"""Findings in every format that a terminal, an editor, a code host or a CI server reads."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from statewright.compiler.checks import CHECKS
from statewright.compiler.findings import Finding, Severity, Verdict, Witness
from statewright.compiler.triage import Suppressed
from statewright.reporting import FORMATS, Case, Report, text_from_finding, text_from_report
from statewright.statechart.sourcemap import Location

TEXT = """\
nodes:
  hello: {type: message, text: Hello, next: goodby}
  goodbye: {type: end}
"""
DANGLING = Finding(
    "S103",
    "dangling-edge",
    Severity.ERROR,
    "`hello` leads to `goodby`, and there is no such node",
    help="did you mean `goodbye`?",
    location=Location("order.yaml", "/nodes/hello/next", 2, 45),
    node="hello",
    port="next",
)
UNDECIDED = Finding(
    "S105",
    "unreachable-node",
    Severity.WARNING,
    "`goodbye` may be unreachable",
    location=Location("order.yaml", "/nodes/goodbye", 3, 3),
    node="goodbye",
    related=(Location("order.yaml", "/nodes/hello", 2, 3),),
    verdict=Verdict.UNDECIDED,
    reason="out of budget",
)


def parsed(xml: str) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 (we have just written it)


def report(*findings: Finding, command: str = "check") -> Report:
    cases = [Case("order.yaml", finding.code, (finding,)) for finding in findings]
    return Report(
        command,
        tuple(cases or [Case("order.yaml", "no findings")]),
        "summary",
        {"order.yaml": TEXT},
        CHECKS,
    )


def test_text_shows_the_line_a_caret_under_the_word_and_what_to_do() -> None:
    assert (
        text_from_report(report(DANGLING))
        == """\
order.yaml:2:45: error S103 dangling-edge: `hello` leads to `goodby`, and there is no such node
  |
2 |   hello: {type: message, text: Hello, next: goodby}
  |                                             ^^^^^^
  = help: did you mean `goodbye`?

summary
"""
    )


def test_of_thousands_of_findings_text_shows_the_worst_and_says_how_many_more_there_are() -> None:
    text = text_from_report(report(*[UNDECIDED] * 3_000, DANGLING))
    assert text.count("unreachable-node") == 499
    assert text.count("dangling-edge") == 1
    assert text.endswith("\n\n… and 2,501 more; `--format json` writes all of them\n\nsummary\n")
    assert len(json.loads(FORMATS["json"](report(*[UNDECIDED] * 3_000)))) == 3_000


def test_text_says_what_is_undecided_and_what_else_to_look_at() -> None:
    assert text_from_finding(UNDECIDED, TEXT).splitlines()[-2:] == [
        "  = undecided: out of budget",
        "  = see also order.yaml:2:3",
    ]


def test_the_caret_stands_under_its_place_behind_tabs_and_wide_characters() -> None:
    place = Location("f", "", 1, 5)
    finding = Finding("S103", "x", Severity.ERROR, "m", location=place)
    *_, source, caret = text_from_finding(finding, "\t日a:b").splitlines()
    assert source == "1 | \t日a:b"
    assert caret == "  | \t    ^"


def test_a_line_of_a_minified_file_is_cut_around_the_caret() -> None:
    place = Location("f", "", 1, 5001)
    finding = Finding("S103", "x", Severity.ERROR, "m", location=place)
    *_, source, caret = text_from_finding(finding, "a," * 2500 + "here" + ",a" * 2500).splitlines()
    assert len(source) < 130
    start = caret.index("^")
    assert source[start : start + 4] == "here"
    assert caret.endswith("^^^^")


@pytest.mark.parametrize("line", [0, 4, 99])
def test_a_place_that_is_not_in_the_text_shows_no_line(line: int) -> None:
    finding = Finding("S103", "x", Severity.ERROR, "m", location=Location("f", "", line, 1))
    assert "|" not in text_from_finding(finding, TEXT)


def test_no_finding_can_drive_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x9b31m\r"
    finding = Finding(
        "S103", "x", Severity.ERROR, evil, evil, Location(evil, "", 1, 1), reason=evil
    )
    shown = text_from_finding(finding, f"{evil}: {evil}")
    assert not set(shown) & set("\x1b\x07\x9b\r")


@pytest.mark.parametrize(
    "text", ["👩\u200d💻", "1\u202f000\u00a0€", "می\u200cخواهم", "a\tb", "日本"]
)
def test_text_of_every_script_is_shown_as_it_is(text: str) -> None:
    assert text in text_from_finding(Finding("S103", "x", Severity.ERROR, text))


def test_colour_changes_nothing_but_the_colour() -> None:
    both = report(DANGLING, UNDECIDED)
    plain, painted = text_from_report(both), text_from_report(both, colour=True)
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31;1m", "\x1b[33;1m", "\x1b[34;1m"):
        assert code in painted
        painted = painted.replace(code, "")
    assert painted == plain


def test_json_has_exactly_the_keys_that_the_design_promises() -> None:
    finding, undecided = json.loads(FORMATS["json"](report(DANGLING, UNDECIDED)))
    assert finding == {
        "code": "S103",
        "name": "dangling-edge",
        "severity": "error",
        "verdict": "violated",
        "message": "`hello` leads to `goodby`, and there is no such node",
        "help": "did you mean `goodbye`?",
        "location": {
            "file": "order.yaml",
            "pointer": "/nodes/hello/next",
            "line": 2,
            "column": 45,
            "node": "hello",
            "port": "next",
        },
        "related": [],
        "witness": None,
        "reason": "",
    }
    assert undecided["verdict"] == "undecided"
    assert undecided["related"][0]["line"] == 2


def test_json_carries_a_witness_that_can_be_replayed() -> None:
    witness = Witness(("hi", {"choose": "a"}), ({"turn": 0},))
    finding = Finding("S103", "x", Severity.ERROR, "m", witness=witness)
    (found,) = json.loads(FORMATS["json"](report(finding)))
    assert found["witness"] == {"script": ["hi", {"choose": "a"}], "transcript": [{"turn": 0}]}


def test_json_of_a_clean_file_is_an_empty_array() -> None:
    assert FORMATS["json"](report()) == "[]\n"


def test_sarif_has_what_the_standard_requires() -> None:
    log = json.loads(FORMATS["sarif"](report(DANGLING, UNDECIDED)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Statewright"
    for rule in driver["rules"]:
        assert set(rule) <= SARIF_RULE
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run["results"]:
        assert set(result) <= SARIF_RESULT
        assert result["message"]["text"]
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        # 3.27.10: a level other than `none` is only for results of the kind `fail`.
        assert (result["level"] == "none") == (result["kind"] != "fail")
        for location in result["locations"] + result.get("relatedLocations", []):
            region = location["physicalLocation"]["region"]
            assert region["startLine"] >= 1
            assert region["startColumn"] >= 1
    violated, undecided = run["results"]
    assert (violated["kind"], violated["level"]) == ("fail", "error")
    assert (undecided["kind"], undecided["level"]) == ("open", "none")
    assert undecided["properties"]["reason"] == "out of budget"


SARIF_RULE = {
    "id",
    "name",
    "shortDescription",
    "fullDescription",
    "help",
    "defaultConfiguration",
}
SARIF_RESULT = {
    "ruleId",
    "ruleIndex",
    "kind",
    "level",
    "message",
    "locations",
    "relatedLocations",
    "properties",
}


def test_sarif_tells_what_is_suppressed_and_why() -> None:
    own = Suppressed(DANGLING, "the campaign jumps here", in_flow=True)
    others = Suppressed(UNDECIDED, "drafts", in_flow=False)
    log = json.loads(FORMATS["sarif"](replace(report(), suppressed=(own, others))))
    first, second = log["runs"][0]["results"]
    assert first["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "the campaign jumps here"}
    ]
    assert second["suppressions"][0]["kind"] == "external"


@pytest.mark.parametrize(
    ("file", "uri"),
    [("a b.yaml", "a%20b.yaml"), ("ä.yaml", "%C3%A4.yaml"), ("a:b.yaml", "a%3Ab.yaml")],
)
def test_sarif_writes_paths_as_relative_references(file: str, uri: str) -> None:
    finding = Finding("S103", "x", Severity.ERROR, "m", location=Location(file, "", 1, 1))
    log = json.loads(FORMATS["sarif"](report(finding)))
    location = log["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_github_annotations_escape_what_would_end_them() -> None:
    finding = Finding(
        "S103", "x", Severity.WARNING, "50%\nof it", location=Location("a,b:c.yaml", "", 3, 7)
    )
    assert FORMATS["github"](report(finding)) == (
        "::warning file=a%2Cb%3Ac.yaml,line=3,col=7,title=S103 x::50%25%0Aof it\n"
    )


def test_junit_counts_what_failed_and_what_was_skipped() -> None:
    root = parsed(FORMATS["junit"](report(DANGLING, UNDECIDED)))
    assert root.tag == "testsuites"
    (suite,) = root
    assert suite.attrib == {
        "name": "order.yaml",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    failed, skipped = suite
    assert failed.find("failure") is not None
    assert failed[0].attrib["message"] == DANGLING.message
    assert skipped.find("skipped") is not None


def test_junit_of_a_clean_file_passes() -> None:
    root = parsed(FORMATS["junit"](report()))
    assert root.attrib["tests"] == "1"
    assert root.attrib["failures"] == "0"


@pytest.mark.parametrize("text", ["\x00", "\ud800", "<&\"'>", "]]>", "\uffff", "\x1b"])
def test_every_format_survives_every_text(text: str) -> None:
    finding = Finding(
        "S103", "x", Severity.ERROR, text, text, Location(text, text, 1, 1), text, text
    )
    odd = Report("check", (Case(text, text, (finding,)),), text, {text: text})
    written = {name: write(odd) for name, write in FORMATS.items()}
    parsed(written["junit"])
    assert _first(json.loads(written["json"]))["message"] == text
    json.loads(written["sarif"])
    assert written["github"].count("\n") == 1


def _first(findings: list[dict[str, Any]]) -> dict[str, Any]:
    return findings[0]


def test_results_of_tests_are_json_by_conversation() -> None:
    cases = (Case("t.yaml", "good"), Case("t.yaml", "bad", (DANGLING,)))
    good, bad = json.loads(FORMATS["json"](Report("test", cases, "")))
    assert good == {"file": "t.yaml", "name": "good", "passed": True, "failures": []}
    assert (bad["passed"], bad["failures"][0]["code"]) == (False, "S103")
