"""Terms as a script in SMT-LIB 2.6.

Source: https://smt-lib.org/papers/smt-lib-reference-v2.6-r2021-05-12.pdf, and its theory of strings
(https://smt-lib.org/theories-UnicodeStrings.shtml).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from statewright.compiler.verification.solving.terms import Apply, Constant, Term, Unknown


def script_from(terms: Iterable[Term]) -> str:
    """The script that asserts all of some terms, with what they are about declared."""
    asserted = list(terms)
    found = {one.name: one for term in asserted for one in unknowns_in(term)}
    names = sorted(found)
    lines = [f"(declare-const {_quoted(name)} {found[name].sort})" for name in names]
    lines += [f"(assert {text_from(term)})" for term in asserted]
    return "\n".join(lines) + "\n"


def unknowns_in(term: Term) -> Iterator[Unknown]:
    """Everything that a term asks for."""
    if isinstance(term, Unknown):
        yield term
    elif isinstance(term, Apply):
        for one in term.arguments:
            yield from unknowns_in(one)


def text_from(term: Term) -> str:
    """A term as it is written."""
    match term:
        case Unknown(name):
            return _quoted(name)
        case Apply(function, ()):
            return function
        case Apply(function, arguments):
            return f"({function} {' '.join(map(text_from, arguments))})"
        case Constant(value):
            return _constant(value)


def _constant(value: float | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if value >= 0 else f"(- {-value})"
    if isinstance(value, float):
        exact = Fraction(value)
        written = f"(/ {abs(exact.numerator)}.0 {exact.denominator}.0)"
        return written if exact >= 0 else f"(- {written})"
    return '"' + "".join(map(_character, value)) + '"'


def _character(one: str) -> str:
    plain = " " <= one <= "~" and one not in '"\\'
    return one if plain else f"\\u{{{ord(one):x}}}"


def _quoted(name: str) -> str:
    """A name between bars, in which bars and backslashes cannot stand."""
    return "|" + name.replace("\\", "{b}").replace("|", "{i}") + "|"
