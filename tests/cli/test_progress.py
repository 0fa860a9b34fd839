"""How far a long run is, as somebody at a terminal sees it, and as the log of a build keeps it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.keyboards import Keyboard

HASTY = """
import sys
from statewright.cli import progress, run
progress.PATIENCE = progress.UNSEEN_PATIENCE = 0.0
sys.exit(run(["check", *sys.argv[1:]]))
"""
"""``check`` as it is after some seconds, from the beginning."""


def asking(tmp_path: Path) -> Path:
    """A flow of so many questions that they are not gone through in a few steps."""
    asked = [f"  q{n}: {{type: question, text: Q?, next: q{n + 1}}}" for n in range(300)]
    path = tmp_path / "asking.yaml"
    text = ["statewright: 1", "id: asking", "start: q0", "nodes:", *asked, "  q300: {type: end}"]
    path.write_text("\n".join(text))
    return path


def test_somebody_at_a_terminal_is_told_how_far_it_is(
    tmp_path: Path, keyboards: list[Keyboard]
) -> None:
    path = asking(tmp_path)
    other = tmp_path / "other.yaml"
    other.write_text(path.read_text())
    keyboards.append(Keyboard(path, other, program=("-c", HASTY)))
    told = keyboards[0].reads(" steps ")
    assert re.search(r"asking\.yaml: 256 of at most [0-9,]+ steps $", told)
    shown = keyboards[0].reads("in 2 files")
    assert "checked 1 of 2" in shown
    assert shown.endswith("\r\x1b[K\x1b[1mno findings in 2 files"), "it is wiped before the result"


def test_where_it_is_no_terminal_each_line_is_one_of_its_own(tmp_path: Path) -> None:
    path = asking(tmp_path)
    command = [sys.executable, "-c", HASTY, str(path), "--format", "json"]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=60)
    lines = ended.stderr.decode().splitlines()
    assert re.fullmatch(r".*asking\.yaml: 256 of at most [0-9,]+ steps", lines[0])
    assert lines[-1] == "checked 1 of 1"
    assert json.loads(ended.stdout) == [], "what is read by machines is told apart"


def test_a_short_run_says_nothing_of_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "statewright", "check", str(asking(tmp_path)), "--quick"]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert ended.stderr == b""
