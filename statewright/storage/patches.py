"""Patches to the values of contacts and tenants: pure, the same in every store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError, UnstorableRecord
from statewright.expressions.values import NOTHING, Uint
from statewright.statechart.coercion import is_absent, kept, with_part
from statewright.storage.limits import check_text


class Scope(StrEnum):
    """Whose values a patch changes."""

    CONTACT = "contact"
    TENANT = "tenant"


class Operation(StrEnum):
    """What a patch does at its path."""

    SET = "set"
    """Put the value there."""
    UNSET = "unset"
    """Take away what is there."""
    INCREMENT = "increment"
    """Add the value to the number there; nothing there counts as 0."""
    APPEND = "append"
    """Put the value behind the list there; nothing there counts as an empty list."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to the values of a contact or tenant, applied in the turn's transaction.

    Attributes:
        scope: whose values.
        path: names from the outside in, at least one; missing maps on the way are created.
        operation: what is done there.
        value: what with; None for ``UNSET``.
    """

    scope: Scope
    path: tuple[str, ...]
    operation: Operation
    value: Any = None

    def __post_init__(self) -> None:
        if not self.path:
            raise UnstorableRecord("a patch has an empty path; it must name at least one value")
        for name in self.path:
            check_text("a name in the path of a patch", name)
        try:
            kept(self.value)
        except EvaluationError as error:
            raise UnstorableRecord(f"the value of a patch cannot be stored: {error}") from None


_NUMBERS: Final = frozenset({int, Uint, float})


TENANT: Final = ""
"""The owner of the tenant's own values, where any other is the id of a contact."""


def owner_of(patch: Patch, contact: str) -> str | None:
    """Whose values a patch changes: the contact's id or ``TENANT``; None without a contact."""
    return TENANT if patch.scope is Scope.TENANT else contact or None


def patched(values: Mapping[str, Any], patch: Patch) -> Mapping[str, Any] | None:
    """The values with the patch applied; None where it does not fit what is there.

    It does not fit where a map is needed and something else stands, where a number is to be added
    to another kind of value or leaves its range, where something is to be appended to what is no
    list, and where the values would grow beyond what can be kept. The given values do not change.
    """
    try:
        operate = _OPERATIONS[patch.operation]
        made: Mapping[str, Any] = kept(operate(dict(values), patch.path, patch.value))
    except EvaluationError:
        return None
    return made


def _set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    return with_part(values, path, value)


def _unset(values: dict[str, Any], path: tuple[str, ...], _value: Any) -> dict[str, Any]:
    return values if is_absent(values, path) else with_part(values, path, NOTHING)


def _increment(values: dict[str, Any], path: tuple[str, ...], by: Any) -> dict[str, Any]:
    own = type(by)
    here = own() if own in _NUMBERS and is_absent(values, path) else _part(values, path)
    if own not in _NUMBERS or type(here) is not own:
        raise EvaluationError("only numbers of one kind are added")
    return with_part(values, path, own(here + by))


def _append(values: dict[str, Any], path: tuple[str, ...], item: Any) -> dict[str, Any]:
    here = [] if is_absent(values, path) else _part(values, path)
    if type(here) is not list:
        raise EvaluationError("only lists are appended to")
    return with_part(values, path, [*here, item])


def _part(values: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        values = values.get(name) if type(values) is dict else None
    return values


_OPERATIONS: Final[
    Mapping[Operation, Callable[[dict[str, Any], tuple[str, ...], Any], dict[str, Any]]]
] = MappingProxyType(
    {
        Operation.SET: _set,
        Operation.UNSET: _unset,
        Operation.INCREMENT: _increment,
        Operation.APPEND: _append,
    }
)
