"""Fixtures of the tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands import DANGLING, GREETING, CommandLine

if TYPE_CHECKING:  # where there are no terminals, importing it skips the tests that need one
    from tests.cli.keyboards import Keyboard


@pytest.fixture
def statewright(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def dangling(tmp_path: Path) -> Path:
    """A flow with one error and one warning."""
    path = tmp_path / "dangling.yaml"
    path.write_text(DANGLING)
    return path


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    """A flow without findings."""
    path = tmp_path / "greeting.yaml"
    path.write_text(GREETING)
    return path


@pytest.fixture
def keyboards() -> Iterator[list[Keyboard]]:
    opened: list[Keyboard] = []
    yield opened
    for keyboard in opened:
        keyboard.close()
