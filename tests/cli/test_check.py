"""``check``: findings in every format, with the right exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from statewright.cli.commands.check import _exit_code
from statewright.compiler.findings import Finding, Severity, Verdict
from statewright.reporting import Case, Report
from tests.cli.commands import DANGLING, CommandLine, process


def test_a_clean_flow_is_clean(statewright: CommandLine, greeting: Path) -> None:
    result = statewright("check", greeting)
    assert (result.code, result.out, result.err) == (0, "no findings in 1 file\n", "")


PAUSING = """\
statewright: 1
id: greeting
start: pause
nodes:
  pause: {type: delay, duration: 1s, disabled: true, next: hello}
  hello: {type: message, text: Hello, next: goodby}
  goodbye: {type: end}
"""


@pytest.fixture
def pausing(tmp_path: Path) -> Path:
    """A flow with a warning and an error, and a node that is only reached once that is mended."""
    path = tmp_path / "pausing.yaml"
    path.write_text(PAUSING)
    return path


def test_findings_stand_in_the_order_of_the_file(
    statewright: CommandLine, pausing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pausing.parent)
    result = statewright("check", "pausing.yaml")
    assert result.code == 1
    assert (
        result.out
        == """\
pausing.yaml:5:3: warning S110 disabled-on-path: `pause` is disabled, and the conversation passes through it
  |
5 |   pause: {type: delay, duration: 1s, disabled: true, next: hello}
  |   ^^^^^
  = help: lead the edges past it, or switch it on

pausing.yaml:6:45: error S103 dangling-edge: `hello` leads to `goodby`, and there is no such node
  |
6 |   hello: {type: message, text: Hello, next: goodby}
  |                                             ^^^^^^
  = help: did you mean `goodbye`?

1 error, 1 warning in 1 file
"""
    )


def test_a_finding_in_a_file_that_the_flow_names_comes_with_its_line(
    statewright: CommandLine, greeting: Path
) -> None:
    greeting.write_text(f"{greeting.read_text()}locale: en\nlocales: {{de: german.yaml}}\n")
    german = greeting.with_name("german.yaml")
    german.write_text("nodes:\n  helo: {text: Hallo}\n")
    result = statewright("check", greeting)
    assert result.code == 1
    assert (
        f"""\
{german}:2:10: error R003 unknown-key: `text` translates nothing: the flow has no such text
  |
2 |   helo: {{text: Hallo}}
  |          ^^^^
