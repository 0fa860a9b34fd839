"""The least and the greatest answer to a question: numbers, or days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from statewright.errors import EvaluationError
from statewright.flows.declaring import held_by
from statewright.flows.model import Variable
from statewright.flows.nodes import InputKind
from statewright.flows.parts import Part

Written = float | str | None
"""A bound, as it is written."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what an answer lies; None is no bound.

    Attributes:
        minimum: the least number, or count of choices.
        maximum: the greatest.
        earliest: the first day, ``2026-12-31``.
        latest: the last day.
    """

    minimum: float | None = None
    maximum: float | None = None
    earliest: str | None = None
    latest: str | None = None


def bounds_from(least: Written, most: Written, part: Part, kind: InputKind) -> Bounds:
    """The bounds of a question for a kind of answer; what is wrong with them is reported."""
    if kind is InputKind.DATE:
        earliest, latest = _day(least, part["minimum"]), _day(most, part["maximum"])
        if earliest is not None and latest is not None and earliest > latest:
            _report_order(part)
        return Bounds(earliest=earliest, latest=latest)
    minimum, maximum = _number(least, part["minimum"]), _number(most, part["maximum"])
    if minimum is not None and maximum is not None and minimum > maximum:
        _report_order(part)
    return Bounds(minimum, maximum)


def check_step(step: float, bounds: Bounds, part: Part) -> None:
    """Report a step that is wider than the range of a slider."""
    low = 0.0 if bounds.minimum is None else bounds.minimum
    high = 100.0 if bounds.maximum is None else bounds.maximum
    if low < high < low + step:
        message = f"`step` is more than there is from {low:g} to {high:g}"
        part["step"].report("R004", message, "a slider would not move")


def _report_order(part: Part) -> None:
    part["maximum"].report(
        "R004", "`maximum` is less than `minimum`: no answer will do", "exchange them"
    )


def _day(bound: Written, part: Part) -> str | None:
    if bound is None:
        return None
    try:
        return str(held_by(_DAY, bound))
    except EvaluationError:
        part.wrong("a day", "for example `2026-12-31`")
        return None


_DAY: Final = Variable("", "date")


def _number(bound: Written, part: Part) -> float | None:
    if isinstance(bound, str):
        part.wrong("a number")
        return None
    return bound
