"""Parts of ECMAScript expressions, translated to CEL: what operators and functions make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.flows.names import quoted
from statewright.flows.outline import INT64_MAX, shown

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
_LENGTH_LIMIT: Final = 10_000

CONDITIONAL: Final = 1
UNARY: Final = 8
ATOM: Final = 9
"""How tight the other parts bind."""

_EQUALITY: Final = frozenset({"==", "!="})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_LOGIC: Final = frozenset({"&&", "||"})

_EVENT_FIELDS: Final = frozenset(
    map(quoted, ("name", "type", "sendid", "origin", "origintype", "invokeid", "data"))
)
"""What every event of SCXML has (5.10.1), be it without a value."""

_TOO_LONG: Final = "…"
"""The value of what can be a condition only."""

_NOTHING: Final = "[false, 0, '', null]"
"""What counts as false."""

_BLANKS: Final[Mapping[str, str]] = MappingProxyType({"int": "0", "double": "0.0", "string": "''"})
_ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {"list": "true", "map": "true", "null": "false", "undefined": "false"}
)
"""What values of known types are compared with, or else count as."""

_FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "In": ("In", "bool"),
        "Math.abs": ("math.abs", "dyn"),
        "Math.min": ("math.least", "dyn"),
        "Math.max": ("math.greatest", "dyn"),
        "String": ("string", "string"),
        "Number": ("double", "double"),
        "Boolean": ("bool", "bool"),
    }
)
"""Functions, what CEL calls them, and what they give."""


class UntranslatableError(Exception):
    """An expression says something that CEL cannot; the message says what."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the expression, translated.

    Attributes:
        text: in CEL.
        type: its CEL type, ``dyn``, ``null`` or ``undefined``.
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
        UntranslatableError: it is larger than CEL's.
    """
    if "." not in text:
        if len(text) > 19 or int(text) > INT64_MAX:
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
    if term.name in _FUNCTIONS or term.name.startswith("Math"):
        raise UntranslatableError(f"`{term.name}` is not called")
    if term.value == _TOO_LONG:
        raise UntranslatableError("it is too long when it is written out")
    return Term(term.value, "dyn", CONDITIONAL) if term.value else term


def truth(term: Term) -> Term:
    """A term as a condition: what is neither false nor nothing, nor zero, nor empty, is true."""
    if term.type == "bool" or term.value:
        return term
    term = valued(term)
    if term.type in _ALWAYS:
        return Term(_ALWAYS[term.type], "bool")
    if term.type in _BLANKS:
        compared = term.within(BINARY["!="][0] + 1)
        return Term(f"{compared} != {_BLANKS[term.type]}", "bool", BINARY["!="][0])
    filled = f"!({term.within(BINARY['in'][0] + 1)} in {_NOTHING})"
    there = _presence(term)
    if not there:
        return Term(filled, "bool", UNARY)
    return Term(f"{there} && {filled}", "bool", BINARY["&&"][0])


def _presence(term: Term) -> str:
    """Whether there is what a path leads to; ``""`` where that cannot be asked."""
    if term.name:
        return f"{quoted(term.name)} in vars" if term.root else ""
    if term.text == "event.data":
        return "event.data != {}"  # what an event without data has
    askable = term.root and "." in term.text and not term.text.endswith("]")
    return f"has({term.text})" if askable else ""


def called(term: Term, arguments: list[Term]) -> Term:
    """A function that is called.

    Raises:
        UntranslatableError: CEL has no counterpart of it.
    """
    texts = [argument.text for argument in arguments]
    if term.name == "Math.pow":
        return _power(arguments)
    if term.name in {"Math.floor", "Math.ceil", "Math.round"} and len(texts) == 1:
        function = term.name.lower()
        return Term(f"int({function}(double({texts[0]})))", "int")
    if term.name not in _FUNCTIONS:
        written = term.name or term.text
        raise UntranslatableError(f"`{written[:40]}()` has no counterpart")
    function, type_ = _FUNCTIONS[term.name]
    return Term(f"{function}({', '.join(texts)})", type_)


def _power(arguments: list[Term]) -> Term:
    """A power with a small exponent that is written out."""
    if len(arguments) != 2 or arguments[1].text not in {"1", "2", "3", "4"}:
        raise UntranslatableError("`Math.pow()` needs an exponent from 1 to 4")
    base, exponent = arguments[0], int(arguments[1].text)
    binding = BINARY["*"][0]
    text = " * ".join([base.within(ATOM)] * exponent)
    if len(text) > _LENGTH_LIMIT:
        raise UntranslatableError("it is too long when its powers are written out")
    return Term(text, base.type, binding if exponent > 1 else ATOM)


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
    left, right = valued(left), valued(right)
    if operator in _COMPARISONS:
        return _comparison(left, operator, right, binding)
    if operator == "/":
        return Term(f"double({left.text}) / double({right.text})", "double", binding)
    left, right = _alike(left, right, operator), _alike(right, left, operator)
    text = f"{left.within(binding)} {operator} {right.within(binding + 1)}"
    return Term(text, left.type if left.type == right.type else "dyn", binding)


def _comparison(left: Term, operator: str, right: Term, binding: int) -> Term:
    if operator == "in" and right.text == "event" and left.text in _EVENT_FIELDS:
        return Term("true", "bool")
    # CEL's comparisons do not chain without parentheses.
    text = f"{left.within(binding + 1)} {operator} {right.within(binding + 1)}"
    return Term(text, "bool", binding)


def _logic(left: Term, operator: str, right: Term, binding: int) -> Term:
    """``a && b`` or ``a || b``."""
    first, second = truth(left), truth(right)
    text = f"{first.within(binding)} {operator} {second.within(binding)}"
    if left.type == right.type == "bool":
        return Term(text, "bool", binding)
    if _TOO_LONG in {left.value, right.value}:
        return Term(text, "dyn", binding, value=_TOO_LONG)
    kept, other = valued(left).within(CONDITIONAL + 1), valued(right).within(CONDITIONAL + 1)
    condition = first.within(CONDITIONAL + 1)
    chosen = f"{other} : {kept}" if operator == "&&" else f"{kept} : {other}"
    value = f"{condition} ? {chosen}"
    fits = len(value) <= _LENGTH_LIMIT
    return Term(text, "dyn", binding, value=value if fits else _TOO_LONG)


def _missing(term: Term, operator: str) -> Term:
    """Whether something is not there."""
    if not term.root:
        raise UntranslatableError("only a path can be compared with undefined")
    if term.text.endswith("]") and not term.name:
        raise UntranslatableError("only a plain path can be compared with undefined")
    there = _presence(term) or "true"
    if operator == "!=":
        return Term(there, "bool", BINARY["!="][0])
    return Term(f"!({there})", "bool", UNARY)


def _alike(term: Term, other: Term, operator: str) -> Term:
    """An operand of arithmetic as its other operand needs it."""
    if operator == "+" and other.type == "string" and term.type != "string":
        return Term(f"string({term.text})", "string")
    if other.type == "double" and term.type in {"int", "dyn"}:
        return Term(f"double({term.text})", "double")
    return term
