"""``chat`` with somebody at the keyboard: a real terminal, or a pipe."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, process
from tests.cli.keyboards import Keyboard, chat

LEAD = EXAMPLES / "lead-capture.yaml"


def flow(tmp_path: Path, nodes: str) -> Path:
    path = tmp_path / "flow.yaml"
    first = nodes.strip().partition(":")[0]
    path.write_text(f"statewright: 1\nid: flow\nstart: {first}\nnodes:\n{nodes}")
    return path


def test_a_whole_conversation(keyboards: list[Keyboard]) -> None:
    robin = chat(keyboards, LEAD)
    robin.reads("What may I call you?")
    robin.reads("> ")
    robin.types("Ada")
    robin.reads("3. Just looking")
    robin.types("3")
    robin.reads("(completed: browsing)")
    assert robin.leaves() == 0


def test_slashes_are_for_the_chat_itself(keyboards: list[Keyboard]) -> None:
    robin = chat(keyboards, LEAD)
    robin.reads("> ")
    robin.types("/help")
    robin.reads("/advance 2h")
    robin.types("/data")
    robin.reads('"score": 0')
    robin.types("/state")
    assert "ask_name" in robin.reads("in 30 min")
    robin.types("/nonsense")
    robin.reads("there is no /nonsense")
    robin.types("/advance soon")
    robin.reads("is no time")
    robin.types("/result lookup {}")
    robin.reads("no request of lookup is pending")
    robin.types("/result lookup {")
    robin.reads("should be JSON")
    robin.types("//slash")
    robin.reads("Nice to meet you, /slash!")
    robin.types("/quit")
    assert robin.leaves() == 0


def test_time_can_be_advanced(keyboards: list[Keyboard]) -> None:
    robin = chat(keyboards, LEAD)
    robin.reads("> ")
    robin.types("/advance 30m")
    robin.reads("(completed: abandoned)")
    assert robin.leaves() == 0


def test_a_request_is_answered_by_hand(keyboards: list[Keyboard]) -> None:
    desk = chat(keyboards, EXAMPLES / "order-status.yaml")
    desk.reads("> ")
    desk.types("ab-1234")
    desk.reads("(http request: GET https://shop.example/api/orders/AB-1234)")
    desk.reads("(lookup waits: /result lookup")
    desk.types('/result lookup error {"code": "dns"}')
    desk.reads("Give me a minute")
    desk.reads("Ctrl-C or /advance")
    desk.types("/advance 1m")
    desk.reads("(lookup waits")
    desk.types('/result lookup {"status": 200, "body": {"status": "processing"}}')
    desk.reads("(completed: processing)")


def test_a_delay_is_waited_for_in_real_time(keyboards: list[Keyboard], tmp_path: Path) -> None:
    nodes = (
        "  wait: {type: delay, duration: 200ms, next: bye}\n  bye: {type: end, text: Here I am}\n"
    )
    waiter = chat(keyboards, flow(tmp_path, nodes).as_posix())
    waiter.reads("(waits 1 s")
    waiter.reads("Here I am")
    assert waiter.leaves() == 0


def test_ctrl_c_ends_a_wait_and_then_the_chat(keyboards: list[Keyboard], tmp_path: Path) -> None:
    nodes = "  wait: {type: delay, duration: 1h, next: bye}\n  bye: {type: end}\n"
    waiter = chat(keyboards, flow(tmp_path, nodes))
    waiter.reads("(waits 60 min")
    waiter.presses(b"\x03")
    waiter.reads("> ")
    assert waiter.leaves(pressing=b"\x03") in {130, -signal.SIGINT}
    assert "Traceback" not in waiter.seen


def test_ctrl_d_leaves(keyboards: list[Keyboard]) -> None:
    robin = chat(keyboards, LEAD)
    robin.reads("> ")
    robin.presses(b"\x04")
    assert robin.leaves() == 0


def test_enter_acknowledges(keyboards: list[Keyboard], tmp_path: Path) -> None:
    nodes = (
        "  first: {type: message, text: Read this, wait: true, next: bye}\n"
        "  bye: {type: end, text: And that}\n"
    )
    reader = chat(keyboards, flow(tmp_path, nodes))
    reader.reads("(press Enter to go on)")
    reader.types("")
    reader.reads("And that")


# --- pipes -------------------------------------------------------------------------------------


def test_what_comes_from_a_pipe_is_shown_between_the_answers() -> None:
    result = process("chat", LEAD, typed=b"Ada\n\n3\nignored\n")
    assert result.returncode == 0
    assert result.stdout.decode().splitlines()[1:4] == [
        "What may I call you?",
        "> Ada",
        "Nice to meet you, Ada! What brings you here?",
    ]
    assert result.stdout.decode().splitlines()[-1] == "(completed: browsing)"


@pytest.mark.parametrize("typed", [b"", b"Ada", b"\xff\xfe\x00\n\xed\xa0\x80\n", b"x" * 100_000])
def test_no_input_is_a_traceback(typed: bytes) -> None:
    result = process("chat", LEAD, typed=typed)
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr


def test_a_pipe_does_not_wait(tmp_path: Path) -> None:
    nodes = "  wait: {type: delay, duration: 1h, next: bye}\n  bye: {type: end, text: Bye}\n"
    result = process("chat", flow(tmp_path, nodes), typed=b"/advance 1h\n")
    assert result.stdout == b"> /advance 1h\nBye\n(completed: completed)\n"
    assert b"(waits until" in result.stderr
