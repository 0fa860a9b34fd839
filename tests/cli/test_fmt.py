"""``fmt`` and ``init``, as they are called."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from statewright import flows
from statewright.cli import run

UGLY = "nodes:   # all of them\n    a:   {type: end,text: Bye.}\n"
NICE = "nodes:  # all of them\n  a: {type: end, text: Bye.}\n"


def test_a_file_is_laid_out_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text(UGLY)
    path.chmod(0o640)
    assert run(["fmt", str(path)]) == 0
    assert path.read_text() == NICE
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_check_changes_nothing_and_says_what_would_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ugly, nice = tmp_path / "ugly.yaml", tmp_path / "nice.yaml"
    ugly.write_text(UGLY)
    nice.write_text(NICE)
    assert run(["fmt", "--check", str(ugly), str(nice)]) == 1
    assert capsys.readouterr().err == f"{ugly} would change\n"
    assert ugly.read_text() == UGLY
    assert run(["fmt", "--check", str(nice)]) == 0


def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UGLY.encode())))
    assert run(["fmt", "-"]) == 0
    assert capsys.readouterr().out == NICE


def test_what_cannot_be_read_is_left_alone_and_the_others_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, ugly = tmp_path / "broken.yaml", tmp_path / "ugly.yaml"
    broken.write_text("a: [")
    ugly.write_text(UGLY)
    assert run(["fmt", str(broken), str(tmp_path / "no.yaml"), str(ugly)]) == 2
    assert broken.read_text() == "a: ["
    assert ugly.read_text() == NICE
    assert "the YAML is broken" in capsys.readouterr().err


def test_a_new_flow_is_clean_is_tested_and_is_laid_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "new"
    assert run(["init", str(home)]) == 0
    said = capsys.readouterr().err
    names = ["flow.test.yaml", "flow.yaml", "statewright.schema.json"]
    assert sorted(path.name for path in home.iterdir()) == names
    assert f"statewright chat {home / 'flow.yaml'}" in said
    assert run(["check", "--strict", str(home / "flow.yaml")]) == 0
    assert run(["test", str(home / "flow.test.yaml")]) == 0
    assert run(["fmt", "--check", *(str(home / name) for name in names)]) == 0


def test_the_first_line_tells_editors_where_the_schema_is(tmp_path: Path) -> None:
    path = tmp_path / "my shop.yaml"
    assert run(["init", str(path)]) == 0
    first, *_ = path.read_text().splitlines()
    mark = "# yaml-language-server: $schema="
    assert first.startswith(mark)
    assert json.loads((tmp_path / first.removeprefix(mark)).read_text())["title"]
    test = tmp_path / "my shop.test.yaml"
    assert run(["test", str(test)]) == 0
    assert f"`statewright test '{test}'`" in test.read_text()


def test_a_flow_that_is_to_be_json_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "shop.json")]) == 2
    assert "what is written is YAML; name it" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("place", "file", "named"),
    [
        ("shop", "shop/flow.yaml", "shop"),
        ("My Shop!", "My Shop!/flow.yaml", "my-shop"),
        ("shop/.", "shop/flow.yaml", "shop"),
        ("!!", "!!/flow.yaml", "flow"),
        ("shop.yaml", "shop.yaml", "shop"),
    ],
)
def test_a_new_flow_is_called_like_what_is_named(
    place: str, file: str, named: str, tmp_path: Path
) -> None:
    assert run(["init", f"{tmp_path}/{place}"]) == 0
    assert flows.read(tmp_path / file).id == named


@pytest.mark.parametrize("there", ["flow.yaml", "flow.test.yaml"])
def test_nothing_is_written_over(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / there).write_text("mine")
    assert run(["init", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_schema_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "statewright.schema.json").write_text("mine")
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "statewright.schema.json").read_text() == "mine"


def test_a_key_that_stands_twice_is_called_a_node_only_where_it_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data.yaml"
    file.write_text("a: 1\na: 2\n")
    assert run(["fmt", str(file)]) == 2
    assert "the key `a` stands here again" in capsys.readouterr().err
    file.write_text("statewright: 1\nnodes: {a: {type: end}, a: {type: end}}\n")
    assert run(["fmt", str(file)]) == 2
    assert "the node `a` stands here again" in capsys.readouterr().err
