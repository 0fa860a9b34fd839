"""Functions of ECMAScript that are called, as CEL calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.sources.scxml.conversions import (
    NUMBERS,
    double_of,
    numeric,
    numeric_or_any,
    refuse_unless_any,
    text_of,
)
from statewright.compiler.sources.scxml.terms import (
    ATOM,
    BINARY,
    Term,
    UntranslatableError,
    short,
    truth,
)

_DIGITS: Final = "'^-?[0-9]+([.][0-9]+)?$'"

_ROUNDING: Final[Mapping[str, str]] = MappingProxyType(
    {"Math.ceil": "math.ceil", "Math.floor": "math.floor", "Math.round": ""}
)
_EXTREMES: Final[Mapping[str, str]] = MappingProxyType(
    {"Math.max": "math.greatest", "Math.min": "math.least"}
)


def called(term: Term, arguments: list[Term]) -> Term:
    """A function that is called.

    Raises:
        UntranslatableError: CEL has no counterpart of it.
    """
    if term.name == "Math.pow":
        return _power(arguments)
    if term.name in _EXTREMES:
        return _extreme(_EXTREMES[term.name], arguments)
    if term.name not in _OF_ONE and term.name not in _ROUNDING:
        written = term.name or term.text
        raise UntranslatableError(f"`{written[:40]}()` has no counterpart")
    if len(arguments) != 1:
        raise UntranslatableError(f"`{term.name}()` takes one value here")
    return _of_one(term.name, arguments[0])


def _of_one(name: str, argument: Term) -> Term:
    """A function of one value."""
    if name in _ROUNDING:
        return _rounded(name, double_of(argument))
    return _OF_ONE[name](argument)


def _in(state: Term) -> Term:
    return Term(f"In({state.text})", "bool")


def _magnitude(term: Term) -> Term:
    return Term(f"math.abs({numeric(term).text})", "number")


def _rounded(name: str, number: Term) -> Term:
    """A whole number near a double."""
    if name != "Math.round":
        return Term(f"int({_ROUNDING[name]}({number.text}))", "int")
    # Halves go up, also below zero.
    value, down = number.within(ATOM), f"math.floor({number.text})"
    return short(f"(int({down}) + ({value} - {down} >= 0.5 ? 1 : 0))", "int")


def _extreme(function: str, arguments: list[Term]) -> Term:
    """The greatest or the least of numbers."""
    if not arguments:
        raise UntranslatableError("there is no least and no greatest of nothing")
    if len(arguments) == 1:
        return numeric(arguments[0])
    texts = ", ".join(argument.text for argument in arguments)
    return Term(f"{function}({texts})", "number")


def _number_of(term: Term) -> Term:
    """``Number(x)``: of a text, if it is written plainly."""
    if term.type in NUMBERS:
        return double_of(term)
    refuse_unless_any(term, "string")
    return short(f"double(string({term.text}).matches({_DIGITS}) ? {term.text} : '')", "double")


def _power(arguments: list[Term]) -> Term:
    """A power with a small exponent that is written out."""
    if len(arguments) != 2 or arguments[1].text not in {"1", "2", "3", "4"}:
        raise UntranslatableError("`Math.pow()` needs an exponent from 1 to 4")
    if arguments[1].text == "1":
        return numeric(arguments[0])
    base, exponent = numeric_or_any(arguments[0]), int(arguments[1].text)
    type_ = base.type if base.type in NUMBERS else "number"
    return short(" * ".join([base.within(ATOM)] * exponent), type_, BINARY["*"][0])


_OF_ONE: Final[Mapping[str, Callable[[Term], Term]]] = MappingProxyType(
    {
        "In": _in,
        "String": text_of,
        "Number": _number_of,
        "Boolean": truth,
        "Math.abs": _magnitude,
    }
)
"""Functions of one value."""
