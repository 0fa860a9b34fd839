"""What a release can be written as, for people and for other tools.

To add a target, write a module with a pure function ``Release → Export`` and list it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from statewright.compiler.targets.chart_json import json_from
from statewright.compiler.targets.dot import dot_from
from statewright.compiler.targets.export import Export, Loss, Place, json_of, lines_of
from statewright.compiler.targets.mermaid import mermaid_from
from statewright.compiler.targets.python import python_from
from statewright.compiler.targets.python_statemachine.source import python_statemachine_from
from statewright.compiler.targets.scxml import scxml_from
from statewright.compiler.targets.transitions.text import transitions_from
from statewright.compiler.targets.xstate import xstate_from
from statewright.statechart.release import Release

Target = Callable[[Release], Export]
"""Writes a release as another tool reads it."""

TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "json": json_from,
        "dot": dot_from,
        "mermaid": mermaid_from,
        "python": python_from,
        "python-statemachine": python_statemachine_from,
        "scxml": scxml_from,
        "transitions": transitions_from,
        "xstate": xstate_from,
    }
)
"""Name on the command line → target."""

__all__ = ["TARGETS", "Export", "Loss", "Place", "Target", "json_of", "lines_of"]
