"""What an evaluation may cost.

A *meter* is a list whose first element is the number of steps that are left. A step is about a
microsecond of work. What is done once per node of the text costs nothing, for the text is
bounded; charged are the rounds of macros, large texts and lists, and looking at everything inside
a value (a list may hold the same list many times over, and be far larger than it looks).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from statewright.expressions.values import kind

Meter = list[Any]

FREE: Final = 1024
"""Texts and lists of so many parts are handled for nothing."""

_PARTS_PER_STEP: Final[dict[type, int]] = {
    str: 32,
    bytes: 32,
    list: 2,
    tuple: 2,
    dict: 2,
}


class OutOfBudget(Exception):
    """The budget is spent. No ``&&`` or ``||`` absorbs it: it ends the evaluation."""


def spend(meter: Meter, steps: int) -> None:
    """Take steps from the budget.

    Raises:
        OutOfBudget: there are not so many left.
    """
    meter[0] -= steps
    if meter[0] < 0:
        raise OutOfBudget


def spend_on(meter: Meter, value: Any) -> None:
    """Take from the budget what it costs to read or build a value, if it is large.

    Raises:
        OutOfBudget: there is not so much left.
    """
    parts = _PARTS_PER_STEP.get(type(value))
    if parts is not None and len(value) > FREE:
        spend(meter, len(value) // parts)


def spend_on_contents(meter: Meter, value: Any) -> None:
    """Take from the budget what it costs to look at everything inside a value.

    Raises:
        OutOfBudget: there is not so much left.
    """
    own = kind(value)
    if own is list or own is dict:
        spend(meter, len(value) + 1)
        contents: Iterable[Any] = value if own is list else value.values()
        for part in contents:
            spend_on_contents(meter, part)
    else:
        spend_on(meter, value)
