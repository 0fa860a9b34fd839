"""What writing does to the values that are there: pure, the same for all that run charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from statewright.errors import EvaluationError
from statewright.expressions.values import NOTHING, Maybe, Uint
from statewright.statechart.actions import Merging
from statewright.statechart.definition import Limits
from statewright.statechart.values.coercion import held, is_absent, kept, part_of, with_part
from statewright.statechart.values.fitting import fitted

NUMBERS: Final = frozenset({int, Uint, float})
"""What is added to each other."""

Merged = tuple[Merging, Any]
"""A ``Merge`` with the value of its operand."""

_WITH_PARTS: Final = frozenset({"map", "dyn"})


class Declared(Protocol):
    """What is declared of a value: its name, its type and its limits, as in ``Datum``."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def type(self) -> str:
        """As in ``Datum.type``."""

    @property
    def limits(self) -> Limits | None:
        """As in ``Datum.limits``."""


def write(
    values: dict[str, Any],
    declared: Declared,
    path: tuple[str, ...],
    value: Any,
    spent: list[int] | None = None,
    *,
    first: bool = False,
) -> None:
    """Give a variable, or a part of it, a value. Where a part changes, the whole has to fit again.

    Args:
        values: those of the variables that lie beside it; changed in place.
        declared: the variable.
        path: names from it down to the part.
        value: the new value; an empty ``Maybe`` unsets it.
        spent: as for ``coercion.kept``.
        first: whether the variable is being made; then even a constant gets its value.

    Raises:
        EvaluationError: the variable cannot hold this; nothing is changed then.
    """
    name, limits = declared.name, declared.limits
    if limits is not None and limits.constant and not first:
        raise EvaluationError(f"`{name}` is read-only")
    unset = is_unset(value)
    if not path:
        if unset:
            values.pop(name, None)
        else:
            values[name] = held(value, declared.type, limits, spent)
        return
    if unset and is_absent(values.get(name), path):
        return
    if declared.type not in _WITH_PARTS:
        raise EvaluationError(f"`{name}` is declared as {declared.type}, which has no parts")
    part = NOTHING if unset else kept(value, spent)
    made = with_part(values.get(name), path, part)
    values[name] = made if limits is None else fitted(made, declared.type, limits)


def is_unset(value: Any) -> bool:
    """Whether writing the value takes away what is there."""
    return type(value) is Maybe and not value.present


def patch_of(
    before: Mapping[str, Any], path: tuple[str, ...], written: Any, merged: Merged | None
) -> dict[str, Any]:
    """What is asked of the world: ``operation``, ``path`` and ``value``, as in ``storage``.

    Args:
        before: the values of the contact or the tenant before they were changed here.
        path: names down to what changes.
        written: what stands there now, or an empty ``Maybe``.
        merged: how it came there, or None for whatever stood there before.
    """
    if is_unset(written):
        return {"operation": "unset", "path": list(path)}
    operation, value = "set", written
    if merged is not None and _is_merged(before, path, merged):
        operation, value = str(merged[0]), merged[1]
    return {"operation": operation, "path": list(path), "value": value}


def _is_merged(before: Mapping[str, Any], path: tuple[str, ...], merged: Merged) -> bool:
    """Numbers are added at the commit; texts and times are put there as they came out here."""
    operation, operand = merged
    if operation is not Merging.INCREMENT:
        return True
    here = operand if is_absent(before, path) else part_of(before, path)
    return type(operand) in NUMBERS and type(here) in NUMBERS


def patched_values(
    values: Mapping[str, Any], path: tuple[str, ...], value: Any, declared: Declared | None
) -> tuple[dict[str, Any], Any]:
    """The contact's or the tenant's values after a patch, and the value as it was written.

    Args:
        values: those before.
        path: names down to what changes, at least one.
        value: the new value; an empty ``Maybe`` unsets what is there.
        declared: what is known of the value of the first name, or None.

    Raises:
        EvaluationError: the value cannot be kept, or is not as it is declared.
    """
    unset = is_unset(value)
    if declared is None:
        part = value if unset else kept(value)
        return with_part(values, path, part), part
    after = dict(values)
    write(after, declared, path[1:], value)
    if unset:
        return after, value
    written: Any = after
    for key in path:
        written = written[key]
    return after, written
