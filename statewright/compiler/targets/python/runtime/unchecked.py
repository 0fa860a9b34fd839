"""Checks of a chart that were made before its module was written."""

from __future__ import annotations

from collections.abc import Mapping

from statewright.statechart.definition import Statechart
from statewright.statechart.structure.nodes import Node


def check_states(_chart: Statechart) -> None:
    """Its states are sound."""


def check_targets(_chart: Statechart, _root: Node, _nodes: Mapping[str, Node]) -> None:
    """Its transitions lead where they may."""


def check_rules(_chart: Statechart, _nodes: Mapping[str, Node]) -> None:
    """Its rules name what is there."""
