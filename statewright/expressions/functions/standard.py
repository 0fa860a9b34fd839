"""The standard functions on texts, bytes, lists and maps; regular expressions."""

from __future__ import annotations

from typing import Final, NoReturn

from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import matches
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DYN,
    INT,
    STRING,
    A,
    B,
    list_of,
    map_of,
)


def _contains(text: str, part: str) -> bool:
    return part in text


def _fail(message: str) -> NoReturn:
    raise EvaluationError(message)


_SIZED: Final = (STRING, BYTES, list_of(A), map_of(A, B))

STANDARD: Final[tuple[Overload, ...]] = (
    *(function("size", (sized,), INT, len, light=True) for sized in _SIZED),
    *(member("size", (sized,), INT, len, light=True) for sized in _SIZED),
    member("contains", (STRING, STRING), BOOL, _contains),
    member("startsWith", (STRING, STRING), BOOL, str.startswith),
    member("endsWith", (STRING, STRING), BOOL, str.endswith),
    function("matches", (STRING, STRING), BOOL, matches),
    member("matches", (STRING, STRING), BOOL, matches),
    function("fail", (STRING,), DYN, _fail),
)
"""Not of CEL itself: ``fail(message)``, which always errors with that message."""
