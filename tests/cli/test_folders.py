"""A folder that is named stands for what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import CommandLine

FLOW = "statewright: 1\nstart: a\nnodes: {a: {type: end, text: Hello.}}\n"
TESTS = "flow: a.yaml\nconversations: [{name: hello, script: [{expect: {text: TEXT}}]}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with flows, tests, and what is neither, in it and below."""
    inner = tmp_path / "shop" / "inner"
    for hidden in (inner, inner / "node_modules", inner / ".git"):
        hidden.mkdir(parents=True)
    (tmp_path / "shop/a.yaml").write_text(FLOW)
    (tmp_path / "shop/a.test.yaml").write_text(TESTS.replace("TEXT", "Hello."))
    (tmp_path / "shop/hello.script.yaml").write_text("[Hello]")
    (tmp_path / "shop/package.json").write_text('{"name": "shop"}')
    (tmp_path / "shop/notes.txt").write_text("nothing")
    (inner / "a.yaml").write_text(FLOW.replace("start: a", "start: b"))
    (inner / "more.yaml").write_text(TESTS.replace("TEXT", "Bye."))
    for name in ("node_modules", ".git"):
        (inner / name / "x.yaml").write_text("statewright: 1")
    return tmp_path / "shop"


def test_check_goes_through_the_flows_in_a_folder(statewright: CommandLine, folder: Path) -> None:
    result = statewright("check", folder)
    assert result.code == 1
    assert "inner/a.yaml:" in result.out
    assert "1 error in 2 files" in result.out
    assert "package.json is not checked: it holds nothing that is known as a flow" in result.err
    assert "2 files are not checked: they hold conversation tests" in result.err
    assert "x.yaml" not in result.out + result.err


def test_test_holds_the_conversations_in_a_folder(statewright: CommandLine, folder: Path) -> None:
    result = statewright("test", folder)
    assert (result.code, "2 conversations, 1 failed" in result.out) == (1, True)
    result = statewright("test", folder / "a.test.yaml", folder / "inner")
    assert "2 conversations, 1 failed" in result.out


def test_a_folder_without_flows_or_tests_is_said_to_have_none(
    statewright: CommandLine, tmp_path: Path
) -> None:
    for command in ("check", "test"):
        result = statewright(command, tmp_path)
        assert (result.code, result.out) == (2, "")
        assert "nothing in" in result.err
    (tmp_path / "a.yaml").write_text(FLOW)
    result = statewright("test", tmp_path)
    assert result.code == 2
    assert "there are no conversation tests in" in result.err
    (tmp_path / "a.yaml").write_text("[Hello]")
    result = statewright("check", tmp_path)
    assert result.code == 2
    assert "none of these files is a flow" in result.err


def test_a_file_that_cannot_be_read_keeps_no_other_test_from_running(
    statewright: CommandLine, folder: Path
) -> None:
    (folder / "gone.yaml").symlink_to(folder / "nowhere.yaml")
    result = statewright("test", folder)
    assert result.code == 2
    assert "hello" in result.out
    assert "gone.yaml" in result.err
