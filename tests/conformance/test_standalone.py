"""The event scripts of SCION and the machines of the W3C, in stand-alone modules.

Each suite is one module that holds all of its charts; those that invoke others have one each. Every
script runs twice: kept, and with the snapshot through JSON between two events.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from statewright.statechart import Event, digest_of
from tests.compiler.standalone import carrier_of, imported, theirs, through_json
from tests.conformance import test_irp, test_scion

SCRIPTS = [case for case in test_scion.CASES if str(case) not in test_scion.EXCLUDED]
MACHINES = [case for case in test_irp.CASES if case not in test_irp.EXCLUDED]
MODES = ["kept", "through-json"]


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Any, Any]]:
    """Digest of a chart → the module that holds it, and its machine there."""
    charts = [*map(test_scion.chart_of, SCRIPTS), *map(test_irp.chart_of, MACHINES)]
    alone = {digest_of(chart): chart for chart in charts if not chart.charts}
    module = imported(carrier_of(alone), tmp_path_factory.mktemp("carrier"))
    found = {digest: (module, machine) for digest, machine in module.MACHINE.charts.items()}
    for chart in charts:
        if chart.charts:
            own = imported(chart, tmp_path_factory.mktemp("chart"))
            found[digest_of(chart)] = (own, own.MACHINE)
    return found


class Session:
    """A session in a module."""

    def __init__(self, place: tuple[Any, Any], mode: str) -> None:
        self.module, self.machine = place
        self.mode = mode
        begun = self.module.interpret(self.machine, session="s", seed="x", now=0)
        self.snapshot = begun.snapshot

    def hear(self, event: Event) -> None:
        if self.mode == "through-json":
            self.snapshot = through_json(self.module, self.snapshot)
        if self.snapshot.status == "active":
            heard = theirs(self.module, event)
            self.snapshot = self.module.macrostep(self.machine, self.snapshot, heard).snapshot


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", SCRIPTS, ids=str)
def test_every_event_of_scion_leads_to_the_expected_configuration(
    case: Path, mode: str, modules: Mapping[str, tuple[Any, Any]]
) -> None:
    chart, script = test_scion.chart_of(case), test_scion.script_of(case)
    session = Session(modules[digest_of(chart)], mode)
    expected = [script["initialConfiguration"], *(e["nextConfiguration"] for e in script["events"])]
    assert test_scion.leaves(chart, session.snapshot) == sorted(expected[0])
    for line, wanted in zip(script["events"], expected[1:], strict=True):
        session.hear(test_scion.event_from(line, session.snapshot))
        assert test_scion.leaves(chart, session.snapshot) == sorted(wanted)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", MACHINES)
def test_a_machine_of_the_w3c_ends_where_it_should(
    case: str, mode: str, modules: Mapping[str, tuple[Any, Any]]
) -> None:
    session = Session(modules[digest_of(test_irp.chart_of(case))], mode)
    for _ in range(test_irp.DEADLINES):
        if session.snapshot.status != "active" or not session.snapshot.timers:
            break
        session.hear(Event("tick", now=session.snapshot.timers[0].due))
    assert session.snapshot.configuration == ("pass",)
