"""Nodes that change variables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


class Operation(StrEnum):
    """How a variable is changed."""

    SET = "set"
    INCREMENT = "increment"
    APPEND = "append"
    REMOVE = "remove"
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One change of one variable.

    Attributes:
        operation: how it is changed.
        variable: a name, or a path: ``temp.completed.colors``.
        value: the new value, the amount, or the element; None where none is needed.
    """

    operation: Operation
    variable: Source
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Changes variables, in order.

    Each change may read what those before it have made. All of them are made, or none: where one of
    them cannot be, variables are what they were before, and that is an error of the node. Of the
    contact and the tenant nothing is written then, so nothing is lost that others change meanwhile.
    """

    assignments: tuple[Assignment, ...]
    kind: ClassVar[str] = "set"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)
