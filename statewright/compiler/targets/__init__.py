"""What a release can be written as, for people and for other tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from statewright.compiler.targets.chart_json import json_from
from statewright.compiler.targets.mermaid import mermaid_from
from statewright.statechart.release import Release

TARGETS: Mapping[str, Callable[[Release], str]] = MappingProxyType(
    {
        "json": json_from,
        "mermaid": mermaid_from,
    }
)
"""Name on the command line → writer of a text that ends with a newline."""

__all__ = ["TARGETS"]
