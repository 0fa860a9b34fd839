"""Patches to the values of contacts and tenants: what stands in a turn that is to be committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from statewright.errors import EvaluationError, UnstorableRecord
from statewright.statechart.definition import Datum
from statewright.statechart.patches import Operation, applied
from statewright.statechart.values.coercion import kept
from statewright.storage.limits import check_text


class Scope(StrEnum):
    """Whose values a patch changes."""

    CONTACT = "contact"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to the values of a contact or tenant, applied in the turn's transaction.

    Attributes:
        scope: whose values.
        path: names from the outside in, at least one; missing maps on the way are created.
        operation: what is done there.
        value: what with; None for ``UNSET``.
        declared: what the flow declares of the value that the path begins with, or None. It says
            what counts as being there, and what may stand there afterwards.
    """

    scope: Scope
    path: tuple[str, ...]
    operation: Operation
    value: Any = None
    declared: Datum | None = None

    def __post_init__(self) -> None:
        if not self.path:
            raise UnstorableRecord("a patch has an empty path; it must name at least one value")
        for name in self.path:
            check_text("a name in the path of a patch", name)
        try:
            kept(self.value)
        except EvaluationError as error:
            raise UnstorableRecord(f"the value of a patch cannot be stored: {error}") from None


TENANT: Final = ""
"""The owner of the tenant's own values, where any other is the id of a contact."""


def owner_of(patch: Patch, contact: str) -> str | None:
    """Whose values a patch changes: the contact's id or ``TENANT``; None without a contact."""
    return TENANT if patch.scope is Scope.TENANT else contact or None


def patched(values: Mapping[str, Any], patch: Patch) -> Mapping[str, Any] | None:
    """The values with the patch applied, as ``applied`` says; None where it does not fit."""
    return applied(values, patch.operation, patch.path, patch.value, patch.declared)
