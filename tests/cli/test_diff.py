"""``diff``: what changed between two versions, and whether users can tell."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.commands import EXAMPLES, GREETING, CommandLine


def version(greeting: Path, before: str, after: str) -> Path:
    path = greeting.with_name("new.yaml")
    path.write_text(GREETING.replace(before, after))
    return path


def test_the_same_flow_is_the_same(statewright: CommandLine, greeting: Path) -> None:
    result = statewright("diff", greeting, greeting)
    assert result.code == 0
    assert result.out.startswith("the drawings are the same\nPROVED: users see no difference")


def test_a_renamed_node_changes_nothing_that_users_see(
    statewright: CommandLine, greeting: Path
) -> None:
    result = statewright("diff", greeting, version(greeting, "goodbye", "farewell"))
    assert result.code == 0
    assert result.out.splitlines()[0] == "node renamed: goodbye → farewell"
    assert "PROVED" in result.out


def test_another_text_is_shown_in_a_conversation(statewright: CommandLine, greeting: Path) -> None:
    result = statewright("diff", greeting, version(greeting, "text: Hello", "text: Good day"))
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0].startswith("text changed: hello.")
    assert "  - Hello" in lines
    assert "  + Good day" in lines


def test_json_has_conversations_that_chat_replays(
    statewright: CommandLine, greeting: Path, tmp_path: Path
) -> None:
    new = version(greeting, "text: Hello", "text: Good day")
    report = json.loads(statewright("diff", greeting, new, "--format", "json").out)
    assert report["verdict"] == "violated"
    assert report["changes"][0]["part"] == "text"
    for name, path in (("old", greeting), ("new", new)):
        conversation = report["difference"][name]
        script = tmp_path / "script.json"
        script.write_text(json.dumps(conversation["script"]))
        chat = statewright("chat", path, "--script", script, "--format", "json")
        assert [json.loads(line) for line in chat.out.splitlines()] == conversation["transcript"]


def test_a_flow_with_errors_is_compared_as_a_drawing_only(
    statewright: CommandLine, greeting: Path, dangling: Path
) -> None:
    result = statewright("diff", greeting, dangling)
    assert result.code == 1
    assert "edge removed: hello.next → goodbye" in result.out
    assert "UNDECIDED" in result.out


def test_a_missing_file_is_an_error(statewright: CommandLine, greeting: Path) -> None:
    assert statewright("diff", greeting, "nowhere.yaml").code == 2


def test_machines_in_scxml_are_the_same_where_their_charts_are(statewright: CommandLine) -> None:
    machine = EXAMPLES / "parking-gate.scxml"
    assert statewright("diff", machine, machine).code == 0
