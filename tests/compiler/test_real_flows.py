"""What is found in the flows of others is what the documentation says, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from statewright import compiler, flows
from tests.shared_data import shared, shared_files

PAGE = Path(__file__).parents[2] / "docs" / "real-flows.md"
_ROW = re.compile(r"^\| (\d{3}/\S+) \| ([A-Z]\d{3}) \| (\S*) \| .+ \|$", re.MULTILINE)
OF_READERS = {"R006", "R008"}
"""By these, readers tell what they could not carry over, or had to decide."""


def found() -> set[tuple[str, str, str]]:
    """Flow, code and node of every finding."""
    return {
        (f"{path.parent.name}/{path.stem}", finding.code, finding.node)
        for folder in ("000", "001", "002", "003", "004")
        for path in shared_files(f"flows/{folder}", "*.json")
        if (flow := flows.read(path)).dialect
        for finding in compiler.verify(compiler.compile(flow)).findings
        if finding.code not in OF_READERS
    }


@pytest.fixture(autouse=True)
def _there() -> None:
    shared("flows/000")


def test_every_finding_in_a_real_flow_was_looked_at() -> None:
    assert found() == set(_ROW.findall(PAGE.read_text()))
