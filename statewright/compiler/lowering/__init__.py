"""From a flow to a statechart: all behaviour of a node becomes states, transitions and actions."""

from __future__ import annotations

from statewright.compiler.lowering.chart import Lowered, lower

__all__ = ["Lowered", "lower"]
