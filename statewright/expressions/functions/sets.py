"""The sets extension: lists taken as sets.

Source: https://github.com/google/cel-go/blob/master/ext/sets.go
"""

from __future__ import annotations

from typing import Any, Final

from statewright.expressions.comparison import contains
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import BOOL, A, list_of


def _contains(outer: list[Any], inner: list[Any]) -> bool:
    return all(contains(element, outer) for element in inner)


def _equivalent(one: list[Any], other: list[Any]) -> bool:
    return _contains(one, other) and _contains(other, one)


def _intersects(one: list[Any], other: list[Any]) -> bool:
    return any(contains(element, other) for element in one)


SETS: Final[tuple[Overload, ...]] = (
    function("sets.contains", (list_of(A), list_of(A)), BOOL, _contains),
    function("sets.equivalent", (list_of(A), list_of(A)), BOOL, _equivalent),
    function("sets.intersects", (list_of(A), list_of(A)), BOOL, _intersects),
)
"""``sets.contains sets.equivalent sets.intersects``."""
