"""The line of states that listen; the first one has the floor."""

from __future__ import annotations

from collections.abc import Mapping

from statewright.statechart.definition import Awaits, StateKind
from statewright.statechart.structure.nodes import Node


def joined(
    floor: tuple[str, ...], line: tuple[str, ...], node: Node, nodes: Mapping[str, Node]
) -> tuple[str, ...]:
    """The line when a state begins to listen.

    It stands behind all others that listen to the user, unless something has stood in line when the
    macrostep began and has been left for it: whoever is being talked to goes on talking, be it that
    a question is asked again, or the next one. Of several that follow on the same, the first one
    that is entered comes first. What listens to somebody else comes last. Before all of that, what
    is of a higher rank comes first.

    Args:
        floor: the line as it is now.
        line: the line as it was when the macrostep began.
        node: the state that begins to listen.
        nodes: the states of the chart by their ids.
    """
    awaits = _awaits(node)
    if not floor or awaits is None:
        return (*floor, node.id)
    ahead = {name for name in floor if _is_ahead(_awaits(nodes.get(name)), awaits)}
    own = _place(node.id, floor, line, nodes)
    ahead = {name for name in ahead if _place(name, floor, line, nodes) <= own}
    place = next((i for i, name in enumerate(floor) if name not in ahead), len(floor))
    return (*floor[:place], node.id, *floor[place:])


def _place(
    state: str, floor: tuple[str, ...], line: tuple[str, ...], nodes: Mapping[str, Node]
) -> int:
    """The place in line that a state has, or had what it follows on; behind all where none had."""
    if state in floor and state in line:
        return line.index(state)
    for place, name in enumerate(line):
        known = state in nodes and name in nodes and name not in floor
        if known and _follows(nodes[state], nodes[name]):
            return place
    return len(line)


def _follows(node: Node, other: Node) -> bool:
    """Whether a state comes after another one, and not beside it in a parallel."""
    around = {*node.ancestors()}
    common = next((one for one in other.ancestors() if one in around), None)
    return node is other or common is None or common.kind is not StateKind.PARALLEL


def _is_ahead(other: Awaits | None, own: Awaits) -> bool:
    """Whether what stands in line already comes before what joins it."""
    if other is None or other.rank == own.rank:
        return other is None or other.of_user or not own.of_user
    return other.rank > own.rank


def _awaits(node: Node | None) -> Awaits | None:
    return None if node is None or node.state is None else node.state.awaits
