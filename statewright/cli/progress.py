"""How far a long run is, on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, Self

from statewright.excerpt import printable

PATIENCE: Final = 1.0
"""Seconds after which people want to know."""

UNSEEN_PATIENCE: Final = 5.0
"""Seconds between lines where these are kept, as in the log of a build."""


class PassingLine:
    """A line that says how far something is, once that takes a while.

    At a terminal it is written over, and wiped in the end. Elsewhere there is a new one each time,
    and less often.
    """

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()
        self._next = time.monotonic() + (PATIENCE if self._is_seen else UNSEEN_PATIENCE)
        self._shown = False

    def say(self, text: str) -> None:
        """Say something, if it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (PATIENCE / 4 if self._is_seen else UNSEEN_PATIENCE)
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{printable(text)} " if self._is_seen else f"{printable(text)}\n")
        sys.stderr.flush()

    def wipe(self) -> None:
        """Leave nothing of it at a terminal."""
        if self._shown and self._is_seen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class Progress:
    """Says how many of some things are done.

    Args:
        what: what was done to them, a participle.
        total: how many there are.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._line = PassingLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.wipe()

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        self._line.say(f"{self._what} {self._done} of {self._total}")
