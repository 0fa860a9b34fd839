"""What can happen in a piece: situations that are one piece may offer different choices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from statewright.compiler.verification.boxes import bits, frozen
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.search.pieces import Piece
from statewright.compiler.verification.world.world import World
from statewright.statechart.playing.script import Line
from statewright.statechart.snapshot import Snapshot

Named = tuple[tuple[str, Line], ...]
"""Lines, each with a text that tells it apart."""


class Offers:
    """Tells what can happen in the pieces of a search; of what is alike, the first line.

    Args:
        world: what is searched.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: dict[tuple[str, ...], tuple[tuple[Key | None, ...], ...]] = {}
        self._known: dict[Any, tuple[Named, str]] = {}

    def lines(self, piece: Piece) -> tuple[Named, str]:
        """What can happen in a piece; and a state whose choices are not all tried, or ``""``."""
        snapshot = piece.carrier.snapshot
        read = self._read.get(snapshot.floor)
        if read is None:
            read = self._read[snapshot.floor] = tuple(self._world.alphabet.offering(snapshot.floor))
        place = self._place(piece, read)
        known = None if place is None else self._known.get(place)
        if known is None:
            alike = tuple(self._alike(piece, read))
            named = self._world.alphabet.named(snapshot, alike)
            unnamed = self._world.alphabet.unnamed(snapshot, alike)
            known = tuple(self._world.likeness.first(snapshot, named)), unnamed
            if place is not None:
                self._known[place] = known
        return known

    def _place(self, piece: Piece, read: tuple[tuple[Key | None, ...], ...]) -> Any:
        """What is the same of two pieces only if the same can happen; None where more counts."""
        masks = dict(zip(piece.dimensions, piece.box, strict=True))
        offered: list[Any] = []
        for keys in read:
            for key in keys:
                if key is None:
                    return None
                mask = masks.get(key)
                offered.append(frozen(piece.carrier.value(key)) if mask is None else mask)
        snapshot = piece.carrier.snapshot
        until = snapshot.timers[0].due - snapshot.now if snapshot.timers else None
        return piece.control, until, *offered

    def _alike(self, piece: Piece, read: tuple[tuple[Key | None, ...], ...]) -> Iterator[Snapshot]:
        """The sessions whose questions may offer something else than those of the carrier."""
        masks = dict(zip(piece.dimensions, piece.box, strict=True))
        for keys in read:
            several = [key for key in keys if key and masks.get(key, 0).bit_count() > 1]
            if several:
                yield from self._sessions(piece, several, [masks[key] for key in several])

    def _sessions(self, piece: Piece, keys: list[Key], masks: list[int]) -> Iterator[Snapshot]:
        """A session for each combination of the values that some variables may have."""
        values = [
            [self._world.situations.table(key).values[one] for one in bits(mask)]
            for key, mask in zip(keys, masks, strict=True)
        ]
        for each in product(*values):
            yield piece.carrier.given(dict(zip(keys, each, strict=True))).snapshot
