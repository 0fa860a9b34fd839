"""The lists extension.

Source: https://github.com/google/cel-go/blob/master/ext/lists.go (``sortBy`` is a macro)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import coarse_timestamp
from statewright.expressions.operations.comparison import NUMBERS, ORDERED, fingerprint
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.types import DYN, INT, A, list_of, optional_of
from statewright.expressions.values import NOTHING, TYPE_NAMES, Maybe, bounded, kind, no_overload


def sorted_by(elements: list[Any], keys: list[Any]) -> list[Any]:
    """The elements in the order of their keys; equal ones stay in their order.

    Raises:
        EvaluationError: the keys are not all of one type that has an order.
    """
    for key in keys:
        if kind(key) is not kind(keys[0]):
            raise no_overload("sort", keys[0], key)
    expect_order("sort", keys)
    places = sorted(range(len(keys)), key=keys.__getitem__)
    return [elements[place] for place in places]


def expect_order(name: str, values: Iterable[Any]) -> None:
    """See to it that values can be ordered: they are numbers, or all of one other type.

    Raises:
        EvaluationError: they cannot, and the function of this name wants it.
    """
    kinds = {kind(value) for value in values}
    if not kinds <= NUMBERS and len(kinds) > 1:
        raise no_overload(name, *{kind(value): value for value in values}.values())
    for one in kinds - ORDERED - NUMBERS:
        raise EvaluationError(f"a {TYPE_NAMES.get(one, one.__name__)} has no order")
    if datetime in kinds:
        for value in values:
            coarse_timestamp(value)
    if any(value != value for value in values):  # noqa: PLR0124 - NaN is not itself
        raise EvaluationError("NaN has no order")


def _sorted(elements: list[Any]) -> list[Any]:
    return sorted_by(elements, elements)


def _slice(elements: list[Any], start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(elements):
        raise EvaluationError(f"[{start}, {end}) is no part of a list of {len(elements)}")
    return list(elements[start:end])


def flattened(elements: list[Any], depth: int = 1) -> list[Any]:
    """The elements, with what a list among them holds in its place; so many levels deep.

    Raises:
        EvaluationError: the depth is negative, or the list would be too long.
    """
    if depth < 0:
        raise EvaluationError("`flatten` by a negative depth")
    flat = list(elements)
    while depth > 0 and any(kind(element) is list for element in flat):
        bounded(sum(len(element) if kind(element) is list else 1 for element in flat))
        flat = [
            part for element in flat for part in (element if kind(element) is list else (element,))
        ]
        depth -= 1
    return flat


def distinct(elements: list[Any]) -> list[Any]:
    """The elements without those that equal an earlier one."""
    first: dict[Any, Any] = {}
    for element in elements:
        first.setdefault(fingerprint(element), element)
    return list(first.values())


def _first(elements: list[Any]) -> Maybe:
    return Maybe(True, elements[0]) if elements else NOTHING


def _last(elements: list[Any]) -> Maybe:
    return Maybe(True, elements[-1]) if elements else NOTHING


def _range(count: int) -> list[int]:
    bounded(count)
    return list(range(count))


LISTS: Final[tuple[Overload, ...]] = (
    member("slice", (list_of(A), INT, INT), list_of(A), _slice),
    member("flatten", (list_of(list_of(A)),), list_of(A), flattened),
    member("flatten", (list_of(DYN), INT), list_of(DYN), flattened),
    member("sort", (list_of(A),), list_of(A), _sorted),
    member("distinct", (list_of(A),), list_of(A), distinct, deep=True),
    member("reverse", (list_of(A),), list_of(A), lambda elements: list(elements[::-1])),
    member("first", (list_of(A),), optional_of(A), _first, light=True),
    member("last", (list_of(A),), optional_of(A), _last, light=True),
    function("lists.range", (INT,), list_of(INT), _range),
)
"""``slice flatten sort distinct reverse first last lists.range``."""
