"""Standard input and output, made safe for any text."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

import click

from statewright.excerpt import printable_lines


def prepare() -> None:
    """Let the standard streams take any text.

    What an encoding cannot spell is escaped on the way out, and replaced on the way in.
    """
    streams = ((sys.stdin, "replace"), *((s, "backslashreplace") for s in (sys.stdout, sys.stderr)))
    for stream, errors in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def print_document(text: str) -> None:
    r"""Print text for programs on stdout: UTF-8, lines ended by a line feed, whatever the locale.

    A lone surrogate is printed as ``\udXXX``, which is what JSON calls it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    click.echo(text, nl=False, color=True)


def note(text: str) -> None:
    """Print something for people on stderr, without anything that could drive a terminal."""
    click.echo("\n".join(printable_lines(text)), err=True)


def wants_colour(stream: TextIO) -> bool:
    """Whether to print colours: only on a terminal, and not where ``NO_COLOR`` is set.

    Source: https://no-color.org.
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
