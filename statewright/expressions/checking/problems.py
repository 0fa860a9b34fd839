"""What the checker reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ProblemKind(StrEnum):
    """What sort of thing is wrong with an expression."""

    UNDEFINED = "undefined"
    TYPE = "type"
    FUNCTION = "function"
    PATTERN = "pattern"
    VALUE = "value"
    DEPTH = "depth"


TOO_DEEP: Final = "it is nested too deeply to be judged by a caller so far down the stack"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in an expression that can never work.

    Attributes:
        kind: what sort of thing.
        reason: what is wrong, lower case, without a full stop.
        start: offset in the text of the expression of the part that is wrong.
        end: offset behind it.
        hint: what to do about it, or an empty string.
    """

    kind: ProblemKind
    reason: str
    start: int
    end: int
    hint: str = ""
