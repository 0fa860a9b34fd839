"""Machines in SCXML on the command line: they are checked, compiled, talked to and tested."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from statewright.statechart import release_from_json
from tests.cli.commands import EXAMPLES, CommandLine

GATE = EXAMPLES / "parking-gate.scxml"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.scxml"
    path.write_text(
        '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0">\n'
        '  <state id="a"><transition event="e" target="b" cond="n +"/></state>\n'
        "</scxml>\n"
    )
    return path


def test_what_is_wrong_is_shown_in_its_line(
    statewright: CommandLine, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken.parent)
    result = statewright("check", "broken.scxml")
    assert result.code == 1
    assert "broken.scxml:2:47: error S103 dangling-edge: there is no state `b`" in result.out
    assert '2 |   <state id="a"><transition event="e" target="b" cond="n +"/></state>' in result.out


def test_a_machine_is_compiled_to_a_release(statewright: CommandLine) -> None:
    result = statewright("compile", GATE, "--to", "json")
    assert (result.code, result.err) == (0, "")
    release = release_from_json(result.out)
    assert list(release.statechart.charts) == ["#1"]
    assert release.source_map["paying"].line == 19


def test_what_is_wrong_stands_in_the_way(statewright: CommandLine, broken: Path) -> None:
    assert statewright("compile", broken, "--to", "json").code == 1
    assert statewright("compile", broken, "--to", "json", "--draft").code == 0


@pytest.mark.parametrize("name", ["gate.xml", "gate.txt", "gate"])
def test_a_machine_is_recognised_by_what_it_begins_with(
    statewright: CommandLine, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(GATE.read_bytes())
    assert statewright("check", tmp_path / name).code == 0


def test_the_format_can_be_named(statewright: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "gate").write_text("\n\n" + GATE.read_text().partition("?>")[2])
    assert statewright("check", tmp_path / "gate", "--dialect", "scxml").code == 0
    result = statewright("check", GATE, "--dialect", "native")
    assert result.code == 1
    assert "R001" in result.out or "R002" in result.out


def blocks(language: str) -> list[str]:
    """The code in ``docs/scxml.md``."""
    text = (EXAMPLES.parent / "docs" / "scxml.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_documentation_work(
    statewright: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 4
    for command in commands:
        program, *arguments = shlex.split(command)
        assert (program, statewright(*arguments).code) == ("statewright", 0), command


def test_the_python_of_the_documentation_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    (block,) = blocks("python")
    exec(block, {})  # noqa: S102 - it is ours
