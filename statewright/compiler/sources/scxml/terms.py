"""Parts of ECMAScript expressions, translated to CEL, and what makes a condition of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.flows.names import quoted
from statewright.flows.outline import shown

BINARY: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "||": (2, "||"),
        "&&": (3, "&&"),
        "===": (4, "=="),
        "!==": (4, "!="),
        "==": (4, "=="),
        "!=": (4, "!="),
        "<": (5, "<"),
        "<=": (5, "<="),
        ">": (5, ">"),
        ">=": (5, ">="),
        "in": (5, "in"),
        "+": (6, "+"),
        "-": (6, "-"),
        "*": (7, "*"),
        "/": (7, "/"),
        "%": (7, "%"),
    }
)
"""How tight each operator binds, and what CEL calls it."""

INFINITY: Final = float("inf")
LENGTH_LIMIT: Final = 10_000

CONDITIONAL: Final = 1
UNARY: Final = 8
ATOM: Final = 9
"""How tight the other parts bind."""

TOO_LONG: Final = "…"
"""The value of what can be a condition only."""

_NOTHING: Final = "[false, 0, '', null]"
"""What counts as false."""

_BLANKS: Final[Mapping[str, str]] = MappingProxyType({"int": "0", "string": "''"})
_ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {"list": "true", "map": "true", "null": "false", "undefined": "false"}
)
"""What values of known types are compared with, or else count as."""

_LARGEST: Final = 2**53
"""Up to here JavaScript's whole numbers are exact."""

FUNCTIONS: Final = frozenset({"In", "String", "Number", "Boolean"})
"""Functions that have a counterpart, besides those of ``Math``."""


class UntranslatableError(Exception):
    """An expression says something that CEL cannot; the message says what."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the expression, translated.

    Attributes:
        text: in CEL.
        type: its CEL type, ``null`` or ``undefined``; where that is not known, ``number``,
            ``scalar`` for what is no list and no map, or ``dyn``.
        binding: how tight its outermost operator binds.
        name: the function or variable that it is, as it was written: ``Math.pow``, or ``""``.
        root: of a path, the variable that it begins with; else ``""``.
        subject: what ``typeof`` asks about, for such a term.
        value: of ``a && b`` and ``a || b``, which JavaScript gives one of: what it is worth, in
            CEL, where ``text`` says whether that is true; else ``""``.
    """

    text: str
    type: str = "dyn"
    binding: int = ATOM
    name: str = ""
    root: str = ""
    subject: Term | None = None
    value: str = ""

    def within(self, binding: int) -> str:
        """Its text as an operand of an operator that binds so tight."""
        return self.text if self.binding >= binding else f"({self.text})"


def number(text: str) -> Term:
    """A number that is written out.

    Raises:
        UntranslatableError: it is larger than CEL's, or JavaScript rounds it or reads it as octal.
    """
    if text[:1] == "0" and text[1:2].isdigit():
        raise UntranslatableError(f"{shown(text)} begins with 0, which may mean an octal number")
    if "." not in text:
        if len(text) > 19 or int(text) > _LARGEST:
            raise UntranslatableError(f"{shown(text)} is too large")
        return Term(str(int(text)), "int")
    value = float(text)
    if value == INFINITY:
        raise UntranslatableError(f"{shown(text)} is too large")
    return Term(repr(value), "double")


def valued(term: Term) -> Term:
    """A term that has a value; a function that is not called has none, nor has ``typeof``."""
    if term.subject is not None:
        raise UntranslatableError("`typeof` can only be compared with 'undefined'")
    if term.name in FUNCTIONS or term.name.startswith("Math"):
        raise UntranslatableError(f"`{term.name}` is not called")
    if term.value == TOO_LONG:
        raise UntranslatableError("it is too long when it is written out")
    return Term(term.value, "dyn", CONDITIONAL) if term.value else term


def truth(term: Term) -> Term:
    """A term as a condition: what is neither false nor nothing, nor zero, nor empty, is true."""
    if term.type == "bool" or term.value:
        return term
    term = valued(term)
    if term.type in _ALWAYS:
        return Term(_ALWAYS[term.type], "bool")
    if term.type == "double":
        # Not a number is false, too.
        operand = term.within(BINARY["<"][0] + 1)
        return short(f"{operand} < 0.0 || {operand} > 0.0", "bool", BINARY["||"][0])
    if term.type in _BLANKS:
        compared = term.within(BINARY["!="][0] + 1)
        return Term(f"{compared} != {_BLANKS[term.type]}", "bool", BINARY["!="][0])
    filled = f"!({term.within(BINARY['in'][0] + 1)} in {_NOTHING})"
    there = presence(term)
    if not there:
        return Term(filled, "bool", UNARY)
    return Term(f"{there} && {filled}", "bool", BINARY["&&"][0])


def presence(term: Term) -> str:
    """Whether there is what a path leads to; ``""`` where that cannot be asked."""
    if term.name:
        return f"{quoted(term.name)} in vars" if term.root else ""
    if term.text == "event.data":
        return "event.data != {}"  # what an event without data has
    askable = term.root and "." in term.text and not term.text.endswith("]")
    return f"has({term.text})" if askable else ""


def short(text: str, type_: str, binding: int = ATOM) -> Term:
    """A term in which others are repeated.

    Raises:
        UntranslatableError: it is too long.
    """
    if len(text) > LENGTH_LIMIT:
        raise UntranslatableError("it is too long when it is written out")
    return Term(text, type_, binding)
