"""Patches to the values of the contact and the tenant: what turns ask for, and what comes of it.

Pure, so that it is the same in every store, and wherever a conversation is only played.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.meter import Meter
from statewright.expressions.operations.comparison import equal
from statewright.expressions.values import NOTHING
from statewright.statechart.definition import Datum
from statewright.statechart.stepping.outside import as_declared
from statewright.statechart.values.coercion import held, is_absent, kept, part_of, with_part
from statewright.statechart.values.writing import NUMBERS


class Operation(StrEnum):
    """What a patch does at its path."""

    SET = "set"
    """Put the value there."""
    UNSET = "unset"
    """Take away what is there."""
    INCREMENT = "increment"
    """Add the value to the number there; nothing there counts as 0. Numbers of two kinds make a
    double."""
    APPEND = "append"
    """Put the value behind the list there; nothing there counts as an empty list."""
    REMOVE = "remove"
    """Take all that equals the value out of the list there; nothing counts as an empty list."""


def applied(
    values: Mapping[str, Any],
    operation: Operation,
    path: tuple[str, ...],
    value: Any,
    declared: Datum | None,
) -> Mapping[str, Any] | None:
    """The values with a patch applied; None where it does not fit what is there.

    It does not fit where a map is needed and something else stands, where a number is to be added
    to another kind of value or leaves its range, where something is to be appended to what is no
    list, where the values would grow beyond what can be kept, and where the flow declares that
    they are otherwise. The given values do not change.

    What is there is seen as the flow sees it: where something else was declared of it, or nothing
    is there, its default counts.

    Args:
        values: all that is known of the contact, or of the tenant.
        operation: what is done.
        path: where: names from the outside in, at least one.
        value: what with; None for ``UNSET``.
        declared: what the flow declares of the value that the path begins with, or None.
    """
    here = dict(values)
    if declared is not None:
        here = as_declared(here, (declared,), "", [])
    try:
        made = _OPERATIONS[operation](here, path, value)
        if declared is not None and declared.name in made:
            made[declared.name] = held(made[declared.name], declared.type, declared.limits)
        values = kept(made)
    except EvaluationError:
        return None
    return values


def _set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    return with_part(values, path, value)


def _unset(values: dict[str, Any], path: tuple[str, ...], _value: Any) -> dict[str, Any]:
    return values if is_absent(values, path) else with_part(values, path, NOTHING)


def _increment(values: dict[str, Any], path: tuple[str, ...], by: Any) -> dict[str, Any]:
    own = type(by)
    here = own() if own in NUMBERS and is_absent(values, path) else part_of(values, path)
    if own not in NUMBERS or type(here) not in NUMBERS:
        raise EvaluationError("only numbers are added")
    sum_ = own(here + by) if type(here) is own else float(here) + float(by)
    return with_part(values, path, sum_)


def _append(values: dict[str, Any], path: tuple[str, ...], item: Any) -> dict[str, Any]:
    return with_part(values, path, [*_list(values, path), item])


def _remove(values: dict[str, Any], path: tuple[str, ...], item: Any) -> dict[str, Any]:
    meter: Meter = [inf]
    left = [one for one in _list(values, path) if not equal(one, item, meter)]
    return with_part(values, path, left)


def _list(values: dict[str, Any], path: tuple[str, ...]) -> list[Any]:
    here = [] if is_absent(values, path) else part_of(values, path)
    if type(here) is not list:
        raise EvaluationError("only lists are appended to, and have parts removed")
    return here


_OPERATIONS: Final[
    Mapping[Operation, Callable[[dict[str, Any], tuple[str, ...], Any], dict[str, Any]]]
] = MappingProxyType(
    {
        Operation.SET: _set,
        Operation.UNSET: _unset,
        Operation.INCREMENT: _increment,
        Operation.APPEND: _append,
        Operation.REMOVE: _remove,
    }
)
