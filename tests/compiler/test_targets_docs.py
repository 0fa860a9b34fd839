"""What docs/targets.md shows is what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.cli import run
from statewright.compiler.targets import TARGETS
from tests.compiler.node_tools import NodeTools

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "targets.md").read_text()
HOST = (ROOT / "examples" / "xstate_host.ts").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_target_has_a_section_that_names_its_losses() -> None:
    for target in TARGETS:
        assert f"`{target}`" in PAGE
    source = ROOT / "statewright" / "compiler" / "targets"
    own = {target.__module__.split(".")[3] for target in TARGETS.values()} | {"drawing"}
    paths = [path for name in own for path in (source / f"{name}.py", *source.glob(f"{name}/*.py"))]
    texts = [path.read_text() for path in paths if path.exists()]
    codes = {code for text in texts for code in re.findall(r'(?:Loss|lose)\(\s*"([a-z-]+)"', text)}
    assert len(codes) > 30
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = blocks("python")
    exec(compile(example, "docs/targets.md", "exec"), {})  # noqa: S102 - it is our own page


@pytest.mark.parametrize(
    "command", [line for block in blocks("sh") for line in block.splitlines() if line]
)
def test_the_commands_run(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    name, *arguments = shlex.split(command.partition(" | ")[0])
    assert name == "statewright"
    assert run(arguments) == 0
    out = capsys.readouterr().out
    assert out or [path for path in tmp_path.iterdir() if path.name != "examples"]


def test_the_host_of_the_example_says_what_the_page_says(node: NodeTools, tmp_path: Path) -> None:
    (shown,) = blocks("ts")
    (expected,) = blocks("text")
    assert shown == HOST
    release = compiler.compile(flows.read(ROOT / "examples" / "lead-capture.yaml")).release()
    files = {**TARGETS["xstate"](release).files, "host.ts": shown}
    assert node.type_check(tmp_path, files, emit=True) == ""
    done = subprocess.run(
        ["node", "host.js"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == expected
