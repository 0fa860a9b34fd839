"""What the README shows is what happens, and CI runs what it says."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from statewright.cli import run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CI = ROOT / ".ci" / "run"

FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCREEN = 50
LINK = re.compile(r"\]\(([^)#:]+)\)")


def blocks(language: str) -> list[str]:
    return [text for kind, text in FENCED.findall(README) if kind == language]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples, and with the files that the README writes down."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for text in blocks("yaml"):
        name = text.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_readme_shows(
    block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, shown = block.partition("\n")
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "statewright"
    run(arguments)
    assert capsys.readouterr().out == shown


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("block", blocks("pycon"))
def test_python_answers_what_the_readme_shows(block: str) -> None:
    example = doctest.DocTestParser().get_doctest(block, {}, "README.md", "README.md", 0)
    assert not doctest.DocTestRunner().run(example).failed


def test_the_readme_stays_under_two_screens() -> None:
    assert len(README.splitlines()) <= 2 * SCREEN + 10


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "docs/cli.md", "docs/glossary.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    document = ROOT / name
    for target in LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), target


# --- CI runs the test command ------------------------------------------------------------------


def ci(tmp_path: Path, readme: str) -> subprocess.CompletedProcess[str]:
    """What ``.ci/run`` does in a project with this README."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(CI, tmp_path / ".ci" / "run")
    (tmp_path / "README.md").write_text(readme)
    return subprocess.run(
        [tmp_path / ".ci" / "run"], capture_output=True, text=True, check=False, timeout=60
    )


def test_ci_runs_the_command_of_the_readme_to_the_letter(tmp_path: Path) -> None:
    result = ci(tmp_path, "<!-- test-command -->\n```sh\necho one &&\necho two\n```\nend\n")
    assert result.returncode == 0
    assert result.stdout == "+ echo one &&\necho two\none\ntwo\n"


def test_ci_fails_where_any_part_of_the_command_fails(tmp_path: Path) -> None:
    result = ci(tmp_path, "<!-- test-command -->\n```sh\nfalse | cat\necho reached\n```\n")
    assert result.returncode == 1
    assert "\nreached" not in result.stdout


@pytest.mark.parametrize(
    "readme",
    [
        "no command\n",
        "```sh\necho unmarked\n```\n",
        "<!-- test-command -->\n",
        "<!-- test-command -->\n\n```sh\necho far away\n```\n",
        "<!-- test-command -->\n```sh\necho unclosed\n",
        "<!-- test-command -->\n```sh\n```\n",
        "<!-- test-command -->\n```sh\necho a\n```\n<!-- test-command -->\n```sh\necho b\n```\n",
    ],
)
def test_ci_fails_where_there_is_no_command(tmp_path: Path, readme: str) -> None:
    result = ci(tmp_path, readme)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("README.md: ")


def test_ci_finds_the_command_of_this_readme() -> None:
    marked = re.findall(
        r"^<!-- test-command -->\n```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL
    )
    assert len(marked) == 1
    assert "pytest" in marked[0]
