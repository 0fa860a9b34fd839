"""Lists and maps that are written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import Closure, Frame
from statewright.expressions.values import Maybe, key_from_value, kind, no_overload, type_name


def list_of(items: Sequence[Closure]) -> Closure:
    """``[a, b]``."""
    return lambda frame: [item(frame) for item in items]


def list_with_optionals(
    items: Sequence[Closure], optional: frozenset[int], positions: Sequence[int]
) -> Closure:
    """``[a, ?b]``: an item behind a question mark is left out when it is empty."""
    parts = [
        (item, place in optional, position)
        for place, (item, position) in enumerate(zip(items, positions, strict=True))
    ]

    def run(frame: Frame) -> list[Any]:
        elements: list[Any] = []
        for item, may_lack, position in parts:
            value = item(frame)
            if not may_lack:
                elements.append(value)
            elif _opened(value, position).present:
                elements.append(value.value)
        return elements

    return run


def map_with(entries: Sequence[tuple[str, Closure]]) -> Closure:
    """``{'a': b}``: the keys are texts that are written out, none of them twice."""
    return lambda frame: {key: value(frame) for key, value in entries}


def map_of(
    entries: Sequence[tuple[Closure, Closure]],
    optional: frozenset[int],
    positions: Sequence[int],
) -> Closure:
    """``{a: b, ?c: d}``: an entry behind a question mark is left out when its value is empty."""
    parts = [
        (key, value, place in optional, position)
        for place, ((key, value), position) in enumerate(zip(entries, positions, strict=True))
    ]

    def run(frame: Frame) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_of, value_of, may_lack, position in parts:
            key = new_key(result, key_of(frame), position)
            value = value_of(frame)
            if may_lack:
                if not _opened(value, position).present:
                    continue
                value = value.value
            result[key] = value
        return result

    return run


def new_key(result: dict[Any, Any], value: Any, position: int) -> Any:
    """The key for a value that is to be added to a map.

    Raises:
        EvaluationError: the value cannot be a key, or is one already.
    """
    if kind(value) is float:
        raise EvaluationError("unsupported key type: double", position)
    try:
        key = key_from_value(value)
    except EvaluationError as error:
        raise EvaluationError(error.reason, position) from None
    if key in result:
        raise EvaluationError(f"the key {str(value)[:60]!r} is there twice", position)
    return key


def _opened(value: Any, position: int) -> Maybe:
    if type(value) is Maybe:
        return value
    error = no_overload("?", value)
    error.reason = f"an entry with `?` takes an optional, not a {type_name(value)}"
    error.position = position
    raise error
