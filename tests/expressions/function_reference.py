"""The tables of functions in ``docs/expressions.md``, made from the table of overloads.

``python -m tests.expressions.function_reference`` writes them anew; a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from statewright.expressions import Overload
from statewright.expressions.functions import OVERLOADS
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

PAGE = Path(__file__).parents[2] / "docs" / "expressions.md"
MARKED = re.compile(r"(?<=<!-- functions -->\n).*?(?=<!-- end of functions -->\n)", re.DOTALL)
SHOWN = 14
"""The signatures of a function that are listed one by one."""

FAMILIES: tuple[tuple[str, tuple[Overload, ...], str], ...] = (
    (
        "Operators",
        OPERATORS,
        (
            "`==`, `!=`, `in`, `&&`, `||`, `!`, `? :`, `.` and `[]` take values of any type. An `int` "
            "and a `double` are compared by their size."
        ),
    ),
    ("Standard functions", STANDARD, "`fail(reason)` is ours: the error that an author wants."),
    ("Conversions", (*CONVERSIONS, *BECOMING), ""),
    ("Parts of times", TIMES, "The argument is a time zone: `'Europe/Lisbon'`, `'-03:00'`."),
    ("Strings", STRINGS, "Version 4 of cel-go's extension."),
    ("Regular expressions", REGEXES, ""),
    ("Math", MATHS, ""),
    ("Lists", LISTS, "`sortBy` is a macro."),
    (
        "Aggregates",
        AGGREGATES,
        (
            "Ours. `sum`, `avg`, `min` and `max` of an empty list are errors, unless a second argument "
            "says what they are then. Numbers of several types count as doubles."
        ),
    ),
    ("Sets", SETS, "Lists, taken as sets."),
    ("Optionals", OPTIONALS, "`optMap` and `optFlatMap` are macros."),
    ("Encoders", ENCODERS, ""),
    ("Network", NETWORK, ""),
    ("Lots", LOTS, "Ours: a number from 0 to below `n` that a text decides, the same every time."),
    (
        "Schedules",
        SCHEDULES,
        (
            "Ours: [when something is to be done](time-and-triggers.md). `schedule.at` reads a local "
            "time in a zone, `schedule.next` a cron expression; opening hours are a map."
        ),
    ),
    (
        "Languages",
        LOCALES,
        (
            "Ours: numbers, money, times and plurals as they are written in a [language](locales.md). "
            "Styles are `'short'`, `'medium'`, `'long'` and `'full'`; the last argument of times is a "
            "zone. `#` in a plural form is the number; a form `'=0'` is for just that number."
        ),
    ),
    (
        "Answers",
        (*ANSWERS, *LOCAL_ANSWERS),
        (
            "Ours: what a user meant who typed a text, or nothing. They are what questions of a flow "
            "understand. The second argument of those with `In` is a [language](locales.md)."
        ),
    ),
)


def reference() -> str:
    """The tables, in Markdown."""
    return "\n".join(_family(*family) for family in FAMILIES)


def updated(page: str) -> str:
    """A page with the tables as they are now."""
    return MARKED.sub(lambda _: reference(), page)


def _family(title: str, overloads: tuple[Overload, ...], note: str) -> str:
    names = dict.fromkeys((one.name, one.member) for one in overloads)
    rows = (
        f"| {_name(name)} | {_signatures(one for one in overloads if (one.name, one.member) == (name, member))} |"
        for name, member in names
    )
    head = f"### {title}\n{note}\n" if note else f"### {title}\n"
    return f"{head}\n| Function | Signatures |\n| --- | --- |\n" + "\n".join(rows) + "\n"


def _name(name: str) -> str:
    return f"`{name.strip('_') or name}`"


def _signatures(overloads: Iterable[Overload]) -> str:
    shown = [f"`{one}`" for one in overloads]
    more = len(shown) - SHOWN
    return "<br>".join(shown[:SHOWN]) + (f"<br>and {more} more" if more > 0 else "")


def families_are_complete() -> bool:
    """Whether every overload is in one of the families."""
    return {str(one) for _, family, _ in FAMILIES for one in family} == set(map(str, OVERLOADS))


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text()))
