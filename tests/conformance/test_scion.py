"""The event scripts of the SCION test framework: configurations after every event.

Each runs twice: with the snapshot kept, and with the snapshot through JSON between two events.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from statewright.statechart import (
    Event,
    Snapshot,
    Statechart,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.tree import tree_of
from tests.conformance.scxml_charts import chart_from_scxml
from tests.shared_data import shared, shared_files

SUITE = "conformance/scion"
EXCLUDED = {
    name: reason.strip()
    for line in (Path(__file__).parent / "scion_exclusions.txt").read_text().splitlines()
    if line and not line.startswith("#")
    for name, _, reason in [line.partition(":")]
}
CASES = [
    path.relative_to(path.parents[1]).with_suffix("") for path in shared_files(SUITE, "*/*.scxml")
]
MILLISECOND = 1_000


def test_the_suite_is_there() -> None:
    shared(SUITE)
    assert len(CASES) > 50
    assert set(EXCLUDED) <= set(map(str, CASES))


@pytest.mark.parametrize("mode", ["kept", "through-json"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_event_leads_to_the_expected_configuration(case: Path, mode: str) -> None:
    if str(case) in EXCLUDED:
        pytest.skip(EXCLUDED[str(case)])
    folder = shared(SUITE)
    chart = chart_from_scxml((folder / case).with_suffix(".scxml").read_text())
    script = json.loads((folder / case).with_suffix(".json").read_text())
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    assert leaves(chart, snapshot) == sorted(script["initialConfiguration"])
    for line in script["events"]:
        if mode == "through-json":
            snapshot = snapshot_from_json(snapshot_to_json(snapshot))
        snapshot = macrostep(chart, snapshot, event_from(line, snapshot)).snapshot
        assert leaves(chart, snapshot) == sorted(line["nextConfiguration"])


def leaves(chart: Statechart, snapshot: Snapshot) -> list[str]:
    """The active states without children; the suite lists nothing else."""
    nodes = tree_of(chart).nodes
    return sorted(name for name in snapshot.configuration if nodes[name].leaf)


def event_from(line: dict[str, Any], snapshot: Snapshot) -> Event:
    event = line["event"]
    now = snapshot.now + line.get("after", 0) * MILLISECOND
    return Event(event["name"], event.get("data"), now)
