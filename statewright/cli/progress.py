"""How far a long run is, on a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, Self

import click

PATIENCE: Final = 1.0
"""Seconds after which people want to know."""


class Progress:
    """Says on stderr how many of some things are done, once that takes more than a second.

    Args:
        what: what was done to them, a participle.
        total: how many there are.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._next = time.monotonic() + PATIENCE
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next = now + PATIENCE / 4
        self._shown = True
        click.echo(f"\r\x1b[K{self._what} {self._done} of {self._total}", nl=False, err=True)
