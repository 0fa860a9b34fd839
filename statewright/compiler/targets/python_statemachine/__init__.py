"""A release as a machine of python-statemachine 3.2: a class as source, and one that runs.

``python_statemachine_from`` writes a ``StateChart`` class that people can read and change.
``build`` makes a class whose machines do what the release does, on the snapshots of
``statewright.statechart``. Only ``build``, and the class that was written, import the library.

Source: https://python-statemachine.readthedocs.io (3.2). Its known defects are listed, and watched,
in ``tests/compiler/test_targets_python_statemachine.py``.
"""

from __future__ import annotations

from statewright.compiler.targets.hosting.errors import module_on
from statewright.compiler.targets.hosting.session import Hosted
from statewright.statechart.release import Release

__all__ = ["build"]


def build(release: Release) -> Hosted:
    """The release as a class of python-statemachine, which is made once per digest.

    Raises:
        MissingLibrary: python-statemachine is not installed.
        UnsupportedChart: the chart invokes other charts.
    """
    machines = module_on("python-statemachine", "statemachine", f"{__name__}.machines")
    hosted: Hosted = machines.build(release)
    return hosted
