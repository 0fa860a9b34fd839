"""What in the structure of a chart python-statemachine, or a class that is written, cannot do."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.targets.export import Loss, Place
from statewright.statechart.definition import Statechart
from statewright.statechart.traversal import states_in


def losses_of_machine(chart: Statechart) -> Iterator[Loss]:
    """What not even the machines of ``build`` do."""
    for state in states_in(chart):
        if any(invoke.chart is not None for invoke in state.invocations):
            yield Loss(
                "child-charts",
                "a chart that is invoked does not run inside the one that invokes it",
                "nothing is started",
                Place(state.id),
            )
