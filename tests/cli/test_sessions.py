"""Chats with published flows: they are stored, listed, replayed, and go on where they were left."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, CommandLine, process
from tests.cli.keyboards import Keyboard, chat

FLOW = """
statewright: 1
id: diary
start: ask
variables:
  name: string
  color: string
nodes:
  ask: {type: question, text: Who are you?, variable: name, next: pause}
  pause: {type: delay, duration: 1s, next: pick}
  pick:
    type: question
    text: "Which one, {{ name }}?"
    input: choice
    choices: [{value: r, label: Red}, {value: b, label: Blue}]
    variable: color
    next: bye
  bye: {type: end, outcome: done, text: "{{ color }} it is."}
"""


@pytest.fixture
def database(tmp_path: Path, statewright: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which the flow `diary` is published."""
    url = f"sqlite:///{tmp_path}/flows.db"
    monkeypatch.setenv("STATEWRIGHT_DATABASE", url)
    (tmp_path / "diary.yaml").write_text(FLOW)
    assert statewright("publish", tmp_path / "diary.yaml").code == 0
    return url


def script(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(lines))
    return path


def test_a_session_goes_on_where_it_was_left(
    statewright: CommandLine, database: str, tmp_path: Path
) -> None:
    talk = ("chat", "diary", "--database", database, "--script")
    first = statewright(*talk, script(tmp_path, "Ada", {"advance": "2s"}))
    assert first.out.splitlines() == [
        "Who are you?",
        "> Ada",
        "> /advance 2s",
        "Which one, Ada?",
        "  1. Red",
        "  2. Blue",
    ]
    second = statewright(*talk, script(tmp_path, {"choose": "b"}))
    assert second.out.splitlines() == ["> b", "b it is.", "(completed: done)"]
    third = statewright(*talk, script(tmp_path, "Bob"))
    assert third.out.splitlines() == ["Who are you?", "> Bob"], "it was over: another one begins"


def test_conversations_are_apart_and_may_begin_anew(
    statewright: CommandLine, database: str, tmp_path: Path
) -> None:
    talk = ("chat", "diary", "--database", database, "--script", script(tmp_path, "Ada"))
    for more in ((), ("--conversation", "other"), ("--new",)):
        assert statewright(*talk, *more).out.startswith("Who are you?")
    rows = json.loads(statewright("sessions", "--format", "json").out)
    assert sorted(row["conversation"] for row in rows) == ["other", "terminal", "terminal"]


def test_turns_are_printed_as_json(statewright: CommandLine, database: str, tmp_path: Path) -> None:
    path = script(tmp_path, "Ada", {"event": "nothing.much", "data": 1})
    result = statewright(
        "chat", "diary", "--database", database, "--script", path, "--format", "json"
    )
    turns = [json.loads(line) for line in result.out.splitlines()]
    assert [turn["turn"] for turn in turns] == [1, 2, 3]
    assert [turn["input"] for turn in turns] == [
        None,
        "Ada",
        {"event": "nothing.much", "data": 1},
    ]
    assert turns[1]["data"] == {"name": "Ada"}


