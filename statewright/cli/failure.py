"""What goes wrong outside a flow, and what the command line says about it."""

from __future__ import annotations

from typing import IO, Any

import click

from statewright.cli.streams import note

CLEAN = 0
FOUND = 1
"""There are findings, or tests failed."""
BROKEN = 2
"""The command was used wrongly, or could not do its work."""
INTERRUPTED = 130
"""Ctrl-C: 128 and the number of SIGINT, as shells count."""


class Failure(click.ClickException):
    """The command cannot do its work: one clean line on stderr, exit code 2.

    Args:
        message: what was wrong, where, and what to do; lower case, without a full stop.
    """

    exit_code = BROKEN

    def show(self, _file: IO[Any] | None = None) -> None:
        """Print it on stderr."""
        note(f"Error: {self.message}")
