"""Real servers in processes of their own, on ports that are free."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
DEADLINE = 30.0
"""Seconds that a server may take to start, or to end."""


class Server:
    """A command that serves.

    Args:
        command: what is run.
        directory: where it runs.
        settings: environment variables.
        mark: the word before the address in what it prints on stderr.
    """

    def __init__(
        self,
        command: Sequence[str],
        directory: Path,
        settings: Mapping[str, str] | None = None,
        mark: str = "http://",
    ) -> None:
        self._command = command
        self._directory = directory
        self._settings = settings or {}
        self._mark = mark
        self._lines: queue.Queue[str] = queue.Queue()
        self.printed: list[str] = []
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it says where it can be reached."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self._settings}
        self.process = subprocess.Popen(
            self._command,
            cwd=self._directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        while self._mark not in (line := self._next_line()):
            pass
        self.url = line[line.index("http://") :].split()[0]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            self._lines.put(line)
        self._lines.put("")

    def _next_line(self) -> str:
        line = self._lines.get(timeout=DEADLINE)
        assert line, f"the server ended: {''.join(self.printed)}"
        return line

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self._gone()

    def kill(self) -> int:
        """End it at once, whatever it does, and the processes that it started.

        Those would keep the pipe open that is read here.
        """
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def statewright(
    directory: Path, *options: str, settings: Mapping[str, str] | None = None
) -> Server:
    """``statewright serve`` on any free port."""
    command = [sys.executable, "-m", "statewright", "serve", "--port", "0", *options]
    return Server(command, directory, settings)
