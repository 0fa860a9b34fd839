"""A terminal, and somebody at its keyboard."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

POSIX = "pseudo-terminals are a matter of POSIX"
pty = pytest.importorskip("pty", reason=POSIX)
fcntl = pytest.importorskip("fcntl", reason=POSIX)
termios = pytest.importorskip("termios", reason=POSIX)

PATIENCE = 30.0
CHAT = ("-m", "statewright", "chat")


class Keyboard:
    """A process with a terminal of its own, and somebody who reads and types."""

    def __init__(self, *arguments: str | Path, program: Sequence[str] = CHAT) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, *program, *map(str, arguments)],
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
    # A shell that runs the tests in the background has them ignore Ctrl-C, and what they start.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def chat(keyboards: list[Keyboard], *arguments: str | Path) -> Keyboard:
    keyboards.append(Keyboard(*arguments))
    return keyboards[-1]
