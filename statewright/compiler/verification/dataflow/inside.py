"""What a session tells itself: nobody outside decides what stands in such an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from statewright.compiler.verification.dataflow.liveness import entered_by
from statewright.compiler.verification.dataflow.uses import Part, Uses
from statewright.statechart.structure.nodes import Arc
from statewright.statechart.structure.tree import Tree

_RESULTS: Final = frozenset(("done.invoke", "error.communication"))
"""How the names of events begin by which results come from outside."""


def is_own(arc: Arc) -> bool:
    """Whether a transition is only taken by what the session tells itself of its own states."""
    stems = [stem for stem, arcs in arc.source.by_stem.items() if any(one is arc for one in arcs)]
    return bool(stems) and all(
        stem.partition(".")[0] in {"done", "error"}
        and stem.count(".") > 0
        and ".".join(stem.split(".")[:2]) not in _RESULTS
        for stem in stems
    )


def readers_of_own_events(
    tree: Tree, uses: Mapping[str, Uses], states: Iterable[str]
) -> frozenset[str]:
    """Those of some states that read events, and only such as the session tells itself."""
    reading = {name: _reading(uses[name]) for name in states}
    foreign: set[str] = set()
    if any(_ENTERED in parts for parts in reading.values()):
        beginning = () if tree.root.initial is None else (tree.root.initial,)
        for arc in (*tree.arcs.values(), *beginning):
            if not is_own(arc):
                foreign.update(target for target, _ in entered_by(arc))
    return frozenset(
        name
        for name, parts in reading.items()
        if parts
        and not (_ENTERED in parts and name in foreign)
        and all(is_own(tree.arcs[one]) for one in parts - {_ENTERED})
    )


_ENTERED: Final = ""
"""Stands for what is done on entry among the ids of transitions."""


def _reading(uses: Uses) -> set[str]:
    """The transitions of a state that read events; none where it does as it is left."""
    if _reads_events(uses.left):
        return set()
    found = {name for name, part in uses.guards.items() if _reads_events(part)}
    found |= {name for name, part in uses.acts.items() if _reads_events(part)}
    return found | ({_ENTERED} if _reads_events(uses.entered) else set())


def _reads_events(part: Part) -> bool:
    return any(
        read.key is None and read.path[0] in {"event", "input"}
        for site in part.sites
        for read in site.reads
    )
