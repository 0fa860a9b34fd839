"""What history states remember."""

from __future__ import annotations

from statewright.statechart.definition import StateKind
from statewright.statechart.structure.nodes import Node


def is_remembered(node: Node) -> bool:
    """Whether a history state may enter a state again, with the variables that it had."""
    return bool(node.histories) or any(
        ancestor.histories
        and (
            node.parent is ancestor
            or any(one.kind is StateKind.DEEP_HISTORY for one in ancestor.histories)
        )
        for ancestor in node.ancestors()
    )
