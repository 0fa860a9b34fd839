"""Live conversations that go on in another version of their flow, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import CommandLine

FIRST = """
statewright: 1
id: diary
start: who
suppress: {I506: "", I504: ""}
variables: {name: string, age: int}
nodes:
  who: {type: question, text: Who are you?, variable: name, next: age}
  age: {type: question, input: number, text: "How old, {{ name }}?", variable: age, next: bye}
  bye: {type: end, outcome: done, text: "Bye, {{ name }} ({{ age }})."}
""".replace('suppress: {I506: "", I504: ""}\n', "")

SECOND = (
    FIRST.replace("  age: {", "  years: {")
    .replace("next: age", "next: years")
    .replace("Bye,", "So long,")
)


@pytest.fixture
def place(tmp_path: Path, statewright: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with two versions of a flow, and two live conversations with the first one."""
    monkeypatch.setenv("STATEWRIGHT_DATABASE", f"sqlite:///{tmp_path}/flows.db")
    monkeypatch.chdir(tmp_path)
    for name, text in (("first", FIRST), ("second", SECOND)):
        (tmp_path / f"{name}.yaml").write_text(text)
    assert statewright("publish", "first.yaml").code == 0
    talk(statewright, new=True)
    talk(statewright, "Ada", new=True)
    assert statewright("publish", "second.yaml").code == 0
    return tmp_path


def talk(statewright: CommandLine, *lines: str, new: bool = False) -> list[str]:
    """What the bot says to that."""
    Path("script.json").write_text(json.dumps(lines))
    result = statewright(
        "chat", "diary", "--database", "sqlite:///flows.db", "--script", "script.json",
        "--format", "json", *(["--new"] if new else []),
    )  # fmt: skip
    assert result.code == 0, result.err
    turns = [json.loads(line) for line in result.out.splitlines()]
    return [message["text"] for turn in turns for message in turn["messages"]]


def versions(statewright: CommandLine) -> list[int]:
    listed = json.loads(statewright("sessions", "--format", "json").out)
    return sorted(one["version"] for one in listed)


@pytest.mark.usefixtures("place")
def test_it_is_told_what_would_become_of_them(statewright: CommandLine) -> None:
    result = statewright("migrate", "diary", "--from", "1")
    assert result.code == 1
    assert "V901 state-removed: conversations may wait at `age`" in result.out
    lines = [line.split(maxsplit=2) for line in result.out.splitlines()]
    assert ["1", "who/~wait", "as they are"] in lines
    assert [
        "1",
        "age/~wait",
        "on the old version; V901 `age/~wait` is gone in the new version",
    ] in lines
    assert versions(statewright) == [1, 1]


@pytest.mark.usefixtures("place")
def test_nothing_is_done_while_some_cannot_go_on(statewright: CommandLine) -> None:
    result = statewright("migrate", "diary", "--from", "1", "--apply")
    assert (result.code, "nothing was changed" in result.err) == (1, True)
    assert versions(statewright) == [1, 1]
    assert statewright("migrate", "diary", "--from", "1", "--apply", "--leave").code == 0
    assert versions(statewright) == [1, 2]


@pytest.mark.usefixtures("place")
def test_a_plan_says_what_becomes_of_them_and_it_can_be_taken_back(
    statewright: CommandLine,
) -> None:
    Path("plan.yaml").write_text("states: {age: years}\n")
    again = ("migrate", "diary", "--from", "1", "--plan", "plan.yaml")
    assert statewright(*again).code == 0
    assert statewright(*again, "--apply").code == 0
    assert versions(statewright) == [2, 2]
    sessions = json.loads(statewright("sessions", "--format", "json").out)
    assert {statewright("replay", one["session"]).code for one in sessions} == {0}
    assert statewright(*again, "--roll-back").code == 0
    assert versions(statewright) == [1, 1]
    assert statewright(*again, "--apply").code == 0
    assert talk(statewright, "36") == ["So long, Ada (36)."]
    assert {statewright("replay", one["session"]).code for one in sessions} == {0}


@pytest.mark.usefixtures("place")
def test_a_draft_is_only_looked_at(statewright: CommandLine) -> None:
    plan = '{"restarts": {"age": "years"}}'
    asked = ("migrate", "diary", "--from", "1", "--to", "second.yaml", "--plan", plan)
    result = statewright(*asked, "--format", "json")
    document = json.loads(result.out)
    assert (result.code, document["to"], document["done"]) == (0, "second.yaml", False)
    ways = {one["goes_on"]: (one["number"], one["enters"]) for one in document["sessions"]}
    assert ways == {"moved": (1, ""), "restarted": (1, "years")}
    result = statewright(*asked, "--apply")
    assert (result.code, "publish it" in result.err) == (2, True)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--from", "2"), "version 2 is where they are"),
        (("--from", "9"), "version 9 of the flow 'diary' is not published"),
        (("--from", "1", "--to", "9"), "version 9 of the flow 'diary' is not published"),
        (("--from", "1", "--plan", '{"states": {"ag": "years"}}'), "did you mean `age`"),
        (("--from", "1", "--plan", "nowhere.yaml"), "nowhere.yaml"),
        (("--from", "1", "--leave"), "--leave goes with --apply"),
        (("--from", "1", "--apply", "--roll-back"), "one at a time"),
    ],
)
def test_what_means_nothing_is_refused(
    statewright: CommandLine, more: tuple[str, ...], message: str
) -> None:
    result = statewright("migrate", "diary", *more)
    assert (result.code, message in result.err) == (2, True), result.err
