"""The line of states that listen to the user; the first one has the floor."""

from __future__ import annotations

from collections.abc import Mapping

from statewright.statechart.structure.tree import Node


def joined(
    floor: tuple[str, ...], line: tuple[str, ...], node: Node, nodes: Mapping[str, Node]
) -> tuple[str, ...]:
    """The line when a state begins to listen.

    It stands behind all others, unless the same question has stood in line when the macrostep began
    and has been left since: who is asked again, or has said only the first part of an answer, is
    still being talked to.

    Args:
        floor: the line as it is now.
        line: the line as it was when the macrostep began.
        node: the state that begins to listen.
        nodes: the states of the chart by their ids.
    """
    if len(floor) == 0 or node.state is None or node.state.awaits is None:
        return (*floor, node.id)
    question = node.state.awaits.node
    for place, name in enumerate(line):
        if name not in floor and _question(nodes.get(name)) == question:
            ahead = {*line[:place]}
            index = next((i for i, one in enumerate(floor) if one not in ahead), len(floor))
            return (*floor[:index], node.id, *floor[index:])
    return (*floor, node.id)


def _question(node: Node | None) -> str | None:
    """What the author calls what a state asks for."""
    if node is None or node.state is None or node.state.awaits is None:
        return None
    return node.state.awaits.node
