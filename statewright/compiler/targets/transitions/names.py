"""What states and events are called in transitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from statewright.compiler.targets.naming import unique
from statewright.statechart.event import meant
from statewright.statechart.structure.nodes import Node, is_history
from statewright.statechart.structure.tree import Tree

START: Final = "*start*"
"""The state that a machine begins in, and the event that leads from it into the chart."""

EVENTLESS: Final = "*eventless*"
"""The event that is to be sent until nothing is left to do without an event."""

ANY: Final = "*"
"""The event that stands for those of which the chart names no part."""

_SEPARATORS: Final = "/.|:;,→"


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one chart.

    Attributes:
        separator: what stands between the names of a path; in no name.
        local: state id → name, unique among its siblings.
        paths: state id → path from the outermost state.
        triggers: the events of the machine, but for ``START`` and ``EVENTLESS``.
        exact: the events that are meant by their whole names.
    """

    separator: str
    local: Mapping[str, str]
    paths: Mapping[str, str]
    triggers: tuple[str, ...]
    exact: frozenset[str] = frozenset()

    def trigger(self, event: str) -> str | None:
        """The event of the machine that stands for one of the chart; None where nobody listens."""
        known = [one for one in meant(event, self.exact) if one in self.triggers]
        if known:
            return known[-1]
        return ANY if ANY in self.triggers else None


def naming_of(tree: Tree) -> Naming:
    """The names of a chart."""
    local: dict[str, str] = {}
    for node in (tree.root, *tree.nodes.values()):
        taken = {START, ANY, "="}  # these mean something else to the library
        for child in node.children:
            own = child.id.removeprefix(f"{node.id}/") if node.id else child.id
            local[child.id] = unique(own or child.id, taken)
    separator = next(_separators("".join(local.values())))
    real = [node for node in tree.nodes.values() if not is_history(node)]
    paths = {node.id: separator.join(_names(node, local)) for node in real}
    return Naming(separator, local, paths, tuple(sorted(tree.stems)), tree.exact)


def _separators(letters: str) -> Iterator[str]:
    """Separators that are in none of these letters."""
    others = map(chr, range(0x2190, 0x10FFFF))
    return (one for one in chain(_SEPARATORS, others) if one not in letters)


def _names(node: Node, local: Mapping[str, str]) -> list[str]:
    around = [one for one in node.ancestors() if one.parent is not None]
    return [local[one.id] for one in (*reversed(around), node)]
