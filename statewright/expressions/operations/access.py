"""Selections and indices: what is at a name in a map, or at a place in a list."""

from __future__ import annotations

from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions.values import (
    NOTHING,
    Maybe,
    Uint,
    key_from_value,
    kind,
    no_overload,
    type_name,
)


def select(operand: Any, name: str) -> Any:
    """``operand.name``: the value of a map under a text; of an optional, an optional.

    Raises:
        EvaluationError: there is none.
    """
    own = kind(operand)
    if own is dict:
        try:
            return operand[name]
        except KeyError:
            raise no_such_key(name) from None
    if own is Maybe:
        return select_optional(operand, name)
    raise EvaluationError(f"`{name}` is selected from a {type_name(operand)}, which has no fields")


def select_optional(operand: Any, name: str) -> Maybe:
    """``operand.?name``: the value if it is there."""
    own = kind(operand)
    if own is Maybe:
        return select_optional(operand.value, name) if operand.present else NOTHING
    if own is dict:
        return Maybe(True, operand[name]) if name in operand else NOTHING
    raise EvaluationError(f"`{name}` is selected from a {type_name(operand)}, which has no fields")


def has(operand: Any, name: str) -> bool:
    """``has(operand.name)``: whether the map, or the map in the optional, has that key."""
    own = kind(operand)
    if own is Maybe:
        return operand.present and has(operand.value, name)
    if own is dict:
        return name in operand
    raise EvaluationError(f"`{name}` is looked for in a {type_name(operand)}, which has no fields")


def index(operand: Any, at: Any) -> Any:
    """``operand[at]``: an element of a list or a value of a map.

    Raises:
        EvaluationError: there is none.
    """
    own = kind(operand)
    if own is dict:
        key = key_from_value(at)
        try:
            return operand[key]
        except KeyError:
            raise no_such_key(at) from None
    if own is list:
        place = _place(at)
        if place is None:
            raise no_overload("[]", operand, at)
        if 0 <= place < len(operand):
            return operand[place]
        raise EvaluationError(f"index {place} is outside a list of {len(operand)}")
    if own is Maybe:
        return index_optional(operand, at)
    raise no_overload("[]", operand, at)


def index_optional(operand: Any, at: Any) -> Maybe:
    """``operand[?at]``: the element or value if it is there."""
    own = kind(operand)
    if own is Maybe:
        return index_optional(operand.value, at) if operand.present else NOTHING
    if own is dict:
        key = key_from_value(at)
        return Maybe(True, operand[key]) if key in operand else NOTHING
    place = _place(at) if own is list else None
    if place is None:
        raise no_overload("[?]", operand, at)
    return Maybe(True, operand[place]) if 0 <= place < len(operand) else NOTHING


def no_such_key(key: object) -> EvaluationError:
    """The error of a map that lacks a key."""
    return EvaluationError(f"no such key: {key!r}")


def _place(at: Any) -> int | None:
    """The place in a list that a number names; a double counts where it is whole."""
    own = kind(at)
    if own in (int, Uint):
        return int(at)
    return int(at) if own is float and at.is_integer() else None
