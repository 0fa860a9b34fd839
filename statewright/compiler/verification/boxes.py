"""Boxes: products of sets of values, a set for each of several variables.

A set is a number of which each bit stands for a value. A box is a tuple of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statewright.expressions.values import NOTHING

Box = tuple[int, ...]


class Table:
    """The values of one variable that were seen, numbered. ``NOTHING`` stands for none."""

    __slots__ = ("_kinds", "_numbers", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._kinds: dict[type, int] = {}

    def number(self, value: Any) -> int:
        """The number of a value."""
        key = frozen(value)
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self.values)
            self.values.append(value)
            self._kinds[type(value)] = self._kinds.get(type(value), 0) | 1 << known
        return known

    def bit(self, value: Any) -> int:
        """The set that holds only this value."""
        return 1 << self.number(value)

    def kin(self, bit: int) -> int:
        """The set of the values that have the type of one of them."""
        return self._kinds[type(self.values[bit.bit_length() - 1])]


_PLAIN = frozenset((str, int, bool, type(None)))


def frozen(value: Any) -> Any:
    """Something that can be hashed, and is equal for equal values of the same types."""
    own = type(value)
    if own in _PLAIN:
        return (own, value)
    if own is dict:
        return (dict, tuple((name, frozen(part)) for name, part in sorted(value.items())))
    if own is list:
        return (list, tuple(map(frozen, value)))
    if value is NOTHING:
        return (NOTHING, None)
    return (own, repr(value))


def lowest(mask: int) -> int:
    """The set that holds only the first value of a set."""
    return mask & -mask


def bits(mask: int) -> Iterator[int]:
    """The numbers of the values in a set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def inside(inner: Box, outer: Box) -> bool:
    """Whether a box lies in another one."""
    return all(one & ~other == 0 for one, other in zip(inner, outer, strict=True))


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes have in common; None for nothing."""
    common = tuple(a & b for a, b in zip(one, other, strict=True))
    return common if all(common) else None


def without(box: Box, other: Box) -> Iterator[Box]:
    """The pieces of a box that do not lie in another one."""
    common = meet(box, other)
    if common is None:
        yield box
        return
    left = list(box)
    for at, part in enumerate(common):
        rest = left[at] & ~part
        if rest:
            yield (*left[:at], rest, *left[at + 1 :])
        left[at] = part


def without_all(boxes: list[Box], others: list[Box]) -> list[Box]:
    """What of some boxes lies in none of others."""
    for other in others:
        boxes = [piece for box in boxes for piece in without(box, other)]
    return boxes


class Cover:
    """A set of boxes, kept small: those that differ in one variable only become one."""

    __slots__ = ("_merges", "_outside", "_width", "boxes")

    def __init__(self) -> None:
        self.boxes: dict[Box, None] = {}
        self._merges: dict[tuple[int, Box], Box] = {}
        # Each box as one number: what lies outside of it, the variables side by side.
        self._outside: dict[Box, int] = {}
        self._width = 16

    def holds(self, box: Box) -> bool:
        """Whether one of them holds a box as a whole."""
        if box in self.boxes:
            return True
        if not self.boxes:
            return False
        packed = self._packed(box)
        return any(packed & outside == 0 for outside in self._outside.values())

    def rest(self, box: Box) -> list[Box]:
        """What of a box lies in none of them."""
        pieces = [box]
        for other in self.boxes:
            if not pieces:
                break
            pieces = [left for piece in pieces for left in without(piece, other)]
        return pieces

    def add(self, box: Box) -> None:
        """Add a box; what it makes superfluous, or can be one with, goes."""
        if self.holds(box):
            return
        merged = True
        while merged:
            merged = False
            for at in range(len(box)):
                other = self._merges.get((at, (*box[:at], *box[at + 1 :])))
                if other is not None and other != box:
                    self._remove(other)
                    box = (*box[:at], box[at] | other[at], *box[at + 1 :])
                    merged = True
                    break
        self.boxes[box] = None
        packed = self._packed(box)
        self._outside[box] = packed ^ ((1 << self._width * len(box)) - 1)
        for at in range(len(box)):
            self._merges[at, (*box[:at], *box[at + 1 :])] = box

    def _remove(self, box: Box) -> None:
        self.boxes.pop(box, None)
        self._outside.pop(box, None)
        for at in range(len(box)):
            key = (at, (*box[:at], *box[at + 1 :]))
            if self._merges.get(key) == box:
                del self._merges[key]

    def _packed(self, box: Box) -> int:
        """A box as one number."""
        if any(mask >> self._width for mask in box):
            self._width = 2 * max(mask.bit_length() for mask in box)
            every = (1 << self._width * len(box)) - 1
            self._outside = {one: self._packed(one) ^ every for one in self.boxes}
        packed = 0
        for mask in box:
            packed = packed << self._width | mask
        return packed
