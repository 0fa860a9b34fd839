"""Optional values.

Source: https://github.com/google/cel-go/blob/master/cel/library.go (``OptionalTypes``)
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.types import BOOL, A, list_of, optional_of
from statewright.expressions.values import NOTHING, Maybe, kind, no_overload


def _of_non_zero(value: Any) -> Maybe:
    own = kind(value)
    empty = not value.present if own is Maybe else (not value or value == timedelta(0))
    return NOTHING if empty else Maybe(True, value)


def _value(maybe: Maybe) -> Any:
    if maybe.present:
        return maybe.value
    raise EvaluationError("the optional is empty")


def _or(maybe: Maybe, other: Maybe) -> Maybe:
    return maybe if maybe.present else other


def _or_value(maybe: Maybe, other: Any) -> Any:
    return maybe.value if maybe.present else other


def _unwrapped(maybes: list[Any]) -> list[Any]:
    for maybe in maybes:
        if kind(maybe) is not Maybe:
            raise no_overload("unwrap", maybes)
    return [maybe.value for maybe in maybes if maybe.present]


OPTIONALS: Final[tuple[Overload, ...]] = (
    function("optional.of", (A,), optional_of(A), lambda value: Maybe(True, value)),
    function("optional.none", (), optional_of(A), lambda: NOTHING),
    function("optional.ofNonZeroValue", (A,), optional_of(A), _of_non_zero),
    function("optional.unwrap", (list_of(optional_of(A)),), list_of(A), _unwrapped),
    member("unwrapOpt", (list_of(optional_of(A)),), list_of(A), _unwrapped),
    member("hasValue", (optional_of(A),), BOOL, lambda maybe: maybe.present),
    member("value", (optional_of(A),), A, _value),
    member("or", (optional_of(A), optional_of(A)), optional_of(A), _or),
    member("orValue", (optional_of(A), A), A, _or_value),
)
"""The interpreter evaluates the argument of ``or`` and ``orValue`` only where it is needed."""
