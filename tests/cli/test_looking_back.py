"""Time travel and repairs on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import CommandLine

FLOW = """
statewright: 1
id: diary
start: ask
suppress: {C201: to see it fail, E603: nobody answers there}
variables: {name: string, brave: {type: bool, default: false}}
nodes:
  ask: {type: question, text: Who are you?, variable: name, next: dare}
  dare:
    type: condition
    branches: [{if: "name == 'fail' && !brave", to: a}]
    else: hello
  a: {type: message, text: x, next: b}
  b: {type: jump, to: a}
  hello: {type: question, text: "Hello, {{ name }}. And?", variable: name, next: call}
  call: {type: http, url: "http://127.0.0.1:9/", success: bye, error: sorry}
  sorry: {type: end, outcome: sorry, text: Sorry.}
  bye: {type: end, outcome: done, text: Bye.}
"""


@pytest.fixture
def session(tmp_path: Path, statewright: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session that has heard a name."""
    monkeypatch.setenv("STATEWRIGHT_DATABASE", f"sqlite:///{tmp_path}/flows.db")
    (tmp_path / "diary.yaml").write_text(FLOW)
    assert statewright("publish", tmp_path / "diary.yaml").code == 0
    return talk(statewright, tmp_path, "Ada")


def talk(statewright: CommandLine, tmp_path: Path, *lines: str, new: bool = True) -> str:
    """The session in which something was said."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(lines))
    more = ["--new"] if new else []
    url = f"sqlite:///{tmp_path}/flows.db"
    assert statewright("chat", "diary", "--database", url, "--script", path, *more).code == 0
    return str(json.loads(statewright("sessions", "--format", "json").out)[0]["session"])


def test_a_session_is_shown_as_it_stood(statewright: CommandLine, session: str) -> None:
    told = statewright("replay", session, "--at", "1").out
    assert "  Who are you?" in told
    assert 'data: {"brave": false}' in told
    shown = json.loads(statewright("replay", session, "--at", "2", "--format", "json").out)
    assert (shown["event"]["name"], shown["data"]["name"]) == ("message", "Ada")
    assert [one["text"] for one in shown["messages"]] == ["Hello, Ada. And?"]
    assert shown["awaiting"]["node"] == "hello"
    assert shown["as_stored"]
    result = statewright("replay", session, "--at", "3")
    assert (result.code, "the revisions 1 to 2, not 3" in result.err) == (2, True)


def test_a_session_is_forked(statewright: CommandLine, session: str) -> None:
    fork = json.loads(statewright("replay", session, "--fork", "1", "--format", "json").out)
    assert fork["session"] != session
    assert (fork["origin"], fork["revision"]) == (session, 1)
    told = statewright("replay", fork["session"], "--at", "1").out
    assert "event: session.fork" in told
    assert statewright("replay", fork["session"]).out == "1 turn, as stored\n"


def test_yesterdays_conversations_are_run_on_a_draft(
    statewright: CommandLine, session: str, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(FLOW.replace("Hello, ", "Welcome, "))
    same = statewright("replay", session, "--against", tmp_path / "diary.yaml")
    assert (same.code, same.out) == (0, "1 session, 2 turns: users would see the same\n")
    assert statewright("replay", session, "--against", "1").code == 0
    other = statewright("replay", session, "--against", draft)
    assert other.code == 1
    assert 'revision 2, message {"text": "Ada"}' in other.out
    assert "    Hello, Ada. And?" in other.out
    assert "    Welcome, Ada. And?" in other.out
    talk(statewright, tmp_path, "Bob")
    all_ = statewright("replay", "--flow", "diary", "--against", draft, "--since", "1h")
    assert all_.out.endswith("2 sessions, 4 turns: 2 of them would differ\n")
    one = statewright(
        "replay", "--flow", "diary", "--against", draft, "--sample", "1", "--format", "json"
    )
    (found,) = json.loads(one.out)
    assert found["divergence"]["would_be"]["messages"][0]["text"].startswith("Welcome, ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay",),
        ("replay", "{}", "--at", "1", "--fork", "1"),
        ("replay", "{}", "--sample", "3"),
        ("replay", "{}", "--against", "7"),
        ("replay", "{}", "--against", "nowhere.yaml"),
        ("replay", "{}", "--flow", "diary", "--against", "1"),
        ("replay", "--flow", "nothing", "--against", "1"),
        ("replay", "--flow", "diary", "--against", "1", "--since", "soon"),
        ("sessions", "fix", "{}", "name"),
        ("sessions", "fix", "{}", "nothing=1"),
        ("sessions", "fix", "{}", "brave=NaN"),
        ("sessions", "fix", "nobody", "name=1"),
        ("sessions", "retry", "{}"),
        ("sessions", "skip", "{}"),
        ("sessions", "skip", "{}", "--result", "1", "--error", "{{}}"),
        ("sessions", "resume", "{}"),
    ],
    ids=" ".join,
)
def test_what_means_nothing_is_refused(
    statewright: CommandLine, session: str, arguments: tuple[str, ...]
) -> None:
    result = statewright(*(one.format(session) for one in arguments))
    assert result.code == 2
    assert result.err
    assert "internal error" not in result.err


def test_a_variable_is_fixed_once(statewright: CommandLine, session: str) -> None:
    fix = ("sessions", "fix", session, "name=Eve", "brave=true", "--key", "k")
    assert statewright(*fix).out == "revision 3: the session waits for text at hello\n"
    assert statewright(*fix).out == "revision 3: the session waits for text at hello\n"
    shown = json.loads(statewright("replay", session, "--at", "3", "--format", "json").out)
    assert shown["data"] == {"name": "Eve", "brave": True}


def test_a_failed_session_is_found_and_resumed(
    statewright: CommandLine, session: str, tmp_path: Path
) -> None:
    broken = talk(statewright, tmp_path, "fail")
    (row,) = json.loads(statewright("sessions", "--status", "failed", "--format", "json").out)
    assert (row["session"], row["standing"]) == (broken, "failed")
    assert "error.limit" in row["reason"]
    resumed = statewright("sessions", "resume", broken, "brave=true")
    assert resumed.out == "revision 3: the session waits for text at ask\n"
    talk(statewright, tmp_path, "fail", new=False)
    assert statewright("replay", broken).out.endswith("4 turns, as stored\n")
    assert session in statewright("sessions", "--status", "waiting").out


def test_a_session_goes_on_without_its_request(
    statewright: CommandLine, session: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    assert statewright("sessions", "fix", session, "name=Eve").code == 0
    path = tmp_path / "more.json"
    path.write_text('["more"]')
    statewright("chat", "diary", "--database", url, "--script", path)
    ended = json.loads(statewright("sessions", "--format", "json").out)[0]
    at = str(ended["revision"] - 1)
    fork = json.loads(statewright("replay", session, "--fork", at, "--format", "json").out)
    (row,) = json.loads(statewright("sessions", "--status", "working", "--format", "json").out)
    assert row["session"] == fork["session"]
    assert "for `http` at `call/~call`, which nobody does, until " in row["reason"]
    skip = ("sessions", "--database", url, "skip", fork["session"], "--result", '{"status": 200}')
    assert statewright(*skip).out.startswith("Bye.\n")
    assert statewright("sessions", "--status", "working").out == "there are no sessions\n"
