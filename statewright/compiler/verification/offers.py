"""What the questions of a piece offer: situations that are one piece may offer different things."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from statewright.compiler.verification.boxes import bits
from statewright.compiler.verification.pieces import Piece
from statewright.compiler.verification.variables import Key
from statewright.compiler.verification.world import World
from statewright.statechart.snapshot import Snapshot


def offering(world: World, piece: Piece) -> Iterator[Snapshot]:
    """The sessions of a piece whose questions may offer something else than its carrier's do."""
    masks = dict(zip(piece.dimensions, piece.box, strict=True))
    for keys in world.alphabet.offering(piece.carrier.snapshot):
        several = [key for key in keys if masks.get(key, 0).bit_count() > 1]
        if several:
            yield from _sessions(world, piece, several, [masks[key] for key in several])


def _sessions(world: World, piece: Piece, keys: list[Key], masks: list[int]) -> Iterator[Snapshot]:
    """A session of a piece for each combination of the values that some variables may have."""
    values = [
        [world.situations.table(key).values[one] for one in bits(mask)]
        for key, mask in zip(keys, masks, strict=True)
    ]
    for each in product(*values):
        yield piece.carrier.given(dict(zip(keys, each, strict=True))).snapshot
