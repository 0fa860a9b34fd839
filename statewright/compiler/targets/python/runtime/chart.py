"""A door: stands where a stand-alone module has its own chart, and shows what is written there."""

from __future__ import annotations

from typing import Final

from statewright.compiler.targets.python.runtime.digests import ready
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

MACHINE: Final = ready(CHART, DIGEST, DIGESTS)
