"""Running the command line in a test, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from statewright.cli import run

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

DANGLING = """\
statewright: 1
id: greeting
start: hello
nodes:
  hello: {type: message, text: Hello, next: goodby}
  goodbye: {type: end}
"""

GREETING = DANGLING.replace("goodby}", "goodbye}")


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


class CommandLine:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Result:
        code = run([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return Result(code, captured.out, captured.err)


def process(
    *arguments: str | Path, typed: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs a command in a process of its own, with ``typed`` on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "statewright", *map(str, arguments)],
        input=typed,
        capture_output=True,
        check=False,
        timeout=60,
        env=environment,
    )
