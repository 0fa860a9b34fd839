"""``chat`` with somebody at the keyboard: a real terminal, or a pipe."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, process

POSIX = "pseudo-terminals are a matter of POSIX"
pty = pytest.importorskip("pty", reason=POSIX)
fcntl = pytest.importorskip("fcntl", reason=POSIX)
termios = pytest.importorskip("termios", reason=POSIX)

PATIENCE = 30.0
LEAD = EXAMPLES / "lead-capture.yaml"


class Keyboard:
    """A process with a terminal of its own, and somebody who reads and types."""

    def __init__(self, *arguments: str | Path) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "statewright", "chat", *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 (the test has no threads)
        )
        os.close(theirs)
        self.seen = ""

    def reads(self, text: str) -> str:
        """Wait for a text, and give all that was shown up to its end."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} was not shown, but {self.seen!r}"
            self.seen += self._more()
        shown, _, self.seen = self.seen.partition(text)
        return shown + text

    def types(self, line: str) -> None:
        os.write(self._ours, f"{line}\n".encode())

    def presses(self, key: bytes) -> None:
        os.write(self._ours, key)

    def leaves(self, pressing: bytes = b"") -> int:
        """Wait for the end, and give the exit code.

        A key is pressed again and again: Python loses a Ctrl-C between its prompt and its reading.
        """
        end = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < end:
            more = self._more()
            self.seen += more
            if not more:
                self.presses(pressing)
        return self._process.wait(timeout=1)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        os.close(self._ours)

    def _more(self) -> str:
        if not select.select([self._ours], [], [], 0.1)[0]:
            return ""
        try:
            return os.read(self._ours, 65536).decode(errors="replace")
        except OSError:
            return ""


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def keyboards() -> Iterator[list[Keyboard]]:
    opened: list[Keyboard] = []
    yield opened
    for keyboard in opened:
        keyboard.close()


def chat(keyboards: list[Keyboard], *arguments: str | Path) -> Keyboard:
    keyboards.append(Keyboard(*arguments))
    return keyboards[-1]


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
