"""``chat --script``: conversations without a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import EXAMPLES, CommandLine, process

QUIZ = EXAMPLES / "quiz.yaml"
KEYS = [
    "turn",
    "input",
    "messages",
    "effects",
    "awaiting",
    "data",
    "configuration",
    "status",
    "outcome",
    "revision",
    "incidents",
]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.yaml"
    path.write_text('- choose: venus\n- "2"\n')
    return path


def turns(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_turn_is_one_object_with_the_keys_of_the_design(
    statewright: CommandLine, script: Path
) -> None:
    result = statewright("chat", QUIZ, "--script", script, "--format", "json")
    assert (result.code, result.err) == (0, "")
    played = turns(result.out)
    assert [list(turn) for turn in played] == [KEYS] * 3
    assert [turn["turn"] for turn in played] == [1, 2, 3]
    assert [turn["input"] for turn in played] == [None, {"choose": "venus"}, "2"]
    assert played[0]["awaiting"]["choices"][1] == {"value": "venus", "label": "Venus"}


def test_what_went_wrong_is_told_in_json_as_in_text(
    statewright: CommandLine, tmp_path: Path
) -> None:
    flow, script = tmp_path / "flow.yaml", tmp_path / "nothing.yaml"
    flow.write_text(
        "statewright: 1\nstart: say\nvariables: {n: int}\n"
        'nodes: {say: {type: message, text: "You have {{ n }}.", next: bye}, bye: {type: end}}\n'
    )
    script.write_text("[]\n")
    (turn,) = turns(statewright("chat", flow, "--script", script, "--format", "json").out)
    (incident,) = turn["incidents"]
    assert incident["state"] == "say"
    assert incident["message"] in statewright("chat", flow, "--script", script).err


def test_the_same_script_gives_the_same_bytes_in_another_process(script: Path) -> None:
    command = ("chat", QUIZ, "--script", script, "--format", "json")
    first, second = process(*command), process(*command)
    assert first.stdout == second.stdout
    assert first.stdout.count(b"\n") == 3


def test_json_is_utf8_whatever_the_locale() -> None:
    result = process(
        "chat",
        EXAMPLES / "lead-capture.yaml",
        "--script",
        EXAMPLES / "lead-capture.script.yaml",
        "--format",
        "json",
        environment={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    expected = (EXAMPLES / "lead-capture.transcript.jsonl").read_bytes()
    assert result.stdout == expected


def test_text_is_escaped_where_the_terminal_cannot_show_it() -> None:
    result = process(
        "chat",
        EXAMPLES / "lead-capture.yaml",
        "--script",
        EXAMPLES / "lead-capture.script.yaml",
        environment={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
    )
    assert result.returncode == 0
    assert b"Acme Boards. \\U0001f44b" in result.stdout


def test_text_reads_like_a_conversation(statewright: CommandLine, script: Path) -> None:
    assert (
        statewright("chat", QUIZ, "--script", script).out
        == """\
