"""What is wrong with an expression, as the terminal and as JSON show it.

::

    error: `agee` is not declared
      |
    1 | agee >= 18
      | ^^^^
      = help: did you mean `age`?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statewright.errors import EvaluationError, ExpressionError
from statewright.excerpt import excerpt_of, printable, printable_lines
from statewright.expressions.parsing.tokens import tokens


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is wrong, and where.

    Attributes:
        reason: what.
        text: of the expression.
        start: offset in it, or None where it is about no place.
        end: offset behind it.
        hint: what to do about it, or ``""``.
    """

    reason: str
    text: str
    start: int | None = None
    end: int = 0
    hint: str = ""


def complaint_from_error(error: ExpressionError | EvaluationError, text: str) -> Complaint:
    """What an error says of an expression."""
    if isinstance(error, ExpressionError):
        return Complaint(error.reason, text, error.start, error.end, error.hint)
    if error.position is None:
        return Complaint(error.reason, text)
    return Complaint(error.reason, text, error.position, _end_of_word(text, error.position))


def _end_of_word(text: str, position: int) -> int:
    return next((token.end for token in tokens(text) if token.end > position), position)


def lines_from_complaint(complaint: Complaint, label: str) -> list[str]:
    """The lines that a terminal shows."""
    first, *more = printable_lines(complaint.reason)
    lines = [f"{label}: {first}", *more]
    margin = ""
    if complaint.start is not None:
        excerpt = excerpt_of(complaint.text, complaint.start, complaint.end)
        number = str(excerpt.number)
        margin = " " * len(number)
        lines += [
            f"{margin} |",
            f"{number} | {printable(excerpt.line)}",
            f"{margin} | {excerpt.carets}",
        ]
    if complaint.hint:
        lines.append(f"{margin} = help: {printable(complaint.hint)}")
    return lines


def json_from_complaint(complaint: Complaint) -> dict[str, Any]:
    """The same as JSON; lines and columns are counted from 1, columns in characters."""
    place: dict[str, int] = {}
    if complaint.start is not None:
        excerpt = excerpt_of(complaint.text, complaint.start, complaint.end)
        place = {"line": excerpt.number, "column": excerpt.column}
        place |= {"start": complaint.start, "end": complaint.end}
    return {"message": complaint.reason, "help": complaint.hint, **place}
