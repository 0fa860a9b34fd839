"""The event scripts of the SCION test framework: configurations after every event.

Each runs twice: with the snapshot kept, and with the snapshot through JSON between two events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from statewright import compiler
from statewright.statechart import (
    Event,
    Snapshot,
    Statechart,
    Status,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.structure.tree import tree_of
from tests.conformance.exclusions import exclusions
from tests.shared_data import shared, shared_files

SUITE = "conformance/scion"
EXCLUDED = exclusions("scion")
LEGACY = exclusions("scion-legacy")
CASES = [
    path.relative_to(path.parents[1]).with_suffix("") for path in shared_files(SUITE, "*/*.scxml")
]
MILLISECOND = 1_000


def test_the_suite_is_there() -> None:
    shared(SUITE)
    assert len(CASES) > 50


@pytest.mark.parametrize("mode", ["kept", "through-json"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_event_leads_to_the_expected_configuration(case: Path, mode: str) -> None:
    if str(case) in EXCLUDED:
        pytest.skip(EXCLUDED[str(case)])
    chart = chart_of(case)
    script = script_of(case)
    expected = [script["initialConfiguration"], *(e["nextConfiguration"] for e in script["events"])]
    for found, wanted in zip(configurations(chart, script, mode), expected, strict=True):
        assert found == sorted(wanted)


def test_what_is_excluded_would_not_pass() -> None:
    assert [case for case in CASES if str(case) in EXCLUDED and passes(case)] == []


def passes(case: Path) -> bool:
    script = script_of(case)
    found = list(configurations(chart_of(case), script, "kept"))
    return found[1:] == [sorted(line["nextConfiguration"]) for line in script["events"]]


def chart_of(case: Path) -> Statechart:
    file = (shared(SUITE) / case).with_suffix(".scxml")
    scripts = {path.name: path.read_text() for path in file.parent.glob("*.js")}
    # SCION takes a document that names no datamodel for ECMAScript.
    return compiler.compile_scxml(
        file.read_text(), documents=scripts, datamodel="ecmascript"
    ).statechart


def script_of(case: Path) -> dict[str, Any]:
    """The events of a test, and the states that they lead to by the W3C's algorithm."""
    script = json.loads((shared(SUITE) / case).with_suffix(".json").read_text())
    return dict(script["legacySemantics"] if str(case) in LEGACY else script)


def configurations(chart: Statechart, script: dict[str, Any], mode: str) -> Iterator[list[str]]:
    """The active states without children, at the start and after every event."""
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    yield leaves(chart, snapshot)
    for line in script["events"]:
        if mode == "through-json":
            snapshot = snapshot_from_json(snapshot_to_json(snapshot))
        if snapshot.status is Status.ACTIVE:
            snapshot = macrostep(chart, snapshot, event_from(line, snapshot)).snapshot
        yield leaves(chart, snapshot)


def leaves(chart: Statechart, snapshot: Snapshot) -> list[str]:
    """The active states without children; the suite lists nothing else."""
    nodes = tree_of(chart).nodes
    return sorted(name for name in snapshot.configuration if nodes[name].leaf)


def event_from(line: dict[str, Any], snapshot: Snapshot) -> Event:
    event = line["event"]
    now = snapshot.now + line.get("after", 0) * MILLISECOND
    return Event(event["name"], event.get("data"), now)
