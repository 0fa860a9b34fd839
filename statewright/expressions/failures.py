"""What can go wrong when an expression is evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FailureKind(StrEnum):
    """Why an evaluation may have no value."""

    ABSENT = "absent"
    """A variable has no value."""
    KEY = "key"
    """A map lacks a key, or an object a field."""
    INDEX = "index"
    """A place lies outside of a list or text."""
    DIVISION = "division"
    """A whole number is divided by zero."""
    NEGATIVE = "negative"
    """A uint would be less than zero."""
    OVERFLOW = "overflow"
    """A number does not fit in 64 bits, or a time lies outside of the calendar."""
    CONVERSION = "conversion"
    """A text, or a number of another type, is none of what it is converted to."""
    NULL = "null"
    """A value is null where that has no meaning."""
    TYPE = "type"
    """A value that may be of any type is of a wrong one."""
    PATTERN = "pattern"
    """A computed pattern is none of RE2's."""
    DUPLICATE = "duplicate"
    """A map would have a key twice."""
    EMPTY = "empty"
    """An optional, or a list, has no value to give."""
    ARGUMENT = "argument"
    """A function has no value for an argument, though it is of the right type."""
    BUDGET = "budget"
    """Values are so large that the evaluation takes too long, or its result is too large."""
    HOST = "host"
    """A function of the host may have no value."""
    FAIL = "fail"
    """The expression says so itself: ``fail(…)``."""


EXTREMES: Final = frozenset((FailureKind.OVERFLOW, FailureKind.BUDGET))
"""What takes numbers or values that conversations hardly ever hold."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason why an expression may have no value for some data of the declared types.

    Attributes:
        kind: what sort of reason.
        reason: what may happen, lower case, without a full stop.
        start: offset in the text of the expression of the part where it may happen.
        end: offset behind it.
        hint: how to rule it out, or an empty string.
    """

    kind: FailureKind
    reason: str
    start: int
    end: int
    hint: str = ""
