"""A door: stands where a stand-alone module has its own chart, and shows what is written there."""

from __future__ import annotations

from typing import Final

from statewright.compiler.targets.python.runtime.tables import machine_from_chart
from statewright.statechart.definition import State, Statechart, Transition

DIGEST: Final = "16d9"
DIGESTS: Final[dict[str, str]] = {}

CHART: Final = Statechart(
    "door",
    (
        State("closed", transitions=(Transition(("open",), ("push",)),)),
        State("open", transitions=(Transition(("closed",), ("pull",)),)),
    ),
)

MACHINE: Final = machine_from_chart(CHART, DIGEST, DIGESTS)
