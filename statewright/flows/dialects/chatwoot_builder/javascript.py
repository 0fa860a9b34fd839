"""Conditions in the JavaScript of the builder → CEL.

A recursive-descent parser for the part of JavaScript that conditions are written in: paths (bare,
or in double braces), literals, comparisons, ``&& || !``, arithmetic, and a few methods. Values are
compared as CEL does, so a literal takes the type of the variable that it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.flows.names import quoted
from statewright.flows.outline import INT64_MAX, shown
from statewright.flows.placeholders import Path, path_from

_DEPTH_LIMIT: Final = 50
_LENGTH_LIMIT: Final = 10_000

_TOKEN = re.compile(
    r"""\s*+(?:
      \{\{(?P<hole>[^{}]*)\}\}
    | (?P<string>'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
    | (?P<name>[A-Za-z_$][\w$]*+)
    | (?P<symbol>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%!<>().,])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}

_BINARY: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "||": (1, "||"),
        "&&": (2, "&&"),
        "===": (3, "=="),
        "!==": (3, "!="),
        "==": (3, "=="),
        "!=": (3, "!="),
        "<": (4, "<"),
        "<=": (4, "<="),
        ">": (4, ">"),
        ">=": (4, ">="),
        "+": (5, "+"),
        "-": (5, "-"),
        "*": (6, "*"),
        "/": (6, "/"),
        "%": (6, "%"),
    }
)
"""How tight each operator binds, and what CEL calls it."""

_UNARY: Final = 7
_ATOM: Final = 8
_EQUALITY: Final = frozenset({"==", "!="})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_LOGIC: Final = frozenset({"&&", "||"})

_METHODS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "includes": ("contains", "bool"),
        "startsWith": ("startsWith", "bool"),
        "endsWith": ("endsWith", "bool"),
        "trim": ("trim", "string"),
        "toLowerCase": ("lowerAscii", "string"),
        "toUpperCase": ("upperAscii", "string"),
    }
)
"""JavaScript's methods of texts, what CEL calls them, and what they give."""

_CONSTANTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "true": ("true", "bool"),
        "false": ("false", "bool"),
        "null": ("null", "null"),
        "undefined": ("null", "null"),
    }
)

Resolve = Callable[[Path], tuple[str, str]]
"""A path → how CEL reads it, and its type: a CEL type, or ``dyn`` where it is not known."""


class UntranslatableError(Exception):
    """A condition says something that CEL cannot; the message says what."""


