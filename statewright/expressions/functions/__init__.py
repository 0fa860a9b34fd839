"""The functions of the profile: one table, for the interpreter and for the checker.

A function is added by writing an overload into the table of its family (``strings.STRINGS``, …).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.expressions.functions.aggregates import AGGREGATES
from statewright.expressions.functions.becoming import BECOMING
from statewright.expressions.functions.conversions import CONVERSIONS
from statewright.expressions.functions.encoders import ENCODERS
from statewright.expressions.functions.lists import LISTS
from statewright.expressions.functions.local_answers import LOCAL_ANSWERS
from statewright.expressions.functions.locales import LOCALES
from statewright.expressions.functions.lots import LOTS
from statewright.expressions.functions.maths import MATHS
from statewright.expressions.functions.network import NETWORK
from statewright.expressions.functions.operators import OPERATORS
from statewright.expressions.functions.optionals import OPTIONALS
from statewright.expressions.functions.regexes import REGEXES
from statewright.expressions.functions.schedules import SCHEDULES
from statewright.expressions.functions.sets import SETS
from statewright.expressions.functions.standard import STANDARD
from statewright.expressions.functions.strings import STRINGS
from statewright.expressions.functions.times import TIMES
from statewright.expressions.operations.answers import ANSWERS
from statewright.expressions.overloads import Dispatch, Overload, dispatch_from_overloads

OVERLOADS: Final[tuple[Overload, ...]] = (
    *OPERATORS,
    *STANDARD,
    *CONVERSIONS,
    *TIMES,
    *STRINGS,
    *REGEXES,
    *MATHS,
    *LISTS,
    *AGGREGATES,
    *SETS,
    *OPTIONALS,
    *ENCODERS,
    *NETWORK,
    *LOTS,
    *SCHEDULES,
    *LOCALES,
    *ANSWERS,
    *LOCAL_ANSWERS,
    *BECOMING,
)
"""Every overload of every function."""

FUNCTIONS: Final[Mapping[tuple[str, bool], Dispatch]] = dispatch_from_overloads(OVERLOADS)
"""(name, whether it is called on a target) → its implementations."""
