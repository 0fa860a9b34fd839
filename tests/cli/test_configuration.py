"""``check``: which findings are told, as configurations and options say; mending and watching."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.commands import CommandLine

LOST = """\
statewright: 1
id: lost
start: hello
nodes:
  hello: {type: message, text: Hello, next: bye}
  offer: {type: message, text: "An offer!", next: bye}
  bye: {type: end}
"""


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """A flow with one warning, in a directory below another one."""
    path = tmp_path / "flows" / "lost.yaml"
    path.parent.mkdir()
    path.write_text(LOST)
    return path


def told(statewright: CommandLine, *arguments: str | Path) -> list[tuple[str, str]]:
    result = statewright("check", *arguments, "--format", "json")
    return [(one["code"], one["severity"]) for one in json.loads(result.out)]


def test_options_choose_and_weigh(statewright: CommandLine, lost: Path) -> None:
    assert told(statewright, lost) == [("S105", "warning")]
    assert told(statewright, lost, "--ignore", "G,S1") == []
    assert told(statewright, lost, "--select", "G301") == []
    assert told(statewright, lost, "--severity", "S1=error") == [("S105", "error")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ignore", "Z1"], "there is no such check"),
        (["--severity", "S105"], "says no level; write S105=warning"),
        (["--severity", "S105=bad"], "it is one of `error`, `warning` and `info`"),
        (["--config", "missing.toml"], "cannot read 'missing.toml'"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    statewright: CommandLine, lost: Path, arguments: list[str], message: str
) -> None:
    result = statewright("check", lost, *arguments)
    assert result.code == 2
    assert message in result.err


def test_the_nearest_configuration_counts(
    statewright: CommandLine, lost: Path, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.statewright]\nignore = ["S105"]\n')
    assert told(statewright, lost) == []
    nearer = lost.parent / "pyproject.toml"
    nearer.write_text("[project]\nname = 'x'\n")
    assert told(statewright, lost) == []
    nearer.write_text('[tool.statewright]\nseverity = {S105 = "info"}\n')
    assert told(statewright, lost) == [("S105", "info")]
    (lost.parent / "statewright.toml").write_text('severity = {S105 = "error"}\n')
    assert told(statewright, lost) == [("S105", "error")]
    other = tmp_path / "other.toml"
    other.write_text('ignore = ["S"]\n')
    assert told(statewright, lost, "--config", other) == []


def test_a_configuration_that_is_wrong_is_told_with_its_file(
    statewright: CommandLine, lost: Path
) -> None:
    (lost.parent / "statewright.toml").write_text('ignroe = ["S105"]\nchanels = []\n')
    result = statewright("check", lost)
    assert result.code == 2
    assert "statewright.toml: the key `ignroe` is not known; did you mean `ignore`?" in result.err
    assert "did you mean `channels`?" in result.err


def test_an_idle_suppression_of_the_configuration_is_told(
    statewright: CommandLine, lost: Path
) -> None:
    configuration = lost.parent / "statewright.toml"
    entry = '[[suppress]]\ncode = "{}"\nfile = "lost.yaml"\nreason = "drafts"\n'
    configuration.write_text(entry.format("S105"))
    assert told(statewright, lost) == []
    configuration.write_text(entry.format("S105") + entry.format("S106"))
    assert told(statewright, lost) == [("R009", "info")]


def test_rules_of_ones_own_are_told_in_every_format(statewright: CommandLine, lost: Path) -> None:
    (lost.parent / "statewright.toml").write_text(
        'ignore = ["S105"]\n[[rules]]\ncode = "ACME-1"\nif = "node.id == \'offer\'"\n'
        'message = "no offers"\nhelp = "remove `{{ node.id }}`"\n'
    )
    assert told(statewright, lost) == [("ACME-1", "warning")]
    for name in ("text", "sarif", "github", "junit"):
        result = statewright("check", lost, "--format", name)
        assert result.code == 1
        assert "no offers" in result.out


def test_what_an_organisation_forbids_is_not_published(
    statewright: CommandLine, lost: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    (lost.parent / "statewright.toml").write_text('severity = {S105 = "error"}\n')
    assert statewright("publish", lost, "--database", url).code == 1
    (lost.parent / "statewright.toml").write_text('severity = {S105 = "info"}\n')
    assert statewright("publish", lost, "--database", url).code == 0


def test_fix_mends_the_file(statewright: CommandLine, lost: Path) -> None:
    lost.write_text(LOST.replace("next: bye}\n  offer", "next: by}  # on\n  offer"))
    result = statewright("check", "--fix", lost)
    assert (result.code, result.err) == (1, f"{lost}: mended 1 finding\n")
    assert lost.read_text() == LOST.replace("next: bye}\n  offer", "next: bye}  # on\n  offer")


def test_standard_input_is_neither_mended_nor_watched(statewright: CommandLine) -> None:
    assert "cannot be mended" in statewright("check", "-", "--fix").err
    assert "cannot be watched" in statewright("check", "-", "--watch").err


def test_watch_checks_again_when_the_file_changes(lost: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "statewright", "check", "--watch", lost],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            first = _until(process, "watching")
            assert any("S105" in line for line in first)
            time.sleep(0.05)  # Times of files may be as coarse as that.
            lost.write_text(LOST.replace("next: bye}\n  offer", "next: offer}\n  offer"))
            assert "no findings in 1 file" in _until(process, "watching")
        finally:
            process.terminate()


def _until(process: subprocess.Popen[str], word: str) -> list[str]:
    """The lines that a process prints before one that begins with a word."""
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return lines
        lines.append(line.strip())
    raise AssertionError(lines)
