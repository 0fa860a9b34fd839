"""What JavaScript converts in silence: done where that is exact, and else refused, or a failure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.sources.scxml.terms import ATOM, UNARY, Term, UntranslatableError, short
from statewright.flows.names import quoted

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "int": "a number",
        "double": "a number",
        "number": "a number",
        "string": "a text",
        "bool": "a truth value",
        "list": "a list",
        "map": "an object",
        "null": "`null`",
    }
)
"""What a value is to JavaScript, where that is known."""

NUMBERS: Final = frozenset({"int", "double", "number"})

_NOT_SPELLED_ALIKE: Final = "'e|Inf|^-0$'"
_NOT_COUNTED_ALIKE: Final = "r'[\\x{10000}-\\x{10FFFF}]'"
_NOT_ASCII: Final = "r'[^\\x00-\\x7F]'"


def refuse_unless_any(term: Term, *types: str) -> None:
    """Refuse what is known to be none of these types.

    Raises:
        UntranslatableError: it is.
    """
    if term.type in KINDS and term.type not in types:
        raise UntranslatableError(f"{KINDS[term.type]} is converted in silence here")


def numeric_or_any(term: Term) -> Term:
    """A term that is not known to be no number.

    Raises:
        UntranslatableError: it is known to be none.
    """
    refuse_unless_any(term, *NUMBERS)
    return term


def numeric(term: Term) -> Term:
    """A term that is a number, or fails: JavaScript would make one of it.

    Raises:
        UntranslatableError: it is known to be none.
    """
    refuse_unless_any(term, *NUMBERS)
    return term if term.type in NUMBERS else Term(f"-(-{term.within(ATOM)})", "number", UNARY)


def double_of(term: Term) -> Term:
    """A number as a double; what is none fails.

    Raises:
        UntranslatableError: it is known to be none.
    """
    found = numeric(term)
    return found if found.type == "double" else Term(f"double({found.text})", "double")


def text_of(term: Term) -> Term:
    """A value as a text; a number that JavaScript spells otherwise than CEL fails.

    Raises:
        UntranslatableError: it is known to be a list, an object or null.
    """
    refuse_unless_any(term, "int", "double", "number", "string", "bool")
    if term.type == "string":
        return term
    spelled = f"string({term.text})"
    if term.type in {"int", "bool"}:
        return Term(spelled, "string")
    asked = "" if term.type == "double" else f"type({term.text}) == type(0.0) && "
    failure = failing("JavaScript spells this number otherwise")
    text = f"({asked}{spelled}.matches({_NOT_SPELLED_ALIKE}) ? {failure} : {spelled})"
    return short(text, "string")


def length_of(term: Term) -> Term:
    """How long a list is, or a text, in which JavaScript counts halves of surrogate pairs.

    Raises:
        UntranslatableError: it is known to be something else.
    """
    if term.type == "list":
        return Term(f"size({term.text})", "int")
    refuse_unless_any(term, "string")
    text, failure = term.text, failing("this has no length that is counted alike")
    plain = f"!{term.within(ATOM)}.matches({_NOT_COUNTED_ALIKE})"
    if term.type != "string":
        plain = f"type({text}) == type([]) || type({text}) == type('') && {plain}"
    return short(f"({plain} ? size({text}) : {failure})", "int")


def counted_alike(term: Term) -> str:
    """A text without characters that JavaScript counts twice, or a failure."""
    failure = failing("characters are not counted alike")
    asked = f"{term.within(ATOM)}.matches({_NOT_COUNTED_ALIKE})"
    return short(f"({asked} ? {failure} : {term.text})", "string").text


def in_ascii(term: Term) -> Term:
    """A text that has only signs of ASCII, or fails: others CEL changes otherwise, or not."""
    refuse_unless_any(term, "string")
    failure = failing("letters and blanks beyond ASCII are not changed alike")
    text = f"({term.within(ATOM)}.matches({_NOT_ASCII}) ? {failure} : {term.text})"
    return short(text, "string")


def failing(reason: str) -> str:
    """An expression that always fails."""
    return f"fail({quoted(reason)})"
