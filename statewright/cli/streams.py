"""Standard input and output, made safe for any text."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def prepare() -> None:
    """Let stdout and stderr take any text: what their encoding cannot spell is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_document(text: str) -> None:
    r"""Print text for programs on stdout: UTF-8, lines ended by a line feed, whatever the locale.

    A lone surrogate is printed as ``\udXXX``, which is what JSON calls it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    print(text, end="", flush=True)


def note(text: str) -> None:
    """Print a line for people on stderr."""
    print(text, file=sys.stderr, flush=True)


def wants_colour(stream: TextIO) -> bool:
    """Whether to print colours: only on a terminal, and not where ``NO_COLOR`` is set.

    Source: https://no-color.org.
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
