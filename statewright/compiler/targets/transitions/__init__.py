"""A release as a hierarchical machine of transitions 0.9: a configuration, and one that runs.

``transitions_from`` writes the configuration of a ``HierarchicalMachine`` as JSON. ``build`` makes
such a machine, with which sessions run on the snapshots of ``statewright.statechart``. Only
``build`` imports the library.

Source: https://github.com/pytransitions/transitions (0.9.3). What it does otherwise than SCXML is
in ``losses``.
"""

from __future__ import annotations

from statewright.compiler.targets.hosting.errors import module_on
from statewright.compiler.targets.hosting.session import Hosted
from statewright.statechart.release import Release

__all__ = ["build"]


def build(release: Release) -> Hosted:
    """The release as one machine of transitions, which all sessions share.

    While an event is handled, the machine is in use: two threads need a machine each.

    Raises:
        MissingLibrary: transitions is not installed.
        UnsupportedChart: the library would take another way through the chart.
    """
    machines = module_on("transitions", "transitions", f"{__name__}.machines")
    hosted: Hosted = machines.build(release)
    return hosted
