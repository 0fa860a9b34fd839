"""`publish` and `flows`: only what is verified gets into a database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, CommandLine

QUIZ = EXAMPLES / "quiz.yaml"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database that every command uses unless it is told otherwise."""
    url = f"sqlite:///{tmp_path}/flows.db"
    monkeypatch.setenv("STATEWRIGHT_DATABASE", url)
    return url


def test_a_flow_is_published_under_its_id(statewright: CommandLine) -> None:
    result = statewright("publish", QUIZ)
    assert (result.code, result.out, result.err) == (0, "quiz: version 1\n", "")
    assert statewright("publish", QUIZ).out == "quiz: version 2\n"


def test_a_flow_may_be_called_otherwise_and_labelled(statewright: CommandLine) -> None:
    result = statewright("publish", QUIZ, "--flow", "exam", "--label", "live", "--format", "json")
    publication = json.loads(result.out)
    assert (publication["flow"], publication["version"], publication["label"]) == (
        "exam",
        1,
        "live",
    )


def test_a_flow_with_errors_is_not_published(
    statewright: CommandLine, dangling: Path, tmp_path: Path
) -> None:
    result = statewright("publish", dangling)
    assert (result.code, result.out) == (1, "")
    assert "goodby" in result.err
    assert not (tmp_path / "flows.db").exists()


def test_a_name_that_cannot_be_kept_is_refused(statewright: CommandLine) -> None:
    result = statewright("publish", QUIZ, "--flow", "x" * 300)
    assert result.code == 2
    assert "the name of the flow" in result.err
    assert statewright("publish", QUIZ, "--flow", "").code == 2


def test_what_is_published_is_listed_the_newest_version_first(statewright: CommandLine) -> None:
    for arguments in (("--flow", "b"), ("--flow", "a"), ("--flow", "b", "--label", "trial")):
        statewright("publish", QUIZ, *arguments)
    lines = statewright("flows").out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["flow", "version"],
        ["a", "1"],
        ["b", "2"],
        ["b", "1"],
    ]
    found = json.loads(statewright("flows", "--flow", "b", "--format", "json").out)
    assert [(one["version"], one["label"]) for one in found] == [(2, "trial"), (1, "")]


def test_many_publications_are_all_listed(statewright: CommandLine, greeting: Path) -> None:
    for _ in range(101):
        statewright("publish", greeting)
    assert len(json.loads(statewright("flows", "--format", "json").out)) == 101


def test_an_empty_database_is_told_from_none(statewright: CommandLine) -> None:
    result = statewright("flows")
    assert result.code == 2
    assert "there is no database" in result.err
    statewright("publish", QUIZ)
    assert statewright("flows", "--flow", "nothing").out == "nothing is published\n"


@pytest.mark.parametrize("url", ["nonsense", "oracle://x", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_cannot_be_used_is_said_so(statewright: CommandLine, url: str) -> None:
    result = statewright("publish", QUIZ, "--database", url)
    assert result.code == 2
    assert result.err.startswith("Error: ")
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "command", ["publish {quiz}", "flows", "sessions", "replay x", "chat quiz --database {url}"]
)
def test_without_the_server_parts_the_command_says_what_to_install(
    command: str, database: str, tmp_path: Path
) -> None:
    (tmp_path / "flows.db").touch()
    arguments = [part.format(quiz=QUIZ, url=database) for part in command.split()]
    program = (
        "import sys; sys.modules['sqlalchemy'] = sys.modules['httpx'] = None; "
        f"from statewright.cli import run; sys.exit(run({arguments!r}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "pip install 'statewright[server]'" in result.stderr
