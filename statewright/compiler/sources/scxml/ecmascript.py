"""ECMAScript of the plain subset → CEL: expressions, and scripts that only assign.

Paths, literals, lists and objects, comparisons, ``&& || !``, arithmetic, ``?:``, ``in``,
``typeof x === 'undefined'``, and a few methods and functions of ``Math``. A whole number stays an
int; a condition is true where JavaScript's is; what JavaScript would convert elsewhere is converted
where that can be told, and else is an error of the running chart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.sources.scxml.conversions import (
    counted_alike,
    in_ascii,
    length_of,
    numeric,
    numeric_or_any,
)
from statewright.compiler.sources.scxml.functions import called
from statewright.compiler.sources.scxml.operators import joined
from statewright.compiler.sources.scxml.terms import (
    ATOM,
    BINARY,
    CONDITIONAL,
    UNARY,
    Term,
    UntranslatableError,
    number,
    truth,
    valued,
)
from statewright.flows.names import is_identifier, quoted
from statewright.flows.outline import shown

_DEPTH_LIMIT: Final = 50
_LENGTH_LIMIT: Final = 10_000

_TOKEN = re.compile(
    r"""(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)*+(?:
      (?P<string>'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![\w.]))
    | (?P<name>[A-Za-z_$][\w$]*+)
    | (?P<symbol>===|!==|==|!=|<=|>=|&&|\|\||\+\+|--|[-+*/%]=|[-+*/%!<>().,?:;=\[\]{}])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([1-9xu]|0[0-9])|(\r\n|.))", re.DOTALL
)
_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    **dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), ""),
}

_METHODS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "includes": ("contains", "bool"),
        "startsWith": ("startsWith", "bool"),
        "endsWith": ("endsWith", "bool"),
        "indexOf": ("indexOf", "int"),
        "trim": ("trim", "string"),
        "toLowerCase": ("lowerAscii", "string"),
        "toUpperCase": ("upperAscii", "string"),
    }
)
"""Methods of texts, what CEL calls them, and what they give."""

_ALONE: Final = frozenset({"trim", "toLowerCase", "toUpperCase"})
_OF_ASCII: Final = frozenset({"trim", "toLowerCase", "toUpperCase"})
_COUNTING: Final = frozenset({"indexOf"})

_CONSTANTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "true": ("true", "bool"),
        "false": ("false", "bool"),
        "null": ("null", "null"),
        "undefined": ("optional.none()", "undefined"),
    }
)

_SYSTEM: Final[Mapping[str, str]] = MappingProxyType(
    {"_event": "event", "_sessionid": "session.id", "_name": "session.flow"}
)
_RESERVED: Final = frozenset(
    {"function", "new", "return", "var", "this", "delete", "void", "if", "NaN", "Infinity"}
)

_ASSIGNMENTS: Final = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "++", "--"})

Names = Callable[[str], str]
"""A name → how CEL reads it."""


def cel_from_ecmascript(
    text: str,
    names: Names = str,
    *,
    flags: Collection[str] = frozenset(),
    condition: bool = False,
) -> str:
    """The CEL of an expression.

    Args:
        text: the expression.
        names: how CEL reads the variables in it.
        flags: the variables that are never anything but true or false.
        condition: whether all that matters is whether it is true, as JavaScript sees it.

    Raises:
        UntranslatableError: it is no expression, or says more than CEL can.

    >>> cel_from_ecmascript("x === 100 && _event.type !== 'r'")
    "x == 100 && event.kind != 'r'"
    """
    if len(text) > _LENGTH_LIMIT:
        raise UntranslatableError("it is too long")
    parser = _Parser(text, names, flags)
    return (truth if condition else valued)(parser.whole()).text


def is_boolean(text: str) -> bool:
    """Whether an expression can be nothing but true or false.

    >>> is_boolean("x > 1 && !y"), is_boolean("x && y")
    (True, False)
    """
    try:
        return len(text) <= _LENGTH_LIMIT and _Parser(text, str).whole().type == "bool"
    except UntranslatableError:
        return False


