"""Between which numbers ints are: enough to tell what cannot overflow or be zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from statewright.expressions.types import CelType
from statewright.expressions.values import INT_MAX, INT_MIN, UINT_MAX

Range = tuple[int, int]
"""The least and the largest number that an int or uint may be."""

LIMITS: Final[Mapping[str, Range]] = {"int": (INT_MIN, INT_MAX), "uint": (0, UINT_MAX)}
"""What numbers of a type may be."""

SIZES: Final[Range] = (0, 2**48)
"""What the size of a value may be: more does not fit into any memory."""

RESULTS: Final[Mapping[str, Range]] = {
    "size": SIZES,
    "count": SIZES,
    "indexOf": (-1, SIZES[1]),
    "lastIndexOf": (-1, SIZES[1]),
    "getFullYear": (0, 10_000),
    "getMonth": (0, 11),
    "getDate": (1, 31),
    "getDayOfMonth": (0, 30),
    "getDayOfWeek": (0, 6),
    "getDayOfYear": (0, 365),
    "getHours": (-(2**32), 2**32),
    "getMinutes": (-(2**32), 2**32),
    "getSeconds": (-(2**40), 2**40),
    "getMilliseconds": (-1_000, 1_000),
    "math.sign": (-1, 1),
    "family": (4, 6),
    "prefixLength": (0, 128),
}
"""What the results of functions may be; spans of time have 64 bits of nanoseconds at most."""


def range_of_type(one: CelType) -> Range | None:
    """Between which numbers the values of a type are, or None where they are no whole numbers."""
    limits = LIMITS.get(one.name)
    if limits is None:
        return None
    if one.values:
        return min(one.values), max(one.values)
    low, high = one.bounds
    return (
        limits[0] if low is None else max(limits[0], math.ceil(low)),
        limits[1] if high is None else min(limits[1], math.floor(high)),
    )


def hull(one: Range | None, other: Range | None) -> Range | None:
    """Between which numbers a value is that is in one of two ranges."""
    if one is None or other is None:
        return None
    return min(one[0], other[0]), max(one[1], other[1])


def _product(one: Range, other: Range) -> Range:
    corners = [left * right for left in one for right in other]
    return min(corners), max(corners)


def _quotient(one: Range, other: Range) -> Range:
    """Division by zero is another matter: here nothing is divided by it."""
    if other[0] >= 0:
        return min(one[0], 0), max(one[1], 0)
    largest = max(abs(one[0]), abs(one[1]))
    if other[1] < -1:
        largest //= 2
    return -largest, largest


def _remainder(one: Range, other: Range) -> Range:
    """The remainder of a division that overflows is an error, too."""
    if one[0] == INT_MIN and other[0] <= -1 <= other[1]:
        return _quotient(one, other)
    most = max(abs(other[0]), abs(other[1])) - 1
    largest = max(0, min(most, max(abs(one[0]), abs(one[1]))))
    return (0 if one[0] >= 0 else -largest), (0 if one[1] <= 0 else largest)


ARITHMETIC: Final[Mapping[str, Callable[[Range, Range], Range]]] = {
    "+": lambda one, other: (one[0] + other[0], one[1] + other[1]),
    "-": lambda one, other: (one[0] - other[1], one[1] - other[0]),
    "*": _product,
    "/": _quotient,
    "%": _remainder,
}
"""Between which numbers the exact result of an operation is."""
