"""Where parts of pieces lead: what of that is new waits, and all of it is remembered."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from statewright.compiler.verification.boxes import Box, Cover, lowest
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.search.agenda import Agenda
from statewright.compiler.verification.search.outcomes import Landing, Outcome
from statewright.compiler.verification.search.pieces import START, Edge, Found, Origin, Piece
from statewright.compiler.verification.world.situations import Control
from statewright.compiler.verification.world.world import World
from statewright.statechart.making import maker

CROWD: Final = 64
"""How many values of one variable are followed."""

WILD: Final = 6
"""How many values are followed of a variable that is computed from samples: of any, at least."""

_edge = maker(Edge)
_NOTHING: Final[frozenset[str]] = frozenset()


class Arrivals:
    """Notes where a search arrives.

    Args:
        world: what is searched.
        found: where it is remembered.
        agenda: where it waits.
        wild: variables that are computed from samples.
    """

    def __init__(self, world: World, found: Found, agenda: Agenda, wild: Container[Key]) -> None:
        self._world = world
        self._found = found
        self._agenda = agenda
        self._wild = wild
        self._covers: dict[Control, Cover] = {}

    def note(
        self,
        source: Piece | None,
        covered: Box,
        masks: Mapping[Key, int],
        at: Mapping[Key, int],
        outcome: Outcome,
        origin: Origin,
    ) -> None:
        """Note where a part of a piece leads, and what of that is new.

        Args:
            source: the piece; None for the start.
            covered: the part.
            masks: what the variables may be there that are passed on as they are.
            at: the point of it at which the next step is to begin.
            outcome: what came of it.
            origin: for what is new.
        """
        landing, passed, doubtful = outcome.landing, outcome.passed, outcome.doubtful
        number = START if source is None else source.number
        control, dimensions = landing.control, landing.dimensions
        if doubtful:
            self._doubt(source, outcome)
        if control is None:
            good, moved = landing.good, landing.moved
            self._found.edges.append(
                _edge(number, covered, passed, None, (), moved, good, True, _NOTHING, doubtful)
            )
            return
        pairs = tuple(zip(dimensions, landing.point, strict=True))
        box = tuple([masks.get(key, bit) for key, bit in pairs])
        crowded = self._crowded(dimensions, box)
        self._found.edges.append(
            _edge(
                number,
                covered,
                passed,
                control,
                box,
                landing.moved,
                False,
                landing.leaves,
                landing.kept,
                doubtful or bool(crowded),
            )
        )
        if source is not None and not landing.moved and control == source.control:
            return
        if crowded:
            self._found.crowded.update(crowded)
            self._doubt(source, outcome)
        else:
            point = tuple([at[key] if key in masks and key in at else bit for key, bit in pairs])
            self._add(control, landing, box, point, origin)

    def leave_out(self, piece: Piece, state: str) -> None:
        """Note that what a state offers in a piece is not all tried: that may lead anywhere."""
        self._found.unnamed.add(state)
        self._found.doubted.update(piece.carrier.snapshot.configuration)
        self._found.edges.append(
            _edge(
                piece.number,
                piece.box,
                _NOTHING,
                None,
                (),
                moved=True,
                good=False,
                leaves=True,
                kept=_NOTHING,
                doubtful=True,
            )
        )

    def _doubt(self, source: Piece | None, outcome: Outcome) -> None:
        """Note where something is in doubt."""
        if source is not None:
            self._found.doubted.update(source.carrier.snapshot.configuration)
        self._found.doubted.update(outcome.visited)

    def _add(
        self, control: Control, landing: Landing, box: Box, point: Box, origin: Origin
    ) -> None:
        """Let what is new of a box wait; the point is where it is gone on, if that is new."""
        dimensions = landing.dimensions
        cover = self._covers.get(control)
        if cover is None:
            cover = self._covers[control] = Cover()
        if cover.holds(box):
            return
        fresh = cover.rest(box) if len(cover.boxes) <= 64 else [box]
        cover.add(box)
        for rest in fresh:
            own = tuple(p if p & r else lowest(r) for p, r in zip(point, rest, strict=True))
            carrier = landing.carrier
            if own != landing.point:
                carrier = carrier.given(self._world.situations.values(dimensions, own))
            piece = Piece(-1, control, dimensions, rest, own, carrier, [(rest, origin)])
            self._agenda.add(piece)

    def _crowded(self, dimensions: tuple[Key, ...], box: Box) -> list[Key]:
        """The variables that have more values there than are followed."""
        return [
            key
            for key, mask in zip(dimensions, box, strict=True)
            if mask >> WILD and mask >> self._most(key)
        ]

    def _most(self, key: Key) -> int:
        """How many values of a variable are followed, besides those that it may begin with."""
        given = len(self._world.inputs.get(key, ()))
        return given + (WILD if key in self._wild else CROWD)
