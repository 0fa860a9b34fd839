"""ECMAScript of the plain subset → CEL: expressions, and scripts that only assign.

Paths, literals, lists and objects, comparisons, ``&& || !``, arithmetic, ``?:``, ``in``,
``typeof x === 'undefined'``, and a few methods and functions of ``Math``. A whole number stays an
int; what JavaScript would convert on the way is converted where that can be told, and else is an
error of the running chart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.flows.names import is_identifier, quoted
from statewright.flows.outline import INT64_MAX, shown

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
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}

_BINARY: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
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

_CONDITIONAL: Final = 1
_UNARY: Final = 8
_ATOM: Final = 9
_EQUALITY: Final = frozenset({"==", "!="})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_LOGIC: Final = frozenset({"&&", "||"})

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
_RESERVED: Final = frozenset({"function", "new", "return", "var", "this", "delete", "void", "if"})

_ASSIGNMENTS: Final = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "++", "--"})

Names = Callable[[str], str]
"""A name → how CEL reads it."""


class UntranslatableError(Exception):
    """An expression says something that CEL cannot; the message says what."""


def cel_from_ecmascript(text: str, names: Names = str) -> str:
    """The CEL of an expression.

    Args:
        text: the expression.
        names: how CEL reads the variables in it.

    Raises:
        UntranslatableError: it is no expression, or says more than CEL can.

    >>> cel_from_ecmascript("x === 100 && _event.type !== 'r' + n")
    "x == 100 && event.kind != 'r' + string(n)"
    """
    if len(text) > _LENGTH_LIMIT:
        raise UntranslatableError("it is too long")
    return _Parser(text, names).whole()


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


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of the expression, translated.

    Attributes:
        text: in CEL.
        type: its CEL type, ``dyn``, ``null`` or ``undefined``.
        binding: how tight its outermost operator binds.
        name: the function or variable that it is, as it was written: ``Math.pow``, or ``""``.
        root: of a path, the variable that it begins with; else ``""``.
        subject: what ``typeof`` asks about, for such a term.
    """

    text: str
    type: str = "dyn"
    binding: int = _ATOM
    name: str = ""
    root: str = ""
    subject: _Term | None = None

    def within(self, binding: int) -> str:
        """Its text as an operand of an operator that binds so tight."""
        return self.text if self.binding >= binding else f"({self.text})"


