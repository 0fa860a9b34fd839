"""Which tests of other people's suites do not apply here, and why: a line each, in a file."""

from __future__ import annotations

from pathlib import Path


def exclusions(suite: str) -> dict[str, str]:
    """Test of a suite → the reason why it does not apply."""
    lines = (Path(__file__).parent / "exclusions.txt").read_text().splitlines()
    rows = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return {
        test.removeprefix(f"{suite}/"): reason
        for test, _, reason in rows
        if test.startswith(f"{suite}/")
    }
