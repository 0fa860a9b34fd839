"""With which values conversations begin, where all that differ are to be tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from statewright.compiler.verification.dataflow.variables import Key

FEWER = "there are more combinations of inputs than were tried"
"""Why something may be missed where ``are_few`` is not so."""


def are_few(inputs: Mapping[Key, tuple[Any, ...]], most: int) -> bool:
    """Whether there are so few combinations of values that all of them are tried."""
    return prod(map(len, inputs.values())) <= most


def combinations(inputs: Mapping[Key, tuple[Any, ...]], most: int) -> Iterator[dict[Key, Any]]:
    """All combinations of values, or where there are more than that, each value once."""
    if are_few(inputs, most):
        for values in product(*inputs.values()):
            yield dict(zip(inputs, values, strict=True))
        return
    usual = {key: values[0] for key, values in inputs.items()}
    yield usual
    for key, values in inputs.items():
        yield from ({**usual, key: value} for value in values[1:])