class _Parser:
    """Reads an expression from left to right."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names
        self._at = 0
        self._depth = 0
        self._kind = ""
        self._value = ""
        self._next()

    def whole(self) -> str:
        term = self._expression(0)
        if self._kind != "end":
            raise UntranslatableError(f"{shown(self._value)} is not understood here")
        return _value(term).text

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
                value = _joined(target, operator[0], _number("1"), _BINARY[operator[0]][0])
            else:
                value = _value(self._expression(0))
                if operator != "=":
                    value = _joined(target, operator[0], value, _BINARY[operator[0]][0])
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

    def _expression(self, least: int) -> _Term:
        """An expression of operators that bind tighter than ``least``."""
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise UntranslatableError("it is nested too deep")
        left = self._unary()
        while self._kind in {"symbol", "name"} and self._value in _BINARY:
            binding, operator = _BINARY[self._value]
            if binding <= least:
                break
            self._next()
            left = _joined(left, operator, self._expression(binding), binding)
        if least < _CONDITIONAL and self._take("?"):
            left = self._conditional(left)
        self._depth -= 1
        return left

    def _conditional(self, condition: _Term) -> _Term:
        then = _value(self._expression(0))
        self._expect(":")
        otherwise = _value(self._expression(0))
        type_ = then.type if then.type == otherwise.type else "dyn"
        parts = (_truth(condition), then, otherwise)
        first, second, third = (part.within(_CONDITIONAL + 1) for part in parts)
        return _Term(f"{first} ? {second} : {third}", type_, _CONDITIONAL)

    def _unary(self) -> _Term:
        if self._take("!"):
            operand = _truth(self._expression(_UNARY - 1))
            return _Term(f"!{operand.within(_ATOM)}", "bool", _UNARY)
        if self._take("-"):
            operand = _value(self._expression(_UNARY - 1))
            return _Term(f"-{operand.within(_ATOM)}", operand.type, _UNARY)
        if self._take("+"):
            return _value(self._expression(_UNARY - 1))
        if self._kind == "name" and self._value == "typeof":
            self._next()
            return _Term("", "typeof", subject=self._expression(_UNARY - 1))
        return self._postfix()

    def _postfix(self) -> _Term:
        term = self._primary()
        while True:
            if self._take("."):
                name = self._value
                if self._kind != "name":
                    raise UntranslatableError("a name is missing behind `.`")
                self._next()
                term = self._member(term, name)
            elif self._take("["):
                index = _value(self._expression(0)).text
                self._expect("]")
                if term.text == "event" and index == quoted("type"):
                    index = quoted("kind")
                term = _Term(f"{_value(term).within(_ATOM)}[{index}]", root=term.root)
            elif self._take("("):
                term = _called(term, self._arguments())
            else:
                return term

    def _member(self, term: _Term, name: str) -> _Term:
        if term.name == "Math":
            return _Term("", name=f"Math.{name}")
        term = _value(term)
        if name in _METHODS and self._take("("):
            method, type_ = _METHODS[name]
            arguments = ", ".join(argument.text for argument in self._arguments())
            return _Term(f"{term.within(_ATOM)}.{method}({arguments})", type_)
        if name == "length":
            return _Term(f"size({term.text})", "int")
        if term.text == "event" and name == "type":
            name = "kind"
        step = f".{name}" if is_identifier(name) else f"[{quoted(name)}]"
        return _Term(term.within(_ATOM) + step, root=term.root)

    def _arguments(self) -> list[_Term]:
        arguments: list[_Term] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            arguments.append(_value(self._expression(0)))
        return arguments

    def _primary(self) -> _Term:
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
            return _Term(quoted(_text(value)), "string")
        if kind == "number":
            return _number(value)
        return self._name(value)

    def _name(self, name: str) -> _Term:
        if name in _CONSTANTS:
            return _Term(*_CONSTANTS[name])
        if name in _RESERVED:
            raise UntranslatableError(f"`{name}` has no counterpart")
        if name in _SYSTEM:
            return _Term(_SYSTEM[name], root=name)
        if name == "_ioprocessors":
            return _Term("session.ioprocessors", root=name)
        return _Term(self._names(name), name=name, root=name)

    def _list(self) -> _Term:
        items: list[str] = []
        while not self._take("]"):
            if items:
                self._expect(",")
            items.append(_value(self._expression(0)).text)
        return _Term(f"[{', '.join(items)}]", "list")

    def _object(self) -> _Term:
        entries: list[str] = []
        while not self._take("}"):
            if entries:
                self._expect(",")
            if self._kind not in {"name", "string", "number"}:
                raise UntranslatableError("a key is missing in `{…}`")
            key = _text(self._value) if self._kind == "string" else self._value
            self._next()
            self._expect(":")
            entries.append(f"{quoted(key)}: {_value(self._expression(0)).text}")
        return _Term(f"{{{', '.join(entries)}}}", "map")


def _text(written: str) -> str:
    """The text that a string literal stands for."""

    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPES.get(match[3], match[3])

    text = _ESCAPE.sub(character, written[1:-1])
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UntranslatableError("half of a surrogate pair is no character")
    return text


def _number(text: str) -> _Term:
    if "." not in text:
        if len(text) > 19 or int(text) > INT64_MAX:
            raise UntranslatableError(f"{shown(text)} is too large")
        return _Term(str(int(text)), "int")
    return _Term(repr(float(text)), "double")


def _value(term: _Term) -> _Term:
    """A term that has a value; a function that is not called has none, nor has ``typeof``."""
    if term.subject is not None:
        raise UntranslatableError("`typeof` can only be compared with 'undefined'")
    if term.name in _FUNCTIONS or term.name.startswith("Math"):
        raise UntranslatableError(f"`{term.name}` is not called")
    return term


def _truth(term: _Term) -> _Term:
    """A term as a condition; JavaScript's truth of other values is not CEL's."""
    if _value(term).type in {"bool", "dyn"}:
        return term
    raise UntranslatableError(f"{shown(term.text)} is no condition; compare it with something")


def _called(term: _Term, arguments: list[_Term]) -> _Term:
    texts = [argument.text for argument in arguments]
    if term.name == "Math.pow":
        return _power(arguments)
    if term.name in {"Math.floor", "Math.ceil", "Math.round"} and len(texts) == 1:
        function = term.name.lower()
        return _Term(f"int({function}(double({texts[0]})))", "int")
    if term.name not in _FUNCTIONS:
        written = term.name or term.text
        raise UntranslatableError(f"`{written[:40]}()` has no counterpart")
    function, type_ = _FUNCTIONS[term.name]
    return _Term(f"{function}({', '.join(texts)})", type_)


def _power(arguments: list[_Term]) -> _Term:
    """A power with a small exponent that is written out."""
    if len(arguments) != 2 or arguments[1].text not in {"1", "2", "3", "4"}:
        raise UntranslatableError("`Math.pow()` needs an exponent from 1 to 4")
    base, exponent = arguments[0], int(arguments[1].text)
    binding = _BINARY["*"][0]
    text = " * ".join([base.within(_ATOM)] * exponent)
    return _Term(text, base.type, binding if exponent > 1 else _ATOM)


def _joined(left: _Term, operator: str, right: _Term, binding: int) -> _Term:
    if operator in _LOGIC:
        texts = (_truth(side).within(binding) for side in (left, right))
        return _Term(f" {operator} ".join(texts), "bool", binding)
    if operator in _EQUALITY:
        for term, other in ((left, right), (right, left)):
            if term.subject is not None and other.text == quoted("undefined"):
                return _missing(term.subject, operator)
            if other.type == "undefined":
                return _missing(term, operator)
    left, right = _value(left), _value(right)
    if operator == "in" and right.text == "event" and left.text == quoted("type"):
        left = _Term(quoted("kind"), "string")
    if operator in _COMPARISONS:
        # CEL's comparisons do not chain without parentheses.
        text = f"{left.within(binding + 1)} {operator} {right.within(binding + 1)}"
        return _Term(text, "bool", binding)
    if operator == "/":
        return _Term(f"double({left.text}) / double({right.text})", "double", binding)
    left, right = _alike(left, right, operator), _alike(right, left, operator)
    text = f"{left.within(binding)} {operator} {right.within(binding + 1)}"
    return _Term(text, left.type if left.type == right.type else "dyn", binding)


def _missing(term: _Term, operator: str) -> _Term:
    """Whether something is not there."""
    if not term.root:
        raise UntranslatableError("only a path can be compared with undefined")
    if term.name:
        there = f"{quoted(term.name)} in vars"
    elif term.text.endswith("]"):
        raise UntranslatableError("only a plain path can be compared with undefined")
    else:
        there = f"has({term.text})" if "." in term.text else "true"
    if operator == "!=":
        return _Term(there, "bool", _BINARY["in"][0])
    return _Term(f"!({there})", "bool", _UNARY)


def _alike(term: _Term, other: _Term, operator: str) -> _Term:
    """An operand of arithmetic as its other operand needs it."""
    if operator == "+" and other.type == "string" and term.type != "string":
        return _Term(f"string({term.text})", "string")
    if other.type == "double" and term.type in {"int", "dyn"}:
        return _Term(f"double({term.text})", "double")
    return term
