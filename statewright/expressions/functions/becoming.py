"""Values of one type as values of another, where that loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.functions.conversions import CONVERSIONS, text_from_double
from statewright.expressions.nanoseconds import (
    FineDuration,
    FineTimestamp,
    coarse_duration,
    coarse_timestamp,
)
from statewright.expressions.overloads import Overload, dispatch_from_overloads, function
from statewright.expressions.types import BOOL, DYN, STRING
from statewright.expressions.values import Uint, kind, type_name

_CONVERSIONS: Final = dispatch_from_overloads(CONVERSIONS)

# Which values become which type. Texts must be written as CEL reads them; numbers must come out
# as the number that went in.
_SOURCES: Final[Mapping[str, frozenset[type]]] = MappingProxyType(
    {
        "bool": frozenset({str}),
        "int": frozenset({Uint, float, str}),
        "uint": frozenset({int, float, str}),
        "double": frozenset({int, Uint, str}),
        "string": frozenset({bool, int, Uint, float, bytes, datetime, timedelta}),
        "bytes": frozenset({str}),
        "timestamp": frozenset({str}),
        "duration": frozenset({str}),
        "list": frozenset(),
        "map": frozenset(),
    }
)
_CLASSES: Final[Mapping[str, type]] = MappingProxyType(
    {
        "bool": bool,
        "int": int,
        "uint": Uint,
        "double": float,
        "string": str,
        "bytes": bytes,
        "timestamp": datetime,
        "duration": timedelta,
        "list": list,
        "map": dict,
    }
)

KNOWN: Final = frozenset({*_CLASSES, "dyn"})
"""The types that something can be declared as."""


def converted(value: Any, declared: str) -> Any:
    """A value as one of the declared type.

    Args:
        value: a CEL value that can be kept.
        declared: as in ``Datum.type``.

    Raises:
        EvaluationError: it cannot become one, or not without losing something.
    """
    if declared == "dyn" or type(value) is _CLASSES[declared]:
        return value
    if type(value) not in _SOURCES[declared]:
        raise _lossy(value, declared)
    if declared == "string" and type(value) is float:
        return text_from_double(value)  # as it is shown to people, not as `string` writes it
    try:
        made = _CONVERSIONS[(declared, False)].by_classes[(type(value),)](value)
    except EvaluationError:
        raise _lossy(value, declared) from None
    if type(made) in (FineTimestamp, FineDuration):
        return coarse_timestamp(made) if declared == "timestamp" else coarse_duration(made)
    if isinstance(value, (int, float)) and isinstance(made, (int, float)) and made != value:
        raise _lossy(value, declared)
    if declared == "bool" and value.lower() not in {"true", "false"}:
        raise _lossy(value, declared)
    return made


def _lossy(value: object, declared: str) -> EvaluationError:
    shown = f" {str(value)[:60]!r}" if isinstance(value, (str, int, float)) else ""
    found = "null" if value is None else f"the {type_name(value)}{shown}"
    return EvaluationError(f"{found} is no {declared}; convert it, or declare another type")


def may_become(found: str, declared: str) -> bool:
    """Whether some value of one type becomes one of another.

    Args:
        found: name of a type; of what is none of those below, anything may come.
        declared: as in ``Datum.type``.
    """
    own = _CLASSES.get(found)
    if own is None or declared == "dyn":
        return True
    return own is _CLASSES[declared] or own in _SOURCES[declared]


def _becomes(value: Any, declared: str) -> bool:
    if declared == "dyn":
        return True
    own = _CLASSES.get(declared)
    if own is None:
        raise EvaluationError(
            f"`answer.becomes` knows no type {declared[:60]!r}; there are {', '.join(_CLASSES)}"
        )
    if kind(value) is own:
        return True
    try:
        converted(value, declared)
    except EvaluationError:
        return False
    return True


BECOMING: Final[tuple[Overload, ...]] = (function("answer.becomes", (DYN, STRING), BOOL, _becomes),)
"""``answer.becomes`` tells whether a variable of a type would take a value."""
