"""Digests of charts that were written down with the module: nothing is hashed when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping

from statewright.statechart.definition import Statechart
from statewright.statechart.structure.tree import tree_of


def ready(chart: Statechart, digest: str, digests: Mapping[str, str]) -> Statechart:
    """A chart that knows its digest, as do those that it may invoke, by their names."""
    tree_of(chart).digest = digest
    for name, inner in chart.charts.items():
        tree_of(inner).digest = digests[name]
    return chart


def digest_of(chart: Statechart) -> str:
    """The digest of a chart that was made ready."""
    return tree_of(chart).digest
