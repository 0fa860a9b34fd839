"""Operators of ECMAScript between two terms, as CEL writes them."""

from __future__ import annotations

from typing import Final

from statewright.compiler.sources.scxml.conversions import (
    KINDS,
    NUMBERS,
    double_of,
    failing,
    numeric_or_any,
    refuse_unless_any,
    text_of,
)
from statewright.compiler.sources.scxml.terms import (
    ATOM,
    BINARY,
    CONDITIONAL,
    LENGTH_LIMIT,
    TOO_LONG,
    UNARY,
    Term,
    UntranslatableError,
    presence,
    short,
    truth,
    valued,
)
from statewright.flows.names import quoted

_EQUALITY: Final = frozenset({"==", "!="})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_LOGIC: Final = frozenset({"&&", "||"})
OBJECTS: Final = frozenset({"list", "map"})

_EVENT_FIELDS: Final = frozenset(
    map(quoted, ("name", "type", "sendid", "origin", "origintype", "invokeid", "data"))
)
"""What every event of SCXML has (5.10.1), be it without a value."""


def joined(left: Term, operator: str, right: Term, binding: int) -> Term:
    """Two terms with an operator between them.

    Args:
        left: what stands before it.
        operator: as CEL writes it.
        right: what stands behind it.
        binding: how tight it binds.

    Raises:
        UntranslatableError: CEL cannot join these.
    """
    if operator in _LOGIC:
        return _logic(left, operator, right, binding)
    if operator in _EQUALITY:
        for term, other in ((left, right), (right, left)):
            if term.subject is not None and other.text == quoted("undefined"):
                return _missing(term.subject, operator)
            if other.type == "undefined":
                return _missing(term, operator)
    return _of_values(valued(left), operator, valued(right), binding)


def _of_values(left: Term, operator: str, right: Term, binding: int) -> Term:
    if operator in _COMPARISONS:
        return _comparison(left, operator, right, binding)
    if operator == "/":
        first, second = double_of(left), double_of(right)
        text = f"{first.within(binding)} / {second.within(binding + 1)}"
        return Term(text, "double", binding)
    if operator == "+":
        return _sum(left, right, binding)
    return _product(numeric_or_any(left), operator, numeric_or_any(right), binding)


def _sum(left: Term, right: Term, binding: int) -> Term:
    """``a + b``: of numbers, or of a text and anything that JavaScript makes a text of."""
    if "string" in {left.type, right.type}:
        left, right = text_of(left), text_of(right)
        text = f"{left.within(binding)} + {right.within(binding + 1)}"
        return Term(text, "string", binding)
    for term in (left, right):
        refuse_unless_any(term, *NUMBERS)
    if left.type == right.type == "dyn":
        # CEL puts lists behind each other, of which JavaScript makes texts.
        text = f"{left.within(binding)} + {right.within(binding + 1)}"
        failure = failing("lists are converted in silence here")
        return short(f"(type({left.text}) == type([]) ? {failure} : {text})", "scalar")
    return _product(left, "+", right, binding)


def _product(left: Term, operator: str, right: Term, binding: int) -> Term:
    """Arithmetic of numbers; whatever else an operand turns out to be fails, but for texts."""
    if operator == "%" and "double" in {left.type, right.type}:
        raise UntranslatableError("`%` is for whole numbers")
    left, right = _alike(left, right), _alike(right, left)
    text = f"{left.within(binding)} {operator} {right.within(binding + 1)}"
    if left.type == right.type and left.type in NUMBERS:
        return Term(text, left.type, binding)
    both = operator == "+" and not {left.type, right.type} & NUMBERS
    return Term(text, "scalar" if both else "number", binding)


def _comparison(left: Term, operator: str, right: Term, binding: int) -> Term:
    if operator == "in":
        return _key_in(left, right)
    known = {KINDS[one.type] for one in (left, right) if one.type in KINDS}
    if left.type in OBJECTS or right.type in OBJECTS:
        raise UntranslatableError("lists and objects are not compared by what is in them")
    if len(known) > 1:
        raise UntranslatableError(f"{' and '.join(sorted(known))} are compared")
    if "null" in {left.type, right.type} and operator not in _EQUALITY:
        raise UntranslatableError("`null` is converted in silence here")
    # CEL's comparisons do not chain without parentheses.
    text = f"{left.within(binding + 1)} {operator} {right.within(binding + 1)}"
    return Term(text, "bool", binding)


def _key_in(left: Term, right: Term) -> Term:
    """``'key' in object``: of a list, JavaScript asks for an index."""
    if right.text == "event" and left.text in _EVENT_FIELDS:
        return Term("true", "bool")
    if left.type != "string" or right.type in KINDS:
        raise UntranslatableError("`in` asks for a text among the keys of a variable")
    return Term(f"{right.within(ATOM)}[?{left.text}].hasValue()", "bool")


def _logic(left: Term, operator: str, right: Term, binding: int) -> Term:
    """``a && b`` or ``a || b``."""
    first, second = truth(left), truth(right)
    text = f"{first.within(binding)} {operator} {second.within(binding)}"
    if left.type == right.type == "bool":
        return Term(text, "bool", binding)
    if TOO_LONG in {left.value, right.value}:
        return Term(text, "dyn", binding, value=TOO_LONG)
    kept, other = valued(left).within(CONDITIONAL + 1), valued(right).within(CONDITIONAL + 1)
    condition = first.within(CONDITIONAL + 1)
    chosen = f"{other} : {kept}" if operator == "&&" else f"{kept} : {other}"
    value = f"{condition} ? {chosen}"
    fits = len(value) <= LENGTH_LIMIT
    return Term(text, "dyn", binding, value=value if fits else TOO_LONG)


def _missing(term: Term, operator: str) -> Term:
    """Whether something is not there."""
    if not term.root:
        raise UntranslatableError("only a path can be compared with undefined")
    if term.text.endswith("]") and not term.name:
        raise UntranslatableError("only a plain path can be compared with undefined")
    there = presence(term) or "true"
    if operator == "!=":
        return Term(there, "bool", BINARY["!="][0])
    return Term(f"!({there})", "bool", UNARY)


def _alike(term: Term, other: Term) -> Term:
    """An operand of arithmetic as its other operand needs it."""
    return double_of(term) if other.type == "double" and term.type != "double" else term
