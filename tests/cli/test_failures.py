"""Whatever goes wrong is one clean message and the right exit code, never a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from statewright import __version__
from statewright.cli.catalogue import COMMANDS, command_named
from tests.cli.commands import DANGLING, CommandLine, process


def test_the_version_is_that_of_the_package(statewright: CommandLine) -> None:
    assert statewright("--version").out == f"statewright {__version__}\n"


def test_help_lists_every_command(statewright: CommandLine) -> None:
    result = statewright("--help")
    assert result.code == 0
    for name, listed in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(listed.summary)}$", result.out, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_as_what_it_says_itself(name: str) -> None:
    command = command_named(name)
    assert command.name == name
    assert command.get_short_help_str() == COMMANDS[name].summary


def test_a_help_page_loads_no_command() -> None:
    program = (
        "import sys; from statewright.cli import run; run(['--help']);"
        "print([name for name in sys.modules if name.startswith('statewright.c')], file=sys.stderr)"
    )
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    assert "statewright.cli" in told
    assert "statewright.cli.commands" not in told
    assert "statewright.compiler" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("check",),
        ("check", "--format", "xml", "x"),
        ("compile", "x"),
        ("chat", "a", "b"),
        ("explain", "--nonsense"),
        ("check", "\x00"),
        ("check", "a" * 5000),
        ("chat", "/dev/null/x"),
    ],
)
def test_wrong_usage_is_told_on_stderr(
    statewright: CommandLine, arguments: tuple[str, ...]
) -> None:
    result = statewright(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err
    assert "internal error" not in result.err


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = [sys.executable, "-m", "statewright", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode in {1, 2}


def test_a_bug_of_ours_is_called_one(
    statewright: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("statewright.flows.json_schema", lambda: {1, 2})
    result = statewright("schema")
    assert result.code == 2
    assert result.err.startswith("Error: internal error (TypeError: ")
    assert "STATEWRIGHT_TRACEBACK=1" in result.err
    monkeypatch.setenv("STATEWRIGHT_TRACEBACK", "1")
    assert "Traceback" in statewright("schema").err


def test_python_runs_the_package() -> None:
    assert process("--version").stdout.startswith(b"statewright ")


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(DANGLING)
    result = process("check", flow, environment={"TERM": "xterm-256color"})
    assert result.returncode == 1
    assert b"\x1b" not in result.stdout
