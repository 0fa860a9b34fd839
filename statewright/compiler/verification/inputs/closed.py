"""Questions to which all answers are tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.compiler.verification.inputs.sayings import SUBSETS
from statewright.expressions import Literal, Sequence
from statewright.statechart.structure.nodes import Node as Active
from statewright.statechart.structure.tree import Tree

_CLOSED_KINDS: Final = frozenset(("choice", "boolean"))
"""Questions to which all answers are tried; those of several choices depend on how many."""


def closed_groups(tree: Tree, groups: Mapping[str, str]) -> set[str]:
    """The groups of questions to which all answers are tried."""
    return {
        groups[node.id]
        for node in tree.nodes.values()
        if node.state is not None
        and node.state.awaits is not None
        and (node.state.awaits.kind in _CLOSED_KINDS or _offers_few(node))
    }


def _offers_few(node: Active) -> bool:
    """Whether several of so few choices may be chosen that all combinations are tried."""
    state, parent = node.state, node.parent
    if state is None or state.awaits is None or state.awaits.kind != "multiple_choice":
        return False
    data = () if parent is None or parent.state is None else parent.state.data
    offered = [datum.value for datum in data if datum.type == "list"]
    sizes = [
        len(one.items) if isinstance(one, Sequence) else len(one.value)
        for one in offered
        if isinstance(one, Sequence) or (isinstance(one, Literal) and type(one.value) is list)
    ]
    return len(sizes) == len(offered) and all(size <= SUBSETS for size in sizes)