[image: Saturn and its rings, https://quiz.example/saturn.jpg]
Welcome to the space quiz! Four questions, thirty seconds each. Ready? Go!
1 of 4: Which planet is the hottest?
  1. Mercury
  2. Venus
  3. Mars
> venus
Right! Its thick air keeps the heat in.
2 of 4: How many moons does Mars have?
> 2
Right! They are called Phobos and Deimos.
3 of 4: Who was the first human in space?
"""
    )


def test_the_seed_decides_the_lot(statewright: CommandLine, script: Path, tmp_path: Path) -> None:
    flow = tmp_path / "lot.yaml"
    flow.write_text(
        "statewright: 1\nid: lot\nstart: draw\nnodes:\n"
        "  draw: {type: message, variants: [{text: a}, {text: b}, {text: c}], next: bye}\n"
        "  bye: {type: end}\n"
    )
    script.write_text("[]")

    def said(seed: str) -> str:
        return statewright("chat", flow, "--script", script, "--seed", seed).out

    assert {said(str(seed)) for seed in range(20)} == {
        f"{text}\n(completed: completed)\n" for text in "abc"
    }
    assert said("x") == said("x")


def test_the_time_can_be_set(statewright: CommandLine, script: Path) -> None:
    result = statewright(
        *("chat", QUIZ, "--script", script, "--format", "json"),
        "--now",
        "2030-01-01T12:00:00+01:00",
    )
    assert turns(result.out)[0]["awaiting"]["due"] == "2030-01-01T11:00:30Z"


@pytest.mark.parametrize("time", ["soon", "2026-13-01", "", "9999-12-31T23:59:59-23:59"])
def test_a_time_that_is_none_is_refused(statewright: CommandLine, script: Path, time: str) -> None:
    result = statewright("chat", QUIZ, "--script", script, "--now", time)
    assert result.code == 2
    assert result.err.startswith("Error: ")


@pytest.mark.parametrize("given", ['{"customer": {"name": "Ada"}}', "file"])
def test_inputs_are_json_or_a_file(
    statewright: CommandLine, script: Path, tmp_path: Path, given: str
) -> None:
    if given == "file":
        path = tmp_path / "data.yaml"
        path.write_text("customer: {name: Ada}\n")
        given = str(path)
    script.write_text("[]")
    flow = EXAMPLES / "order-status.yaml"
    result = statewright("chat", flow, "--script", script, "--data", given)
    assert result.out.startswith("Hi Ada!")


def test_an_input_that_the_flow_does_not_have_is_refused(
    statewright: CommandLine, script: Path
) -> None:
    result = statewright("chat", QUIZ, "--script", script, "--data", '{"nonsense": 1}')
    assert result.code == 2
    assert "nonsense" in result.err


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1, "a": 2}', "{" * 10_000, "\ud800", ""])
def test_data_that_is_no_map_is_refused(statewright: CommandLine, script: Path, text: str) -> None:
    result = statewright("chat", QUIZ, "--script", script, "--data", text)
    assert result.code == 2
    assert result.err.startswith("Error: ")


def test_a_pending_request_is_reported(statewright: CommandLine, script: Path) -> None:
    script.write_text("- ab-1234\n")
    flow = EXAMPLES / "order-status.yaml"
    last = turns(statewright("chat", flow, "--script", script, "--format", "json").out)[-1]
    assert last["awaiting"]["kind"] == "effect"
    assert last["awaiting"]["effects"][0]["name"] == "lookup"
    assert last["effects"][0]["data"]["params"]["url"].endswith("/AB-1234")


def test_a_secret_is_never_printed_as_text(statewright: CommandLine, script: Path) -> None:
    script.write_text("- ab-1234\n")
    flow = EXAMPLES / "order-status.yaml"
    last = turns(statewright("chat", flow, "--script", script, "--format", "json").out)[-1]
    header = last["effects"][0]["data"]["params"]["headers"]["Authorization"]
    assert not isinstance(header, str)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- result: lookup\n", "no effect of `lookup` is pending"),
        ("- {say: hello}\n", "no line"),
        ("a: b\n", "a script is a list"),
        ("- advance: tomorrow\n", "no time"),
        ("- {choose: a, advance: 1h}\n", "`choose`"),
        ("[", "script.yaml:2:1:"),
        ("", "the text is empty"),
    ],
)
def test_a_script_that_is_none_is_refused(
    statewright: CommandLine, script: Path, text: str, reason: str
) -> None:
    script.write_text(text)
    result = statewright("chat", QUIZ, "--script", script)
    assert result.code == 2
    assert reason in result.err


def test_nothing_is_heard_after_the_end(
    statewright: CommandLine, greeting: Path, script: Path
) -> None:
    script.write_text("- Hello?\n")
    result = statewright("chat", greeting, "--script", script)
    assert result.code == 2
    assert result.out == "Hello\n(completed: completed)\n"
    assert "hears nothing more" in result.err


def test_a_flow_with_errors_is_talked_through_as_far_as_it_goes(
    statewright: CommandLine, dangling: Path, script: Path
) -> None:
    script.write_text("[]")
    result = statewright("chat", dangling, "--script", script)
    assert result.out == "Hello\n(failed: error)\n"
    assert "error S103" in result.err
    assert "no edge says where to" in result.err


def test_json_needs_a_script(statewright: CommandLine) -> None:
    result = statewright("chat", QUIZ, "--format", "json")
    assert result.code == 2
    assert "needs a --script" in result.err


def test_what_the_user_says_cannot_drive_the_terminal(
    statewright: CommandLine, script: Path
) -> None:
    script.write_text('- "\\e]0;owned\\a"\n')
    out = statewright("chat", EXAMPLES / "lead-capture.yaml", "--script", script).out
    assert "\x1b" not in out
    assert "Nice to meet you" in out


def test_a_line_that_lets_time_pass_is_shown_once_however_much_happens_meanwhile(
    statewright: CommandLine, tmp_path: Path
) -> None:
    flow, script = tmp_path / "flow.yaml", tmp_path / "script.yaml"
    flow.write_text(
        """
statewright: 1
start: first
nodes:
  first: {type: delay, duration: 5m, next: second}
  second: {type: delay, duration: 5m, next: third}
  third: {type: delay, duration: 5m, next: bye}
  bye: {type: end, text: Bye.}
"""
    )
    script.write_text("[{advance: 4m}, {advance: 20m}]")
    shown = statewright("chat", flow, "--script", script).out.splitlines()
    assert shown == ["> /advance 4m", "> /advance 20m", "Bye.", "(completed: completed)"]


def test_much_that_is_overdue_is_all_done_before_the_next_line(
    statewright: CommandLine, tmp_path: Path
) -> None:
    """A turn does a portion of it, and the runtime takes such turns by itself, too."""
    flow = tmp_path / "slow.yaml"
    flow.write_text("""
statewright: 1
id: slow
start: l
variables: {n: {type: int, default: 0}}
nodes:
  l: {type: loop, times: 700, start: w, next: ask, nodes: {
    w: {type: delay, duration: 7s, next: s},
    s: {type: set, actions: [{increment: n}], next: c},
    c: {type: continue}}}
  ask: {type: question, text: "n={{ n }}?", next: bye}
  bye: {type: end, text: Bye.}
""")
    script = tmp_path / "script.yaml"
    script.write_text("[{advance: 2h}, x]")
    database = f"sqlite:///{tmp_path / 'flows.db'}"
    assert statewright("publish", str(flow), "--database", database).code == 0
    live = statewright("chat", "slow", "--database", database, "--script", str(script))
    played = statewright("chat", str(flow), "--script", str(script))
    assert live.out == played.out
    assert "n=700?" in live.out
