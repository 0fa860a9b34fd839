"""Which sets of states can be active together (SCXML 3.11)."""

from __future__ import annotations

from typing import Final

from statewright.errors import InvalidSnapshot
from statewright.statechart.definition import StateKind
from statewright.statechart.snapshot import Recorded, Snapshot, Status
from statewright.statechart.structure.nodes import Node, is_descendant
from statewright.statechart.structure.tree import Tree

SHOWN: Final = 3
"""How many variables a message names."""

CONFIGURATIONS: Final = 10_000
"""How many configurations of a chart are remembered as legal."""


def nodes_of(tree: Tree, snapshot: Snapshot) -> list[Node]:
    """The active states of a session, in document order; none where it has not begun.

    It has not where its first turn has not been taken, or has been given up as one without end.

    Raises:
        InvalidSnapshot: the snapshot names a state that the chart lacks, or states that cannot be
            active together, or has variables of a state that the chart lacks.
    """
    for owner in snapshot.data:
        if owner and owner not in tree.nodes:
            raise _ownerless(tree, snapshot, owner)
    known = tree.configurations.get(snapshot.configuration)
    if known is not None:
        return list(known)
    nodes = _checked_nodes(tree, snapshot)
    if nodes and len(tree.configurations) < CONFIGURATIONS:
        tree.configurations[snapshot.configuration] = tuple(nodes)
    return nodes


def _ownerless(tree: Tree, snapshot: Snapshot, owner: str) -> InvalidSnapshot:
    names = ", ".join(f"`{name}`" for name in list(snapshot.data[owner])[:SHOWN])
    return InvalidSnapshot(
        f"session `{snapshot.session}` has variables ({names or 'none'}) of the state `{owner}`, "
        f"which chart `{tree.chart.name}` lacks; was the snapshot changed by hand?"
    )


def _checked_nodes(tree: Tree, snapshot: Snapshot) -> list[Node]:
    try:
        nodes = [tree.nodes[name] for name in snapshot.configuration]
    except KeyError as error:
        raise InvalidSnapshot(
            f"session `{snapshot.session}` is in the state {error}, which chart "
            f"`{tree.chart.name}` lacks; was the snapshot changed by hand?"
        ) from None
    begun = snapshot.turns and snapshot.status is not Status.FAILED
    if (nodes or begun) and not is_legal(tree.root, nodes):
        raise InvalidSnapshot(
            f"session `{snapshot.session}` is in states that are never active together: "
            f"{', '.join(f'`{name}`' for name in snapshot.configuration)}; "
            "was the snapshot changed by hand?"
        )
    return nodes


def is_legal(root: Node, nodes: list[Node]) -> bool:
    """Whether states are a legal configuration, in document order.

    One child of the root and of each compound state is active, and each child of a parallel state.
    """
    if len(nodes) == 1:
        return nodes[0].leaf and nodes[0].parent is root and root.width == 1
    counts = {root: 0}
    before = 0
    for node in nodes:
        if node.order <= before or node.parent not in counts:
            return False
        before = node.order
        counts[node.parent] += 1
        if not node.leaf:
            counts[node] = 0
    return all(count == node.width for node, count in counts.items())


def remembered_nodes(tree: Tree, history: Node, recorded: Recorded) -> tuple[Node, ...]:
    """The states that a history state remembers.

    Raises:
        InvalidSnapshot: they are none that this history state can remember.
    """
    nodes = [tree.nodes[name] for name in recorded.states if name in tree.nodes]
    if len(nodes) != len(recorded.states) or not _can_remember(history, nodes):
        raise InvalidSnapshot(
            f"the history state `{history.id}` remembers "
            f"{', '.join(f'`{name}`' for name in recorded.states) or 'nothing'}, which cannot be; "
            "was the snapshot changed by hand?"
        )
    return tuple(nodes)


def _can_remember(history: Node, nodes: list[Node]) -> bool:
    parent = history.parent
    if parent is None or not all(is_descendant(node, parent) for node in nodes):
        return False
    if history.kind is StateKind.SHALLOW_HISTORY:
        children = [node for node in nodes if node.parent is parent and node.width >= 0]
        return len(set(children)) == len(nodes) == parent.width
    inside = {around for node in nodes for around in (node, *node.ancestors())}
    below = [node for node in inside if is_descendant(node, parent)]
    return is_legal(parent, sorted(below, key=lambda node: node.order))
