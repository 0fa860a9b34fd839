"""The way from what a search has found back to the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.search.pieces import START, Found, Origin
from statewright.compiler.verification.world.world import World
from statewright.statechart.playing.script import Line


@dataclass(frozen=True, slots=True)
class Way:
    """A way to something.

    Attributes:
        lines: what happens.
        fires: for each line, the event of the timer that fires, where time passes; else ``""``.
        inputs: what the session is given.
        now: when it begins.
    """

    lines: list[Line]
    fires: list[str]
    inputs: dict[Key, Any]
    now: int


def way_to(world: World, found: Found, origin: Origin) -> Way:
    """The way that leads to something.

    Args:
        world: what was searched.
        found: what was found in it.
        origin: where the last of the lines was tried.
    """
    lines: list[Line] = []
    fires: list[str] = []
    point = dict(origin.point)
    while True:
        if origin.line is not None:
            lines.append(origin.line)
            fires.append(origin.fires)
        if origin.piece == START:
            break
        piece = found.pieces[origin.piece]
        origin = next(
            one
            for box, one in piece.parts
            if all(
                point.get(key, mask) & mask for key, mask in zip(piece.dimensions, box, strict=True)
            )
        )
        before = dict(origin.point)
        for key in origin.passed:
            if key not in point:
                continue
            before[key] = (
                point[key] if origin.piece != START else _input_bit(world, key, point[key])
            )
        point = before
    lines.reverse()
    fires.reverse()
    inputs = {key: world.inputs[key][bit.bit_length() - 1] for key, bit in point.items()}
    return Way(lines, fires, inputs, origin.moment)


def _input_bit(world: World, key: Key, bit: int) -> int:
    """The number of an input's value among the inputs, from that in its table."""
    value = world.situations.table(key).values[bit.bit_length() - 1]
    table = world.situations.table(key)
    for number, other in enumerate(world.inputs[key]):
        if table.number(other) == table.number(value):
            return 1 << number
    return 1
