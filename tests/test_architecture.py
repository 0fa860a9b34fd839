"""Rules about the project itself that no other test would notice being broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import statewright
from statewright.cli import run
from statewright.cli.catalogue import COMMANDS, command_named
from statewright.compiler.catalogue import CATALOGUE
from statewright.compiler.checks.check import SECTIONS, Check, sections_of

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

HEAVY = ("sqlalchemy", "starlette", "uvicorn", "httpx", "click", "yaml", "pydantic")
SERVER = ("sqlalchemy", "starlette", "uvicorn", "httpx", "click")


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import statewright", HEAVY),
        ("from statewright import compiler, flows", SERVER),
        ("from statewright.statechart import Event, macrostep, start", SERVER),
        ("from statewright.storage import MemoryStore, Store", SERVER),
    ],
)
def test_importing_loads_only_what_is_needed(statement: str, unwanted: tuple[str, ...]) -> None:
    program = f"import sys; {statement}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(unwanted) & set(loaded)


@pytest.mark.parametrize("name", statewright.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(statewright, name)
    assert name in dir(statewright)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = statewright.nonsense


def test_imports_go_down_only() -> None:
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("import-linter is not installed beside this Python")
    result = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.code)
def test_every_check_is_documented_and_explained(
    check: Check[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    sections = sections_of(check.documentation)
    assert tuple(title for title in sections if title) == SECTIONS
    assert run(["explain", check.code]) == 0
    page = capsys.readouterr().out
    assert page.startswith(f"{check.code} {check.name} ({check.severity})\n")
    for title in SECTIONS:
        assert f"\n{title}\n" in page


def test_every_check_has_a_code_and_a_name_of_its_own() -> None:
    assert len({check.code for check in CATALOGUE}) == len(CATALOGUE)
    assert len({check.name for check in CATALOGUE}) == len(CATALOGUE)


def test_every_check_stands_in_a_file_of_its_own_that_bears_its_name() -> None:
    folder = ROOT / "statewright" / "compiler"
    for check in CATALOGUE:
        home = folder / "migration" / "checks" if check.code[0] == "V" else folder / "checks"
        assert (home / f"{check.name.replace('-', '_')}.py").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    command = command_named(name)
    text = (ROOT / "docs" / "cli.md").read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    (section,) = [part for part in sections if part.startswith(f"`{name}`\n")]
    below = getattr(command, "commands", {})
    for one in below:
        assert f"{name} {one}" in section, f"docs/cli.md does not explain {name} {one}"
    parts = [command, *below.values()]
    for parameter in (one for part in parts for one in getattr(part, "params", ())):
        options = [option for option in parameter.opts if option.startswith("--")]
        for option in options:
            assert f"`{option}" in section, f"docs/cli.md does not explain {name} {option}"


def test_commands_stand_in_alphabetical_order() -> None:
    assert list(COMMANDS) == sorted(COMMANDS)


def test_before_a_commit_the_commands_of_ci_run() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    readme = (ROOT / "README.md").read_text()
    for hook in hooks:
        assert hook["entry"].removesuffix(" -q") in readme


def test_modules_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "statewright").rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 500
    }
    assert not long


def test_sources_are_plain_about_what_is_left_to_do() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    for path in (ROOT / "statewright").rglob("*.py"):
        assert not marks.search(path.read_text()), path
