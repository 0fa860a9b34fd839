"""What docs/targets.md shows of stand-alone modules is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from statewright.cli import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "targets.md").read_text()
HOST = ROOT / "examples" / "standalone_host.py"


def test_the_host_of_the_example_says_what_the_page_says(tmp_path: Path) -> None:
    shown = HOST.read_text()
    _, _, behind = PAGE.partition(f"```py\n{shown}```")
    expected = re.findall(r"```console\n(.*?)```", behind, re.DOTALL)[0]
    flow = str(ROOT / "examples" / "lead-capture.yaml")
    assert run(["compile", flow, "--to", "python", "-o", str(tmp_path / "lead_capture.py")]) == 0
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); exec(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        input=shown,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == expected
