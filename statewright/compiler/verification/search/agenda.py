"""What a search has met and not gone through: the pieces that wait, and which is next.

At first all that waits is next, so that everything is met by the shortest way. In a chart that is
not done after some steps, each place waits until all that leads there is done: it is visited with
everything that can arrive there at once, instead of anew for each way there is. Rings are gone
round until nothing is new, before anything behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from heapq import heappop, heappush

from statewright.compiler.analysis.components import components_of
from statewright.compiler.verification.boxes import Box
from statewright.compiler.verification.budget import Meter
from statewright.compiler.verification.search.pieces import Piece
from statewright.compiler.verification.world.situations import Control
from statewright.statechart.structure.tree import Tree


class Waiting:
    """The pieces of one control that wait, in order of arrival."""

    __slots__ = ("_arrivals", "_merges", "_pieces")

    def __init__(self) -> None:
        self._arrivals = 0
        self._pieces: dict[int, Piece] = {}
        # What a piece is but for one of its variables → when it arrived.
        self._merges: dict[tuple[int, Box], list[int]] = {}

    def pieces(self) -> list[Piece]:
        """All of them."""
        return list(self._pieces.values())

    def add(self, piece: Piece) -> None:
        """Add a piece; with another one that differs in one variable only, it becomes one."""
        while (arrival := self._mergeable(piece)) is not None:
            other, at = arrival
            piece = self._merged(self._remove(other), piece, at)
        self._arrivals += 1
        self._pieces[self._arrivals] = piece
        for key in _keys(piece.box):
            self._merges.setdefault(key, []).append(self._arrivals)

    def _mergeable(self, piece: Piece) -> tuple[int, int] | None:
        """The first of the pieces that differ in one variable only, and which that is."""
        found = [
            (arrival, at)
            for at, rest in _keys(piece.box)
            for arrival in self._merges.get((at, rest), ())
            if self._pieces[arrival].box != piece.box
        ]
        return min(found, default=None)

    def _merged(self, one: Piece, other: Piece, at: int) -> Piece:
        box = (*one.box[:at], one.box[at] | other.box[at], *one.box[at + 1 :])
        return replace(one, box=box, parts=[*one.parts, *other.parts])

    def _remove(self, arrival: int) -> Piece:
        piece = self._pieces.pop(arrival)
        for key in _keys(piece.box):
            self._merges[key].remove(arrival)
        return piece


def _keys(box: Box) -> Iterator[tuple[int, Box]]:
    for at in range(len(box)):
        yield at, (*box[:at], *box[at + 1 :])


class Agenda:
    """The pieces that wait.

    Args:
        tree: of the chart that is searched.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._waiting: dict[Control, Waiting] = {}
        self._ranks: Mapping[str, int] = {}
        self._places: list[tuple[int, int, Control]] = []
        self._arrivals = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, piece: Piece) -> None:
        """Let a piece wait; with another one that differs in one variable only, it becomes one."""
        waiting = self._waiting.get(piece.control)
        if waiting is None:
            waiting = self._waiting[piece.control] = Waiting()
            if self._ranks:
                self._announce(piece.control)
        waiting.add(piece)

    def left(self) -> Iterator[Piece]:
        """All that waits."""
        for waiting in self._waiting.values():
            yield from waiting.pieces()

    def next(self, meter: Meter) -> list[Piece]:
        """What is to be gone through next; it waits no longer.

        Args:
            meter: what was spent so far.
        """
        if not self._ranks and meter.steps < meter.budget.broad:
            level, self._waiting = self._waiting, {}
            return [piece for waiting in level.values() for piece in waiting.pieces()]
        if not self._ranks:
            self._ranks = ranks_of(self._tree)
            for control in self._waiting:
                self._announce(control)
        _, _, first = heappop(self._places)
        return self._waiting.pop(first).pieces()

    def _announce(self, control: Control) -> None:
        self._arrivals += 1
        rank = max(self._ranks[name] for name in control[0])
        heappush(self._places, (rank, self._arrivals, control))


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
