"""The tests of the W3C's SCXML implementation report: each has to end in its state ``pass``.

Each runs twice: with the snapshot kept, and with the snapshot through JSON between two events.
Time passes only from deadline to deadline.
"""

from __future__ import annotations

import json
from functools import cache

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
from tests.conformance.exclusions import exclusions
from tests.conformance.irp_charts import NotInTheTableError, documents_for, scxml_from_template
from tests.shared_data import shared, shared_files

SUITE = "conformance/scxml-irp"
EXCLUDED = exclusions("irp")
CASES = [
    test["name"]
    for manifest in shared_files(SUITE, "manifest.json")
    for test in json.loads(manifest.read_text())
]
DEADLINES = 100


def test_the_suite_is_there() -> None:
    shared(SUITE)
    assert len(CASES) > 50


@pytest.mark.parametrize("mode", ["kept", "through-json"])
@pytest.mark.parametrize("case", CASES)
def test_the_machine_ends_where_it_should(case: str, mode: str) -> None:
    if case in EXCLUDED:
        pytest.skip(EXCLUDED[case])
    assert end_of(chart_of(case), mode).configuration == ("pass",)


def test_what_is_excluded_would_not_pass() -> None:
    assert [case for case in CASES if case in EXCLUDED and passes(case)] == []


def passes(case: str) -> bool:
    try:
        return end_of(chart_of(case), "kept").configuration == ("pass",)
    except NotInTheTableError:
        return False


def end_of(chart: Statechart, mode: str) -> Snapshot:
    """The session when it is over, or waits for nothing that comes."""
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    for _ in range(DEADLINES):
        if snapshot.status is not Status.ACTIVE or not snapshot.timers:
            break
        if mode == "through-json":
            snapshot = snapshot_from_json(snapshot_to_json(snapshot))
        tick = Event("tick", now=snapshot.timers[0].due)
        snapshot = macrostep(chart, snapshot, tick).snapshot
    return snapshot


@cache
def chart_of(case: str) -> Statechart:
    """The chart of a template; what is wrong in it on purpose is found, and fails when it runs."""
    folder = shared(SUITE)
    template = (folder / case).with_suffix(".txml").read_text()
    documents = documents_for(template, folder)
    return compiler.compile_scxml(scxml_from_template(template), documents=documents).statechart
