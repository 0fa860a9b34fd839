"""In which order places of a chart are best gone through: each only after all that lead to it.

Then a place is visited with everything that can arrive there at once, instead of anew for each way
there is. Rings are gone round until nothing is new, before anything behind them.
"""

from __future__ import annotations

from collections.abc import Mapping

from statewright.compiler.analysis.components import components_of
from statewright.statechart.structure.tree import Tree


def ranks_of(tree: Tree) -> Mapping[str, int]:
    """State → a number that grows along the transitions; one for all states of a ring.

    What belongs to one node of the drawing is taken together.
    """
    successors: dict[str, dict[str, None]] = {}
    for node in tree.nodes.values():
        own = successors.setdefault(_place(node.id), {})
        arcs = (*node.arcs, *(() if node.initial is None else (node.initial,)))
        for arc in arcs:
            own.update(dict.fromkeys(_place(target.id) for target in arc.targets))
    components = list(components_of(successors))
    rank = {
        place: len(components) - number
        for number, component in enumerate(components)
        for place in component
    }
    return {name: rank[_place(name)] for name in tree.nodes}


def _place(state: str) -> str:
    return state.partition("/")[0]
