"""Fixtures of the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import DANGLING, GREETING, CommandLine


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
