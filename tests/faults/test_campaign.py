"""32 clients in two processes, 15 % of messages twice at once: short forms of the campaign."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="this system does not fork processes"
)


def campaign(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.campaign", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def counted(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """What the campaign counted, by its word."""
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("exact\n")
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", done.stdout)}


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite"
    make: Callable[[], str] = request.getfixturevalue("postgresql")
    return make()


@pytest.mark.parametrize("sessions", ["1", "100"])
def test_all_books_say_the_same(where: str, sessions: str) -> None:
    cut = "0" if where == "sqlite" else "0.3"
    found = counted(campaign(where, "--sessions", sessions, "--seconds", "1", "--cut", cut))
    assert found["turns"] == found["acknowledged"] > 20
    assert found["cut"] > 0 or where == "sqlite"


def test_all_books_say_the_same_after_many_deaths(where: str) -> None:
    found = counted(campaign(where, "--sessions", "20", "--seconds", "2", "--kills", "20"))
    assert found["killed"] == 20
    assert found["turns"] >= found["acknowledged"] > 20


def test_the_campaign_notices_what_is_lost() -> None:
    done = campaign("sqlite", "--sessions", "2", "--seconds", "0.5", "--lost")
    assert done.returncode == 1
    assert "lost ['never handled']" in done.stderr
