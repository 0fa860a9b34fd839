"""``explain``, ``compile`` and ``schema``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from statewright import flows
from statewright.compiler.catalogue import CATALOGUE
from statewright.statechart import release_from_json
from tests.cli.commands import CommandLine


def test_without_a_code_all_checks_are_listed(statewright: CommandLine) -> None:
    lines = statewright("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == [check.code for check in CATALOGUE]


RULE = """
[[rules]]
code = "ACME-1"
if = "node.kind == 'llm'"
message = "`{{ node.id }}` asks a model"
help = "ask a person"
severity = "error"
"""


def test_rules_of_a_house_are_explained_too(statewright: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "house.toml"
    path.write_text(RULE)
    text = statewright("explain", "ACME-1", "--config", path).out
    assert text.startswith("ACME-1 (error)\n\nA rule of the configuration.\n")
    assert "node.kind == 'llm'" in text
    assert "ask a person" in text
    told = json.loads(statewright("explain", "ACME-1", "--config", path, "--format", "json").out)
    assert told["if"] == "node.kind == 'llm'"
    assert "did you mean ACME-1?" in statewright("explain", "ACME-2", "--config", path).err


@pytest.mark.parametrize("code", ["S103", "s103", "dangling-edge"])
def test_a_check_is_explained_by_code_or_name(statewright: CommandLine, code: str) -> None:
    assert statewright("explain", code).out.startswith("S103 dangling-edge (error)\n\n")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("S03", "did you mean S103?"),
        ("dangling-edges", "did you mean dangling-edge?"),
        ("\x1b[31m", "`statewright explain` lists all checks"),
    ],
)
def test_an_unknown_code_names_the_nearest(statewright: CommandLine, code: str, hint: str) -> None:
    result = statewright("explain", code)
    assert result.code == 2
    assert hint in result.err
    assert "\x1b" not in result.err


def test_what_proofs_assume_is_listed_as_in_the_documentation(statewright: CommandLine) -> None:
    listed = json.loads(statewright("explain", "assumptions", "--format", "json").out)
    text = statewright("explain", "assumptions").out
    page = (Path(__file__).parents[2] / "docs" / "checking.md").read_text()
    assert len(listed) > 5
    assert all(f"- {one}\n" in text and f"- {one}\n" in page for one in listed)


def test_explanations_are_there_as_json(statewright: CommandLine) -> None:
    listed = json.loads(statewright("explain", "--format", "json").out)
    single = json.loads(statewright("explain", "S103", "--format", "json").out)
    assert single in listed
    assert set(single) == {"code", "name", "severity", "summary", "sections"}


def test_compile_writes_a_release_that_can_be_read_back(
    statewright: CommandLine, greeting: Path
) -> None:
    result = statewright("compile", greeting, "--to", "json")
    assert (result.code, result.err) == (0, "")
    assert release_from_json(result.out).statechart.states


def test_compile_writes_a_diagram_to_a_file(statewright: CommandLine, greeting: Path) -> None:
    target = greeting.with_suffix(".mmd")
    result = statewright("compile", greeting, "--to", "mermaid", "-o", target)
    assert (result.code, result.out) == (0, "")
    assert target.read_text().startswith("stateDiagram-v2\n")


def test_compile_refuses_a_flow_with_errors(statewright: CommandLine, dangling: Path) -> None:
    result = statewright("compile", dangling, "--to", "json")
    assert (result.code, result.out) == (1, "")
    assert "error S103" in result.err
    assert "--draft" in result.err


def test_a_draft_is_compiled_all_the_same(statewright: CommandLine, dangling: Path) -> None:
    result = statewright("compile", dangling, "--to", "mermaid", "--draft")
    assert result.code == 0
    assert result.out.startswith("stateDiagram-v2\n")
    assert "error S103" in result.err


def test_a_target_that_cannot_be_written_is_told(
    statewright: CommandLine, greeting: Path, tmp_path: Path
) -> None:
    result = statewright("compile", greeting, "--to", "json", "-o", tmp_path / "no" / "such.json")
    assert result.code == 2
    assert "cannot write" in result.err


def test_the_schema_is_the_one_of_the_reader(statewright: CommandLine) -> None:
    assert json.loads(statewright("schema").out) == flows.json_schema()
