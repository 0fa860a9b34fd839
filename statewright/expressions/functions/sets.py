"""The sets extension: lists taken as sets.

Source: https://github.com/google/cel-go/blob/master/ext/sets.go
"""

from __future__ import annotations

from typing import Any, Final

from statewright.expressions.operations.comparison import fingerprint
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import BOOL, A, list_of


def _set(elements: list[Any]) -> set[Any]:
    return {fingerprint(element) for element in elements}


def _contains(outer: list[Any], inner: list[Any]) -> bool:
    return _set(inner) <= _set(outer)


def _equivalent(one: list[Any], other: list[Any]) -> bool:
    return _set(one) == _set(other)


def _intersects(one: list[Any], other: list[Any]) -> bool:
    return not _set(one).isdisjoint(_set(other))


_LISTS: Final = (list_of(A), list_of(A))

SETS: Final[tuple[Overload, ...]] = (
    function("sets.contains", _LISTS, BOOL, _contains, deep=True),
    function("sets.equivalent", _LISTS, BOOL, _equivalent, deep=True),
    function("sets.intersects", _LISTS, BOOL, _intersects, deep=True),
)
"""``sets.contains sets.equivalent sets.intersects``."""
