"""What to do about a problem: the name that was probably meant, or how to say it instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from typing import Any, Final

from statewright.expressions.overloads import Overload
from statewright.expressions.parsing.grammar import MACROS
from statewright.expressions.types import CelType

NUMERIC: Final = frozenset(("int", "uint", "double"))
_LONGEST: Final = 100
"""The characters of a name that a hint is looked for."""
_SHOWN: Final = 5
"""How many names or values a hint lists at most."""
_CANDIDATES: Final = 500
"""A name is compared with at most so many others: that takes time."""
_DIFFERENCE: Final = 4
"""By how many characters the lengths of names that are compared may differ."""

_AS_NEAR: Final = 0.05
"""By how little likenesses differ that are the same to people."""

_ELSEWHERE: Final[Mapping[str, str]] = {
    "length": "size",
    "len": "size",
    "count": "size",
    "includes": "contains",
    "has": "contains",
    "toLowerCase": "lowerAscii",
    "toUpperCase": "upperAscii",
    "lower": "lowerAscii",
    "upper": "upperAscii",
    "strip": "trim",
    "some": "exists",
    "any": "exists",
    "every": "all",
    "find": "filter",
    "reduce": "sum",
    "slice": "substring",
    "substr": "substring",
    "match": "matches",
    "test": "matches",
    "str": "string",
    "toString": "string",
    "float": "double",
    "number": "double",
    "Number": "double",
    "parseInt": "int",
    "parseFloat": "double",
    "abs": "math.abs",
    "round": "math.round",
    "floor": "math.floor",
    "ceil": "math.ceil",
    "max": "math.greatest",
    "min": "math.least",
    "sqrt": "math.sqrt",
}
"""What a function of other languages is called in CEL."""


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant, or an empty string."""
    if len(name) > _LONGEST:
        return ""
    candidates = dict.fromkeys(one for one in names if abs(len(one) - len(name)) <= _DIFFERENCE)
    near = get_close_matches(name, islice(candidates, _CANDIDATES), n=2)
    if len(near) == 2:
        first, second = (SequenceMatcher(None, one, name).ratio() for one in near)
        near = near if first - second < _AS_NEAR else near[:1]
    return f"did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else ""


def nearest_function(name: str, signatures: Collection[tuple[str, bool]], *, member: bool) -> str:
    """A hint at the function or macro that was probably meant, or at how it is called."""
    if (name, not member) in signatures:
        return f"it is called `{name}(value, …)`" if member else f"it is called `value.{name}(…)`"
    names = [one for one, called in signatures if called is member]
    if member:
        names += [macro for macro, _ in MACROS]
    known = _ELSEWHERE.get(name)
    if known is not None and (known in names or (known, not member) in signatures):
        return f"in CEL it is `{known}`"
    return nearest(name, names)


def nearest_value(value: Any, values: Sequence[Any]) -> str:
    """A hint at the value of an enumeration that was probably meant."""
    if isinstance(value, str):
        near = nearest(value, [str(one) for one in values])
        if near:
            return near
    shown = ", ".join(f"`{one}`" for one in values[:_SHOWN])
    return f"it is one of {shown}{', …' if len(values) > _SHOWN else ''}"


def usage(overloads: Sequence[Overload], types: Sequence[CelType]) -> str:
    """What a function is defined on, what takes as many arguments first."""
    fitting = [one for one in overloads if len(one.parameters) == len(types)] or overloads
    shown = ", ".join(f"`{one}`" for one in fitting[:3])
    return f"it is defined as {shown}{', …' if len(fitting) > 3 else ''}"


def conversion(types: Sequence[CelType], texts: Sequence[str]) -> str:
    """How to make two operands of different types alike, or an empty string."""
    names = [one.name for one in types]
    if len(names) != 2 or names[0] == names[1]:
        return ""
    for wanted, others in _CONVERSIONS:
        if wanted in names:
            place = 1 - names.index(wanted)
            if names[place] in others and texts[place]:
                return f"convert it: `{wanted}({texts[place]})`"
    return ""


_CONVERSIONS: Final = (
    ("string", ("int", "uint", "double", "bool", "timestamp", "duration")),
    ("double", ("int", "uint")),
    ("int", ("uint",)),
)
"""What the other operand is converted to, and what can be; the first that fits."""