def cel_from_javascript(text: str, resolve: Resolve) -> str:
    """The CEL of a condition.

    Args:
        text: the condition.
        resolve: what the paths in it mean.

    Raises:
        UntranslatableError: it is no condition, or says more than CEL can.

    >>> cel_from_javascript('{{a}} === "x" && !b', lambda path: (path[0], "dyn"))
    "a == 'x' && !b"
    """
    if len(text) > _LENGTH_LIMIT:
        raise UntranslatableError("it is too long")
    return _Parser(text, resolve).condition()


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of the condition, translated.

    Attributes:
        text: in CEL.
        type: its CEL type, ``dyn`` or ``null``.
        binding: how tight its outermost operator binds.
        literal: the literal that it is, as it was written, or None.
        path: the path that it is, or None.
    """

    text: str
    type: str
    binding: int = _ATOM
    literal: str | None = None
    path: Path | None = None

    def within(self, binding: int) -> str:
        """Its text as an operand of an operator that binds so tight."""
        return self.text if self.binding >= binding else f"({self.text})"


class _Parser:
    """Reads a condition from left to right."""

    def __init__(self, text: str, resolve: Resolve) -> None:
        self._text = text
        self._resolve = resolve
        self._at = 0
        self._depth = 0
        self._kind = ""
        self._value = ""
        self._next()

    def condition(self) -> str:
        term = self._expression(0)
        if self._kind != "end":
            raise UntranslatableError(f"{shown(self._value)} is not understood here")
        return _truth(term).text

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            rest = self._text[self._at :].strip()
            raise UntranslatableError(f"{shown(rest, 20)} is not understood here")
        self._at = match.end()
        self._kind = match.lastgroup or "end"
        self._value = match[self._kind]

    def _take(self, symbol: str) -> bool:
        if self._kind == "symbol" and self._value == symbol:
            self._next()
            return True
        return False

    def _expression(self, least: int) -> _Term:
        """An expression of operators that bind tighter than ``least``."""
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise UntranslatableError("it is nested too deep")
        left = self._unary()
        while self._kind == "symbol" and self._value in _BINARY:
            binding, operator = _BINARY[self._value]
            if binding <= least:
                break
            self._next()
            left = _joined(left, operator, self._expression(binding), binding)
        self._depth -= 1
        return left

    def _unary(self) -> _Term:
        if self._take("!"):
            operand = _truth(self._expression(_UNARY - 1))
            return _Term(f"!{operand.within(_ATOM)}", "bool", _UNARY)
        if self._take("-"):
            operand = self._expression(_UNARY - 1)
            literal = None if operand.literal is None else f"-{operand.literal}"
            return _Term(f"-{operand.within(_ATOM)}", operand.type, _UNARY, literal)
        return self._postfix()

    def _postfix(self) -> _Term:
        term = self._primary()
        while self._take("."):
            name = self._value
            if self._kind != "name":
                raise UntranslatableError("a name is missing behind `.`")
            self._next()
            term = self._member(term, name)
        return term

    def _member(self, term: _Term, name: str) -> _Term:
        if not self._take("("):
            if name == "length":
                return _Term(f"size({term.text})", "int")
            if term.path is None:
                raise UntranslatableError(f"`.{name}` is not understood here")
            return self._path((*term.path, name))
        if name not in _METHODS:
            raise UntranslatableError(f"`{name}()` has no counterpart")
        arguments = "" if self._kind == "symbol" else self._expression(0).text
        if not self._take(")"):
            raise UntranslatableError("`)` is missing")
        method, type_ = _METHODS[name]
        return _Term(f"{term.within(_ATOM)}.{method}({arguments})", type_)

    def _primary(self) -> _Term:
        kind, value = self._kind, self._value
        if self._take("("):
            inner = self._expression(0)
            if not self._take(")"):
                raise UntranslatableError("`)` is missing")
            return inner
        if kind in ("symbol", "end"):
            found = shown(value) if value else "the end"
            raise UntranslatableError(f"a value is missing before {found}")
        self._next()
        if kind == "string":
            text = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), value[1:-1])
            return _Term(quoted(text), "string", literal=text)
        if kind == "number":
            return _number(value)
        if kind == "name":
            if value in _CONSTANTS:
                return _Term(*_CONSTANTS[value])
            return self._path((value,))
        path = path_from(value)
        if path is None:
            raise UntranslatableError(f"{shown(value.strip())} is no path")
        return self._path(path)

    def _path(self, path: Path) -> _Term:
        return _Term(*self._resolve(path), path=path)


def _number(text: str) -> _Term:
    if "." not in text and int(text[:20]) > INT64_MAX:
        raise UntranslatableError(f"{shown(text)} is too large")
    return _Term(text, "double" if "." in text else "int", literal=text)


def _truth(term: _Term) -> _Term:
    """A term as a condition; JavaScript's truth of other values is not CEL's."""
    if term.type in ("bool", "dyn"):
        return term
    raise UntranslatableError(f"{shown(term.text)} is no condition; compare it with something")


def _joined(left: _Term, operator: str, right: _Term, binding: int) -> _Term:
    if operator in _LOGIC:
        texts = (_truth(side).within(binding) for side in (left, right))
        return _Term(f" {operator} ".join(texts), "bool", binding)
    if operator in _EQUALITY and "null" in (left.type, right.type):
        return _null_test(left, operator, right)
    if operator in _COMPARISONS:
        left, right = _alike(left, right, operator), _alike(right, left, operator)
        # CEL's comparisons do not chain without parentheses.
        text = f"{left.within(binding + 1)} {operator} {right.within(binding + 1)}"
        return _Term(text, "bool", binding)
    left, right = _alike(left, right, operator), _alike(right, left, operator)
    text = f"{left.within(binding)} {operator} {right.within(binding + 1)}"
    return _Term(text, left.type if left.type == right.type else "dyn", binding)


def _null_test(left: _Term, operator: str, right: _Term) -> _Term:
    """Whether something is null, or not there at all."""
    term = left if right.type == "null" else right
    if term.path is None or term.text.endswith("]"):
        raise UntranslatableError("only a plain path can be compared with null")
    there = f"has({term.text})" if len(term.path) > 1 else f"({quoted(term.path[0])} in vars)"
    if operator == "!=":
        return _Term(f"{there} && {term.text} != null", "bool", _BINARY["&&"][0])
    return _Term(f"!{there} || {term.text} == null", "bool", _BINARY["||"][0])


def _alike(term: _Term, other: _Term, operator: str) -> _Term:
    """A term as one that can be compared with another, as JavaScript does it."""
    if term.literal is not None:
        return _literal_alike(term, other, operator)
    if other.literal is None or term.type == other.type:
        return term
    if term.type == "string" and other.type in ("int", "double") and operator not in _EQUALITY:
        return _Term(f"double({term.text})", "double")
    return term


def _literal_alike(term: _Term, other: _Term, operator: str) -> _Term:
    written = term.literal or ""
    if other.type == "double" and re.fullmatch(r"\s*-?[0-9]{1,300}(\.[0-9]+)?\s*", written):
        return _Term(_as_double(written.strip()), "double")
    if other.type == "bool" and written in ("true", "false"):
        return _Term(written, "bool")
    if other.type == "string" and term.type in ("int", "double"):
        if operator in _EQUALITY:
            return _Term(quoted(written), "string")
        return _Term(_as_double(written), "double")
    return term


def _as_double(written: str) -> str:
    return written if "." in written else f"{written}.0"
