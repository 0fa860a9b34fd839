"""Doing something again whenever a file changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import click

from statewright.cli import configuration
from statewright.cli.failure import Failure
from statewright.cli.folders import candidates_in

PAUSE: Final = 0.2
"""Seconds between looks at the files."""

Stamp = tuple[tuple[float, int] | None, ...]


def watched(names: Iterable[str], act: Callable[[], object]) -> None:
    """Act, and act again whenever a file, one beside it, or a configuration changes; until Ctrl-C.

    Args:
        names: paths of files.
        act: what is done; it prints its own results.
    """
    paths = tuple(Path(name) for name in names)
    seen = None
    while True:
        stamp = _stamp(paths)
        if stamp != seen:
            seen = stamp
            try:
                act()
            except Failure as failure:
                failure.show()
            click.echo("watching; Ctrl-C ends it", err=True)
            # What the action itself has changed is no news.
            seen = _stamp(paths)
        time.sleep(PAUSE)


def _stamp(paths: Iterable[Path]) -> Stamp:
    """When the files were changed last, and how long they are."""
    found: set[Path] = set()
    for path in paths:
        found.update((path, *_beside(path)))
    return tuple(_state(path) for path in sorted(found))


def _beside(path: Path) -> Iterable[Path]:
    """What a flow may read: other flows of its directory, and configurations above it."""
    directory = path if path.is_dir() else path.parent
    flows = [one for kind in ("*.yaml", "*.yml", "*.json") for one in directory.glob(kind)]
    if path.is_dir():
        flows = [Path(one) for one in candidates_in(str(path))]
    above = (directory.resolve(), *directory.resolve().parents)
    names = (configuration.OWN, configuration.SHARED)
    return [*flows, *(one / name for one in above for name in names)]


def _state(path: Path) -> tuple[float, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime, state.st_size