def assignments_from_ecmascript(text: str, names: Names = str) -> list[tuple[str, str]]:
    """The assignments that a script consists of, each as a location and a value, in CEL.

    Args:
        text: the script.
        names: how CEL reads the variables in it.

    Raises:
        UntranslatableError: it does anything else.

    >>> assignments_from_ecmascript("x = 1; x *= y + 2; n++")
    [('x', '1'), ('x', 'x * (y + 2)'), ('n', 'n + 1')]
    """
    if len(text) > _LENGTH_LIMIT:
        raise UntranslatableError("it is too long")
    return list(_Parser(text, names).assignments())


class _Parser:
    """Reads an expression from left to right."""

    def __init__(self, text: str, names: Names, flags: Collection[str] = frozenset()) -> None:
        self._text = text
        self._names = names
        self._flags = flags
        self._at = 0
        self._depth = 0
        self._kind = ""
        self._value = ""
        self._next()

    def whole(self) -> Term:
        term = self._expression(0)
        if self._kind != "end":
            raise UntranslatableError(f"{shown(self._value)} is not understood here")
        return term

    def assignments(self) -> Iterator[tuple[str, str]]:
        while self._kind != "end":
            if self._take(";"):
                continue
            target = self._postfix()
            operator = self._value if self._kind == "symbol" else ""
            if not target.root or target.root in _SYSTEM or operator not in _ASSIGNMENTS:
                raise UntranslatableError("only assignments to variables are understood here")
            self._next()
            if operator in {"++", "--"}:
                value = joined(target, operator[0], number("1"), BINARY[operator[0]][0])
            else:
                value = valued(self._expression(0))
                if operator != "=":
                    value = joined(target, operator[0], value, BINARY[operator[0]][0])
            yield target.text, value.text

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

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise UntranslatableError(f"`{symbol}` is missing")

    def _expression(self, least: int) -> Term:
        """An expression of operators that bind tighter than ``least``."""
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise UntranslatableError("it is nested too deep")
        left = self._unary()
        while self._kind in {"symbol", "name"} and self._value in BINARY:
            binding, operator = BINARY[self._value]
            if binding <= least:
                break
            self._next()
            left = joined(left, operator, self._expression(binding), binding)
        if least < CONDITIONAL and self._take("?"):
            left = self._conditional(left)
        self._depth -= 1
        return left

    def _conditional(self, condition: Term) -> Term:
        then = valued(self._expression(0))
        self._expect(":")
        otherwise = valued(self._expression(0))
        type_ = then.type if then.type == otherwise.type else "dyn"
        parts = (truth(condition), then, otherwise)
        first, second, third = (part.within(CONDITIONAL + 1) for part in parts)
        return Term(f"{first} ? {second} : {third}", type_, CONDITIONAL)

    def _unary(self) -> Term:
        if self._take("!"):
            operand = truth(self._expression(UNARY - 1))
            return Term(f"!{operand.within(ATOM)}", "bool", UNARY)
        if self._take("-"):
            operand = valued(self._expression(UNARY - 1))
            type_ = numeric_or_any(operand).type
            return Term(f"-{operand.within(ATOM)}", "number" if type_ == "dyn" else type_, UNARY)
        if self._take("+"):
            return numeric(valued(self._expression(UNARY - 1)))
        if self._kind == "name" and self._value == "typeof":
            self._next()
            return Term("", "typeof", subject=self._expression(UNARY - 1))
        return self._postfix()

    def _postfix(self) -> Term:
        term = self._primary()
        while True:
            if self._take("."):
                name = self._value
                if self._kind != "name":
                    raise UntranslatableError("a name is missing behind `.`")
                self._next()
                term = self._member(term, name)
            elif self._take("["):
                index = valued(self._expression(0)).text
                self._expect("]")
                if term.text == "event" and index == quoted("type"):
                    index = quoted("kind")
                term = Term(f"{valued(term).within(ATOM)}[{index}]", root=term.root)
            elif self._take("("):
                term = called(term, self._arguments())
            else:
                return term

    def _member(self, term: Term, name: str) -> Term:
        if term.name == "Math":
            return Term("", name=f"Math.{name}")
        term = valued(term)
        if name in _METHODS and self._take("("):
            return self._method(term, name)
        if name == "length":
            return length_of(term)
        if term.text == "event" and name == "type":
            name = "kind"
        step = f".{name}" if is_identifier(name) else f"[{quoted(name)}]"
        return Term(term.within(ATOM) + step, root=term.root)

    def _method(self, term: Term, name: str) -> Term:
        """A method of a text: what is none fails."""
        method, type_ = _METHODS[name]
        arguments = self._arguments()
        if len(arguments) != (name not in _ALONE):
            raise UntranslatableError(f"`{name}()` takes {'no' if name in _ALONE else 'one'} value")
        for text in (term, *arguments):
            if text.type not in {"string", "dyn", "scalar"}:
                raise UntranslatableError(f"`{name}()` is for texts")
        if name in _OF_ASCII:
            term = in_ascii(term)
        if name in _COUNTING:
            term = Term(counted_alike(term), "string")
        inside = ", ".join(argument.text for argument in arguments)
        return Term(f"{term.within(ATOM)}.{method}({inside})", type_)

    def _arguments(self) -> list[Term]:
        arguments: list[Term] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            arguments.append(valued(self._expression(0)))
        return arguments

    def _primary(self) -> Term:
        kind, value = self._kind, self._value
        if self._take("("):
            inner = self._expression(0)
            self._expect(")")
            return inner
        if self._take("["):
            return self._list()
        if self._take("{"):
            return self._object()
        if kind in {"symbol", "end"}:
            found = shown(value) if value else "the end"
            raise UntranslatableError(f"a value is missing before {found}")
        self._next()
        if kind == "string":
            return Term(quoted(_text(value)), "string")
        if kind == "number":
            return number(value)
        return self._name(value)

    def _name(self, name: str) -> Term:
        if name in _CONSTANTS:
            return Term(*_CONSTANTS[name])
        if name in _RESERVED:
            raise UntranslatableError(f"`{name}` has no counterpart")
        if name in _SYSTEM:
            return Term(_SYSTEM[name], "dyn" if name == "_event" else "string", root=name)
        if name == "_ioprocessors":
            return Term("session.ioprocessors", root=name)
        type_ = "bool" if name in self._flags else "dyn"
        return Term(self._names(name), type_, name=name, root=name)

    def _list(self) -> Term:
        items: list[str] = []
        while not self._take("]"):
            if items:
                self._expect(",")
            items.append(valued(self._expression(0)).text)
        return Term(f"[{', '.join(items)}]", "list")

    def _object(self) -> Term:
        entries: list[str] = []
        while not self._take("}"):
            if entries:
                self._expect(",")
            if self._kind not in {"name", "string", "number"}:
                raise UntranslatableError("a key is missing in `{…}`")
            key = _key(self._kind, self._value)
            self._next()
            self._expect(":")
            entries.append(f"{quoted(key)}: {valued(self._expression(0)).text}")
        return Term(f"{{{', '.join(entries)}}}", "map")


def _key(kind: str, written: str) -> str:
    """The key of an object."""
    if kind == "number" and "." in written:
        raise UntranslatableError("a key is a name, a text or a whole number")
    plain = number(written).text if kind == "number" else written
    key = _text(written) if kind == "string" else plain
    if key == "__proto__":
        raise UntranslatableError("`__proto__` has no counterpart")
    return key


def _text(written: str) -> str:
    """The text that a string literal stands for."""

    def character(match: re.Match[str]) -> str:
        if match[3]:
            raise UntranslatableError(f"`{match[0]}` has no counterpart")
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPES.get(match[4], match[4])

    text = _ESCAPE.sub(character, written[1:-1])
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UntranslatableError("half of a surrogate pair is no character")
    return text
