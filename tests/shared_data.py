"""The data that nobody here wrote: real flows and conformance suites, read from beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("STATEWRIGHT_DATA", Path(__file__).parents[2] / "shared" / "data"))


def shared(path: str) -> Path:
    """A file or folder of the shared data; the test is skipped where there is none."""
    place = DATA / path
    if not place.exists():
        pytest.skip(f"no {path} in {DATA}; set STATEWRIGHT_DATA to the folder of the shared data")
    return place


def shared_files(folder: str, pattern: str) -> list[Path]:
    """The files of a folder of the shared data, sorted; none where it is absent."""
    return sorted((DATA / folder).glob(pattern))