def test_it_is_shown_what_somebody_is_handed_over_with(
    statewright: CommandLine, database: str
) -> None:
    flow, lines = EXAMPLES / "lead-capture.yaml", EXAMPLES / "lead-capture.script.yaml"
    statewright("publish", flow)
    stored = ("chat", "lead-capture", "--database", database, "--script", lines)
    told = statewright(*stored).out.splitlines()
    told_of_file = statewright("chat", flow, "--script", lines).out.splitlines()
    assert [told[:-2], told[-1]] == [told_of_file[:-2], told_of_file[-1]]
    carried = json.loads(told[-2].removeprefix("(handoff ").removesuffix(")"))
    assert carried["assignee"] == {"type": "team", "id": "sales"}
    assert carried["note"] == "Ada <ada@lovelace.example> wants demo; score 8."
    last = json.loads(statewright(*stored, "--new", "--format", "json").out.splitlines()[-1])
    (handoff,) = last["effects"]
    assert handoff["data"]["data"]["assignee"] == {"type": "team", "id": "sales"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([{"result": "x", "data": 1}], "line 1: a published flow asks the world itself"),
        (["Ada", {"advance": "2s"}, {"choose": "r"}, "more"], "line 4: the session is over"),
    ],
)
def test_a_line_that_does_not_fit_is_named(
    statewright: CommandLine, database: str, tmp_path: Path, lines: list[object], message: str
) -> None:
    path = script(tmp_path, *lines)
    result = statewright("chat", "diary", "--database", database, "--script", path)
    assert result.code == 2
    assert message in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("chat", "nothing", "--database", "{}", "--script", "{}.json"),
        ("chat", "diary", "--database", "sqlite:///nowhere.db"),
        ("chat", "diary", "--database", "{}", "--fixtures", "{{}}"),
        ("chat", "diary", "--database", "{}", "--seed", "1"),
        ("chat", str(EXAMPLES / "quiz.yaml"), "--new"),
        ("chat", str(EXAMPLES / "quiz.yaml"), "--conversation", "x"),
        ("replay", "nobody"),
        ("replay", ""),
        ("sessions", "--status", "asleep"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told(
    statewright: CommandLine, database: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    script(tmp_path).rename(tmp_path / "flows.db.json")
    given = [one.format(database) for one in arguments]
    given = [one.removeprefix("sqlite:///") if one.endswith(".json") else one for one in given]
    result = statewright(*given)
    assert result.code == 2
    assert result.err
    assert "internal error" not in result.err


def test_sessions_are_listed_the_newest_first(
    statewright: CommandLine, database: str, tmp_path: Path
) -> None:
    assert statewright("sessions").out == "there are no sessions\n"
    talk = ("chat", "diary", "--database", database, "--script", script(tmp_path, "Ada"))
    statewright(*talk, "--conversation", "one")
    statewright(*talk, "--conversation", "two")
    lines = statewright("sessions").out.splitlines()
    assert lines[0].split() == [
        "session",
        "flow",
        "version",
        "status",
        "revision",
        "conversation",
        "updated",
        "reason",
    ]
    assert [line.split()[1:6] for line in lines[1:]] == [
        ["diary", "1", "working", "2", "two"],
        ["diary", "1", "working", "2", "one"],
    ]
    assert statewright("sessions", "--status", "failed").out == "there are no sessions\n"
    assert len(statewright("sessions", "--flow", "diary", "--limit", "1").out.splitlines()) == 2


def test_a_replay_says_whether_history_and_machine_agree(
    statewright: CommandLine, database: str, tmp_path: Path
) -> None:
    statewright("chat", "diary", "--database", database, "--script", script(tmp_path, "Ada"))
    (row,) = json.loads(statewright("sessions", "--format", "json").out)
    result = statewright("replay", row["session"])
    assert (result.code, result.out) == (0, "2 turns, as stored\n")
    with sqlite3.connect(tmp_path / "flows.db") as connection:
        connection.execute("update statewright_history set answer = replace(answer, 'Who', 'What')")
    connection.close()
    result = statewright("replay", row["session"])
    assert result.code == 1
    assert "revision 1: another answer" in result.out
    assert "What are you?" in result.out
    document = json.loads(statewright("replay", row["session"], "--format", "json").out)
    assert [one["what"] for one in document["differences"]] == ["answer"]


def test_a_replay_tells_what_went_wrong(
    statewright: CommandLine, database: str, tmp_path: Path
) -> None:
    flow = tmp_path / "endless.yaml"
    flow.write_text(
        "statewright: 1\nid: endless\nstart: ask\nsuppress: {C201: to see it fail}\n"
        "variables: {said: string}\nnodes:\n"
        "  ask: {type: question, text: Hello?, variable: said, next: again}\n"
        "  again: {type: condition, branches: [{if: said == 'Hi', to: a}], else: bye}\n"
        "  a: {type: message, text: x, next: b}\n  b: {type: jump, to: a}\n"
        "  bye: {type: end}\n"
    )
    assert statewright("publish", str(flow), "--database", database).code == 0
    statewright("chat", "endless", "--database", database, "--script", script(tmp_path, "Hi"))
    (row,) = json.loads(statewright("sessions", "--format", "json").out)
    assert row["status"] == "failed"
    told = statewright("replay", row["session"]).out
    assert told.startswith("revision 2: error.limit in ")
    assert "it goes round through `" in told
    (incident,) = json.loads(statewright("replay", row["session"], "--format", "json").out)[
        "incidents"
    ]
    assert incident["name"] == "error.limit"


def test_somebody_at_a_keyboard_leaves_and_comes_back(
    database: str, keyboards: list[Keyboard]
) -> None:
    ada = chat(keyboards, "diary", "--database", database)
    ada.reads("Who are you?")
    ada.reads("> ")
    ada.types("Ada")
    ada.reads("Which one, Ada?")  # of its own accord, a second later
    ada.reads("2. Blue")
    ada.types("/state")
    ada.reads("awaits: choice")
    ada.types("/nonsense")
    ada.reads("there is no /nonsense")
    ada.types("/quit")
    assert ada.leaves() == 0
    again = chat(keyboards, "diary", "--database", database)
    again.reads("goes on")
    again.reads("Which one, Ada?")
    again.types("/data")
    again.reads('"name": "Ada"')
    again.types("2")
    again.reads("b it is.")
    again.reads("(completed: done)")
    assert again.leaves() == 0


def test_what_is_typed_may_come_from_a_pipe(database: str) -> None:
    result = process(
        "chat", "diary", "--database", database, typed=b"Ada\n\n/help\n//slash\n/data\n"
    )
    assert result.returncode == 0
    lines = result.stdout.decode().splitlines()
    assert lines[:2] == ["Who are you?", "> Ada"]
    assert '  "name": "Ada"' in lines


VISITS = """
statewright: 1
id: visits
start: count
variables: {visits: {type: int, scope: contact, default: 0}}
nodes:
  count: {type: set, actions: [{increment: contact.visits}], next: ask}
  ask: {type: question, text: "Visit {{ contact.visits }}.", next: bye}
  bye: {type: end, text: "Still visit {{ contact.visits }}."}
"""


def test_a_chat_keeps_what_it_knows_of_the_contact(
    database: str, statewright: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "visits.yaml").write_text(VISITS)
    (tmp_path / "hi.yaml").write_text("[hi]")
    statewright("publish", tmp_path / "visits.yaml", "--database", database)

    def said(name: str | Path, *more: str) -> list[str]:
        result = statewright("chat", name, "--script", tmp_path / "hi.yaml", *more)
        return [line for line in result.out.splitlines() if "isit " in line]

    first = ["Visit 1.", "Still visit 1."]
    assert said(tmp_path / "visits.yaml") == first
    assert said("visits", "--database", database) == first
    assert said("visits", "--database", database, "--new") == ["Visit 2.", "Still visit 2."]
    assert said("visits", "--database", database, "--contact", "ada") == first
    assert said("visits", "--database", database, "--conversation", "other") == first


def test_a_session_that_goes_on_is_of_the_contact_that_it_began_with(
    database: str, statewright: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "none.yaml").write_text("[]")
    command = ("chat", "diary", "--script", tmp_path / "none.yaml", "--database", database)
    assert statewright(*command, "--contact", "ada").code == 0
    assert statewright(*command, "--contact", "ada").code == 0
    assert statewright(*command).code == 0
    result = statewright(*command, "--contact", "eve")
    assert (result.code, "is that of ada; --new begins" in result.err) == (2, True)
