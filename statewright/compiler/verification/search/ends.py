"""From which situations something can be reached: a fixpoint, backwards over a whole search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from statewright.compiler.verification.boxes import Box, Cover, meet
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.search.pieces import Edge, Found, Piece
from statewright.compiler.verification.world.situations import Control


class Reaching:
    """The situations from which something good can be reached, or may be.

    Args:
        found: by a search; what comes of what it has left out may be good.
        good: whether a macrostep does it.
    """

    def __init__(self, found: Found, good: Callable[[Edge], bool]) -> None:
        self._found = found
        self._is_good = good
        self._dimensions: dict[Control, tuple[Key, ...]] = {
            piece.control: piece.dimensions for piece in (*found.pieces, *found.unexplored)
        }
        self._good: dict[Control, Cover] = defaultdict(Cover)
        # The numbers of the pieces of which all is good: of what leads on from them, nothing is
        # news.
        self._whole: set[int] = set()
        self._solve()

    def lost(self) -> Iterator[tuple[Piece, Box]]:
        """Pieces from parts of which it cannot be reached, with such a part."""
        for piece in self._found.pieces:
            rest = self._good[piece.control].rest(piece.box)
            if rest:
                yield piece, rest[0]

    def is_lost(self, control: Control, point: Box) -> bool:
        """Whether it cannot be reached from a situation that was met."""
        return control in self._dimensions and not self._good[control].holds(point)

    def _solve(self) -> None:
        into: dict[Control, list[Edge]] = defaultdict(list)
        waiting: dict[Control, None] = {}
        for piece in self._found.unexplored:
            self._good[piece.control].add(piece.box)
            waiting[piece.control] = None
        for edge in self._found.edges:
            if edge.source in self._whole or edge.source < 0:
                continue
            if self._is_good(edge):
                self._reaches(edge, edge.covered, waiting)
            elif edge.target is not None:
                into[edge.target].append(edge)
        while waiting:
            target, _ = waiting.popitem()
            for edge in into.get(target, ()):
                if edge.source not in self._whole:
                    for box in self._before(edge):
                        self._reaches(edge, box, waiting)

    def _reaches(self, edge: Edge, box: Box, waiting: dict[Control, None]) -> None:
        piece = self._found.pieces[edge.source]
        control = piece.control
        if box == piece.box:
            self._whole.add(edge.source)
        cover = self._good[control]
        if not cover.holds(box):
            cover.add(box)
            waiting[control] = None

    def _before(self, edge: Edge) -> Iterator[Box]:
        """The parts of what an edge covers from which it leads to something good."""
        source = self._found.pieces[edge.source]
        target = edge.target
        if target is None:
            return
        places = {key: at for at, key in enumerate(self._dimensions.get(target, ()))}
        for good in list(self._good[target].boxes):
            common = meet(edge.box, good)
            if common is None:
                continue
            yield tuple(
                mask & common[places[key]] if key in edge.passed and key in places else mask
                for key, mask in zip(source.dimensions, edge.covered, strict=True)
            )
