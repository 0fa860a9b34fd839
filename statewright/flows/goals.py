"""Nodes that are named outside of edges."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Goal:
    """A node to which the conversation may go without an edge.

    Attributes:
        node: its id; may name no node at all.
        location: where that is said.
    """

    node: str
    location: Location = NOWHERE
