"""Folders that are named on the command line: what is in them that a command is for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from statewright.cli import files
from statewright.cli.companions import TESTS, companion_in
from statewright.cli.failure import Failure

KINDS: Final = (".yaml", ".yml", ".json", ".scxml")
"""What the names of flows, and of what lies beside them, end with."""

PASSED_BY: Final = frozenset({"node_modules", "__pycache__", "site-packages"})
"""Folders in which nobody keeps flows; those that begin with a dot besides."""


def is_folder(name: str) -> bool:
    """Whether a name is that of a folder."""
    return name != files.STDIN and Path(name).is_dir()


def files_in(folder: str) -> list[str]:
    """The files in a folder, and in those inside it, that may hold flows, in the order of names.

    Raises:
        Failure: there are none.
    """
    found = sorted(candidates_in(folder))
    if not found:
        kinds = ", ".join(KINDS)
        raise Failure(f"there is nothing in {folder!r} that could be a flow: no {kinds}")
    return found


def tests_in(names: Iterable[str]) -> Iterator[str]:
    """The names, and in the place of each folder the conversation tests in it.

    Raises:
        Failure: a folder has none.
    """
    for name in names:
        if not is_folder(name):
            yield name
            continue
        tests = [one for one in files_in(name) if _may_be_tests(one)]
        if not tests:
            help_ = "conversation tests are called `NAME.test.yaml`, or begin with `flow:`"
            raise Failure(f"there are no conversation tests in {name!r}; {help_}")
        yield from tests


def _may_be_tests(name: str) -> bool:
    """Whether a file holds tests; so may one that cannot be read, which whoever reads it says."""
    try:
        return companion_in(files.bytes_of(name), name) == TESTS
    except Failure:
        return True


def candidates_in(folder: str) -> Iterator[str]:
    """The same in no particular order; nothing where there are none."""
    for place, inside, names in os.walk(folder):
        inside[:] = [one for one in inside if one not in PASSED_BY and not one.startswith(".")]
        for name in names:
            if name.endswith(KINDS) and not name.startswith("."):
                yield os.path.normpath(str(Path(place) / name))
