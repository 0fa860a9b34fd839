"""What people mean who write numbers, dates and times as it is done in their language.

What they look like is said by Unicode's CLDR, as Babel carries it. What could mean one thing or
another means nothing, so that it is asked again.
"""

from __future__ import annotations

from typing import Final

from statewright.expressions.operations.clock import understood_time_in
from statewright.expressions.operations.days import understood_date_in
from statewright.expressions.operations.numerals import (
    understood_integer_in,
    understood_number_in,
)
from statewright.expressions.overloads import Implementation, Overload, function
from statewright.expressions.types import DOUBLE, DYN, INT, STRING, CelType, optional_of

_PRICE: Final = 500
"""Steps of the budget that looking into the tables of a language costs."""


def _price(*_: object) -> int:
    return _PRICE


def _understood(name: str, result: CelType, implementation: Implementation) -> Overload:
    parameters = (DYN, STRING)
    return function(f"answer.{name}", parameters, optional_of(result), implementation, price=_price)


LOCAL_ANSWERS: Final[tuple[Overload, ...]] = (
    _understood("numberIn", DOUBLE, understood_number_in),
    _understood("integerIn", INT, understood_integer_in),
    _understood("dateIn", STRING, understood_date_in),
    _understood("timeIn", STRING, understood_time_in),
)
"""In a language: ``answer.numberIn('1.250,5', 'de')`` is 1250.5."""
