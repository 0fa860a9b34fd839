"""Reading and writing the files that are named on the command line."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from statewright.cli.failure import Failure
from statewright.flows.documents import SIZE_LIMIT

STDIN = "-"
"""The name under which standard input is read."""

STDIN_LABEL = "<stdin>"
"""What reports call it."""


def label(name: str) -> str:
    """What reports call a file."""
    return STDIN_LABEL if name == STDIN else name


def bytes_of(name: str) -> bytes:
    """What a file, or standard input, holds: of what is longer than any flow only the beginning.

    Raises:
        Failure: it is missing, a directory, or may not be read.
    """
    try:
        if name == STDIN:
            return sys.stdin.buffer.read(SIZE_LIMIT + 1)
        with Path(name).open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read {label(name)!r}: {reason(error)}") from None


def write(name: str, text: str) -> None:
    """Write a text to a file as UTF-8.

    Raises:
        Failure: it cannot be written.
    """
    try:
        Path(name).write_bytes(text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        raise Failure(f"cannot write {name!r}: {reason(error)}") from None


def replace(name: str, text: str) -> None:
    """Write a text in the place of a file, all at once: it is never half written.

    Raises:
        Failure: it cannot be written.
    """
    path = Path(name).resolve()
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(text.encode("utf-8"))
        shutil.copymode(path, beside)
        beside.replace(path)
    except (OSError, ValueError) as error:
        beside.unlink(missing_ok=True)
        raise Failure(f"cannot write {name!r}: {reason(error)}") from None


def make_directory(name: str) -> None:
    """Make a directory and those above it, where they are missing.

    Raises:
        Failure: it cannot be made.
    """
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise Failure(f"cannot make the directory {name!r}: {reason(error)}") from None


def reason(error: OSError | ValueError) -> str:
    """Why the system refused, in words."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