"""
        in result.out
    )


def test_json_is_one_array_and_nothing_else(statewright: CommandLine, pausing: Path) -> None:
    result = statewright("check", pausing, "--format", "json")
    assert result.code == 1
    assert result.err == ""
    first, second = json.loads(result.out)
    assert (first["code"], first["severity"]) == ("S110", "warning")
    assert (second["code"], second["location"]["node"]) == ("S103", "hello")


def test_sarif_names_every_check_as_a_rule(statewright: CommandLine, dangling: Path) -> None:
    log = json.loads(statewright("check", dangling, "--format", "sarif").out)
    rules = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {"R001", "S103", "G301", "D405"} <= rules


def test_github_prints_a_line_for_each_finding(statewright: CommandLine, pausing: Path) -> None:
    lines = statewright("check", pausing, "--format", "github").out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::warning", "::error"]


def test_junit_has_a_suite_for_each_file(
    statewright: CommandLine, pausing: Path, greeting: Path
) -> None:
    xml = statewright("check", pausing, greeting, "--format", "junit").out
    root = ET.fromstring(xml)  # noqa: S314 (we have just written it)
    assert [suite.attrib["failures"] for suite in root] == ["2", "0"]


def test_standard_input_is_a_file_named_by_a_dash() -> None:
    result = process("check", "-", typed=DANGLING.encode())
    assert result.returncode == 1
    assert result.stdout.startswith(b"<stdin>:5:45: error S103")


BESIDE = {
    "greeting.script.yaml": ("- Hello", "a script"),
    "said.yaml": ("[Hello, {advance: 1h}]", "a script"),
    "greeting.test.yml": ("flow: greeting.yaml\nscript: [Hello]", "conversation tests"),
    "checks.yaml": ("flow: greeting.yaml\nconversations: []", "conversation tests"),
    "greeting.fixtures.json": ("{}", "fixtures"),
    "greeting.data.yaml": ("name: Ada", "data"),
    "greeting.de.yaml": ("nodes: {hello: {text: Hallo}}", "translations"),
    "statewright.schema.json": ('{"type": "object"}', "the schema"),
}


def test_what_lies_beside_flows_is_passed_over_with_a_note(
    statewright: CommandLine, greeting: Path
) -> None:
    for name, (text, _) in BESIDE.items():
        greeting.with_name(name).write_text(text)
    names = sorted(greeting.parent.iterdir())
    result = statewright("check", *names)
    assert (result.code, result.out) == (0, "no findings in 1 file\n")
    for name, (_, what) in BESIDE.items():
        assert re.search(rf"{what}.*: .*{name}|{name} is not checked: it holds {what}", result.err)


def test_files_that_are_passed_over_for_one_reason_are_told_in_one_line(
    statewright: CommandLine, greeting: Path
) -> None:
    tests = [greeting.with_name(f"{letter}.test.yaml") for letter in "abcd"]
    for test in tests:
        test.write_text("flow: greeting.yaml\nscript: [Hello]")
    script = greeting.with_name("said.script.yaml")
    script.write_text("- Hello")
    result = statewright("check", greeting, *tests, script)
    held = "conversation tests, which `statewright test` holds"
    assert result.err.splitlines() == [
        f"4 files are not checked: they hold {held}: {tests[0]}, {tests[1]} and 2 more",
        f"{script} is not checked: it holds a script, which `statewright chat FLOW --script` plays",
    ]


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_flows_is_no_flow_by_itself(
    statewright: CommandLine, tmp_path: Path, name: str
) -> None:
    text, what = BESIDE[name]
    (tmp_path / name).write_text(text)
    result = statewright("check", tmp_path / name)
    assert (result.code, result.out) == (2, "")
    assert f"is no flow; it holds {what}" in result.err
    result = statewright("check", tmp_path / name, tmp_path / name)
    assert "none of these files is a flow" in result.err


def test_a_flow_that_is_named_like_a_script_is_checked(
    statewright: CommandLine, greeting: Path
) -> None:
    named = greeting.rename(greeting.with_name("greeting.script.yaml"))
    result = statewright("check", named)
    assert (result.code, result.out) == (0, "no findings in 1 file\n")


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(
    statewright: CommandLine, greeting: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    result = statewright("check", tmp_path / "nowhere.yaml", tmp_path / "empty", greeting)
    assert result.code == 2
    assert result.out == "no findings in 1 file\n"
    assert "nowhere.yaml': no such file or directory" in result.err
    assert "there is nothing in" in result.err


@pytest.mark.parametrize("others", [True, False])
def test_reports_for_programs_name_the_files_that_cannot_be_read(
    statewright: CommandLine, greeting: Path, tmp_path: Path, *, others: bool
) -> None:
    names = [tmp_path / "nowhere.yaml", *([greeting] if others else [])]

    def told(format_: str) -> str:
        result = statewright("check", *names, "--format", format_)
        assert result.code == 2
        return result.out

    (finding,) = json.loads(told("json"))
    assert (finding["code"], finding["severity"]) == ("R001", "error")
    assert finding["location"]["file"].endswith("nowhere.yaml")
    assert "no such file" in finding["message"]
    (result,) = json.loads(told("sarif"))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (result["ruleId"], place.endswith("nowhere.yaml")) == ("R001", True)
    suites = ET.fromstring(told("junit"))  # noqa: S314 (we have just written it)
    assert (suites.get("failures"), len(suites)) == ("1", 1 + others)
    assert "nowhere.yaml" in told("github")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x7fELF\x00\xb0\xff",
        b"\xff\xfe",
        b"{" * 100_000,
        b"- " * 50_000,
        b"statewright: 1\nnodes: [",
        b"a: &a [*a]",
        b'{"nodes": "\\ud800"}',
        b"\x00" * 10,
        b"9" * 100_000,
    ],
)
def test_whatever_a_file_holds_is_a_finding(
    statewright: CommandLine, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes(content)
    for format_ in ("text", "json", "sarif", "github", "junit"):
        result = statewright("check", path, "--format", format_)
        assert result.code == 1
        assert result.err == ""


def test_a_dialect_can_be_named(statewright: CommandLine, greeting: Path) -> None:
    assert statewright("check", greeting, "--dialect", "native").code == 0
    result = statewright("check", greeting, "--dialect", "klingon")
    assert result.code == 2
    assert "'klingon'" in result.err


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)])
def test_what_is_undecided_counts_only_when_strict(*, strict: bool, code: int) -> None:
    finding = Finding("C203", "x", Severity.ERROR, "m", verdict=Verdict.UNDECIDED, reason="budget")
    report = Report("check", (Case("f", "c", (finding,)),), "")
    assert _exit_code(report, strict=strict) == code


def test_a_file_without_end_is_a_finding(statewright: CommandLine) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no /dev/zero")
    result = statewright("check", "/dev/zero")
    assert result.code == 1
    assert "longer than" in result.out


def test_a_conversation_that_is_kept_fails_once_the_bot_says_something_else(
    statewright: CommandLine, tmp_path: Path
) -> None:
    flow = tmp_path / "trip.yaml"
    flow.write_text(UNSET)
    statewright("check", flow, "--witness", tmp_path / "kept")
    (kept,) = (tmp_path / "kept").glob("*.test.yaml")
    assert "Bye." in kept.read_text()
    assert statewright("test", kept).code == 0
    flow.write_text(UNSET.replace("Bye.", "So long."))
    result = statewright("test", kept)
    assert result.code == 1
    assert "So long." in result.out


def test_each_conversation_is_kept_in_a_file_of_its_own(
    statewright: CommandLine, tmp_path: Path
) -> None:
    flow = tmp_path / "rules.yaml"
    flow.write_text(BREAKS_TWO)
    statewright("check", flow, "--witness", tmp_path / "kept")
    kept = sorted(one.name for one in (tmp_path / "kept").glob("*.test.yaml"))
    assert kept == ["rules.T801.2.test.yaml", "rules.T801.test.yaml"]
    texts = [(tmp_path / "kept" / name).read_text() for name in kept]
    assert all(sum(rule in text for text in texts) == 1 for rule in ("`no_a`", "`no_b`"))


BREAKS_TWO = """\
statewright: 1
start: ask
variables: {word: string}
rules:
  no_a: {never: word == 'a', at: bye}
  no_b: {never: word == 'b', at: bye}
nodes:
  ask: {type: question, text: Which?, variable: word, next: bye}
  bye: {type: end}
"""

UNSET = """\
statewright: 1
start: ask
variables: {city: string}
nodes:
  ask: {type: question, text: Where?, variable: city, retries: 1, min_length: 2, next: go, on: {fallback: go}}
  go: {type: condition, branches: [{if: city == 'Rome', to: rome}], else: other}
  rome: {type: end, text: Ciao!}
  other: {type: end, text: Bye.}
"""
