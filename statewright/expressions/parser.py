"""CEL text → syntax tree: operator precedence with explicit stacks, so that no depth overflows.

The parser is always in one of two states. Where a *value* has to come next, a literal or name
becomes an operand, and a prefix operator or an opening bracket is remembered. *Behind* a value
come an infix operator, a selection or the end of a bracket. Operators wait on a stack until one
that binds less tightly arrives; then the run of those that bind most tightly becomes one node.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from statewright.errors import ExpressionError
from statewright.expressions.grammar import (
    CONSTANTS,
    MACROS,
    PRECEDENCE,
    PREFIX,
    RESERVED,
    TERNARY,
)
from statewright.expressions.syntax import (
    DEPTH_LIMIT,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
    depth,
)
from statewright.expressions.tokens import Token, TokenKind, tokens
from statewright.expressions.values import INT_MAX, Uint, has_lone_surrogate

LENGTH_LIMIT: Final = 100_000
"""The characters that an expression may have."""

_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_WANTED: Final = {
    "root": "the end",
    "then": "`:`",
    "group": "`)`",
    "call": "`,` or `)`",
    "index": "`]`",
    "list": "`,` or `]`",
    "map": "`,`, `:` or `}`",
}
_IN: Final = (TokenKind.NAME, "in")
_OPENED_BY: Final = {"call": "(", "group": "(", "index": "[", "list": "[", "map": "{"}


def parse(text: str) -> Expression:
    """The expression that ``text`` is.

    Raises:
        ExpressionError: it is none; says what is wrong, and where.
    """
    if len(text) > LENGTH_LIMIT:
        raise ExpressionError(
            text, 0, len(text), f"the expression is longer than {LENGTH_LIMIT} characters"
        )
    if has_lone_surrogate(text):
        raise ExpressionError(text, 0, len(text), "the text holds half a character")
    words = list(tokens(text))
    root = _Parser(text, words).parsed()
    if len(words) > DEPTH_LIMIT and depth(root) > DEPTH_LIMIT:
        raise ExpressionError(
            text, 0, len(text), f"the expression is nested more than {DEPTH_LIMIT} levels deep"
        )
    return Expression(text, root)


@dataclass(slots=True)
class _Pending:
    """An operator on the stack: a prefix, an infix, or a ternary that waits for its last part."""

    precedence: int
    symbol: str
    start: int
    parts: tuple[Node, ...] = ()


@dataclass(slots=True)
class _Group:
    """A bracket that is open, with what was completed inside it so far.

    ``operators`` is how many operators wait outside it. What it belongs to (the target of a call,
    the condition before ``?``, what is indexed) is the operand on the stack below its own.
    """

    sort: str
    start: int
    operators: int
    function: str = ""
    position: int = 0
    member: bool = False
    items: list[Node] = field(default_factory=list)
    keys: list[Node] = field(default_factory=list)
    optional: set[int] = field(default_factory=set)


class _Parser:
    """One run over the tokens of one text."""

    def __init__(self, text: str, words: list[Token]) -> None:
        self.text = text
        self.words = words
        self.at = 0
        self.wants_value = True
        self.operands: list[Node] = []
        self.operators: list[_Pending] = []
        self.groups = [_Group("root", 0, 0)]

    def parsed(self) -> Node:
        while self.groups:
            token = self.words[self.at]
            self.at += 1
            if self.wants_value:
                _VALUE.get(token.kind, _Parser.refuse)(self, token)
            elif token.kind is TokenKind.SYMBOL or token[:2] == _IN:
                _BEHIND.get(token.value, _Parser.refuse)(self, token)
            elif token.kind is TokenKind.END:
                self.end(token)
            else:
                self.refuse(token)
        return self.operands[0]

    # What is wrong

    def error(self, token: Token | Node, reason: str, hint: str = "") -> ExpressionError:
        return ExpressionError(self.text, token.start, token.end, reason, hint)

    def refuse(self, token: Token) -> None:
        """Say what was expected instead of this token."""
        found = "the end" if token.kind is TokenKind.END else f"`{self.source(token)}`"
        if self.wants_value:
            raise self.error(token, f"expected a value, found {found}")
        wanted = _WANTED[self.groups[-1].sort]
        hint = {"and": "`and` is written `&&`", "or": "`or` is written `||`"}.get(token.value, "")
        raise self.error(token, f"expected an operator or {wanted}, found {found}", hint)

    def source(self, token: Token) -> str:
        return self.text[token.start : min(token.end, token.start + 40)]

    # Where a value has to come

    def literal(self, token: Token) -> None:
        value = token.value
        if token.kind is TokenKind.UINT:
            value = Uint(value)
        elif token.kind is TokenKind.INT and value > INT_MAX:
            raise self.error(token, "the number does not fit in a 64-bit int", "add `u` or `.0`")
        self.value(Literal(value, token.start, token.end))

    def value(self, node: Node) -> None:
        self.operands.append(node)
        self.wants_value = False

    def name(self, token: Token) -> None:
        word, following = token.value, self.words[self.at]
        if word in CONSTANTS:
            self.value(Literal(CONSTANTS[word], token.start, token.end))
        elif word in RESERVED:
            hint = f"a variable of that name is read as `vars['{word}']`" if word != "in" else ""
            raise self.error(token, f"`{word}` is a reserved word", hint)
        elif following.value == "(" and following.kind is TokenKind.SYMBOL:
            self.at += 1
            self.open("call", token.start, word, token.start)
        else:
            self.value(Name(word, token.start, token.end))

    def symbol(self, token: Token) -> None:
        """A symbol where a value has to come: a prefix, a bracket, or the end of an empty one."""
        symbol, group = token.value, self.groups[-1]
        if symbol in "!-":
            self.prefix(token)
        elif symbol == "(":
            self.open("group", token.start)
        elif symbol == "[":
            self.open("list", token.start)
        elif symbol == "{":
            self.open("map", token.start)
        elif symbol == ".":
            self.absolute(token)
        elif symbol == "?" and group.sort in ("list", "map") and self.item_starts(group):
            if len(group.items) in group.optional:
                self.refuse(token)
            group.optional.add(len(group.items))
        elif symbol in ")]}" and self.may_end_empty(group, symbol):
            self.close(token)
        else:
            self.refuse(token)

    def item_starts(self, group: _Group) -> bool:
        complete = len(group.keys) == len(group.items)
        return len(self.operators) == group.operators and (group.sort != "map" or complete)

    def may_end_empty(self, group: _Group, symbol: str) -> bool:
        """Whether the bracket may close where an item could start: ``[]``, ``[1,]``, ``f()``."""
        if _CLOSING.get(_OPENED_BY.get(group.sort, "")) != symbol or group.sort in (
            "group",
            "index",
        ):
            return False
        trailing = group.sort != "call" or not group.items
        return self.item_starts(group) and trailing and len(group.items) not in group.optional

    def prefix(self, token: Token) -> None:
        following = self.words[self.at]
        if token.value == "-" and following.kind in (TokenKind.INT, TokenKind.DOUBLE):
            self.at += 1
            value = -following.value
            if following.kind is TokenKind.INT and following.value > INT_MAX + 1:
                raise self.error(following, "the number does not fit in a 64-bit int", "add `.0`")
            self.value(Literal(value, token.start, following.end))
            return
        outer = self.operators[-1] if len(self.operators) > self.groups[-1].operators else None
        if outer is not None and outer.precedence == PREFIX and outer.symbol != token.value:
            raise self.error(token, f"`{token.value}` cannot follow `{outer.symbol}`", "use ( )")
        self.operators.append(_Pending(PREFIX, token.value, token.start))

    def absolute(self, token: Token) -> None:
        name = self.words[self.at]
        if name.kind is not TokenKind.NAME or name.value in RESERVED:
            self.refuse(token)
        self.at += 1
        following = self.words[self.at]
        if following.value == "(" and following.kind is TokenKind.SYMBOL:
            self.at += 1
            self.open("call", token.start, name.value, name.start)
        else:
            self.value(Name(name.value, token.start, name.end, absolute=True))

    # Behind a value

    def infix(self, token: Token) -> None:
        precedence = PRECEDENCE[token.value]
        self.reduce(precedence)
        self.operators.append(_Pending(precedence, token.value, token.start))
        self.wants_value = True

    def question(self, token: Token) -> None:
        if self.groups[-1].sort == "then":
            raise self.error(token, "a condition inside a condition", "put the inner one in ( )")
        self.reduce(TERNARY)
        self.open("then", token.start)

    def colon(self, token: Token) -> None:
        group = self.groups[-1]
        if group.sort == "then":
            self.reduce(TERNARY)
            self.groups.pop()
            parts = tuple(self.taken(2))
            self.operators.append(_Pending(TERNARY, "?", group.start, parts))
        elif group.sort == "map" and len(group.keys) == len(group.items):
            self.reduce(-1)
            group.keys.append(self.operands.pop())
        else:
            self.refuse(token)
        self.wants_value = True

    def comma(self, token: Token) -> None:
        group = self.groups[-1]
        if group.sort not in ("call", "list", "map"):
            self.refuse(token)
        self.item(group, token)
        self.wants_value = True

    def item(self, group: _Group, token: Token) -> None:
        """Complete an argument, an element or the value of an entry."""
        self.reduce(-1)
        if group.sort == "map" and len(group.keys) == len(group.items):
            raise self.error(token, f"expected `:` and a value, found `{self.source(token)}`")
        group.items.append(self.operands.pop())

    def dot(self, token: Token) -> None:
        optional = self.accept("?")
        name = self.words[self.at]
        reserved = name.value in ("in", "true", "false", "null")
        quoted = name.kind is TokenKind.QUOTED
        if not quoted and (name.kind is not TokenKind.NAME or reserved):
            hint = "write `value['…']`" if name.kind is TokenKind.NAME else ""
            raise self.error(name, "expected the name of a field", hint)
        self.at += 1
        if not quoted and not optional and self.accept("("):
            start = self.operands[-1].start
            self.open("call", start, name.value, name.start, member=True)
        else:
            operand = self.operands.pop()
            self.value(Select(operand, name.value, operand.start, name.end, optional))

    def bracket(self, token: Token) -> None:
        optional = self.accept("?")
        self.open("index", token.start)
        if optional:
            self.groups[-1].optional.add(0)

    def brace(self, token: Token) -> None:
        if isinstance(self.operands[-1], (Name, Select)):
            raise self.error(token, "messages are not supported", "write a map: `{'field': value}`")
        self.refuse(token)

    def accept(self, symbol: str) -> bool:
        token = self.words[self.at]
        accepted = token.kind is TokenKind.SYMBOL and bool(token.value == symbol)
        self.at += accepted
        return accepted

    # Brackets

    def open(
        self,
        sort: str,
        start: int,
        function: str = "",
        position: int = 0,
        *,
        member: bool = False,
    ) -> None:
        outside = len(self.operators)
        self.groups.append(_Group(sort, start, outside, function, position, member))
        self.wants_value = True

    def close(self, token: Token) -> None:
        group = self.groups[-1]
        opened = _OPENED_BY.get(group.sort)
        if opened is None or _CLOSING[opened] != token.value:
            self.refuse(token)
        if not self.wants_value:
            if group.sort in ("group", "index"):
                self.reduce(-1)
            else:
                self.item(group, token)
        self.groups.pop()
        if group.sort != "group":
            self.operands.append(_NODES[group.sort](self, group, token.end))
        self.wants_value = False

    def end(self, token: Token) -> None:
        group = self.groups[-1]
        if group.sort == "then":
            raise self.error(token, "expected `:` and what holds otherwise")
        if group.sort != "root":
            start = group.start if group.sort != "call" else group.position
            symbol = _OPENED_BY[group.sort]
            raise ExpressionError(
                self.text,
                start,
                token.end,
                f"`{symbol}` is never closed",
                f"add `{_CLOSING[symbol]}`",
            )
        self.reduce(-1)
        self.groups.pop()

    # Nodes

    def reduce(self, precedence: int) -> None:
        """Make nodes of the operators in this bracket that bind more tightly than this."""
        base = self.groups[-1].operators
        operators = self.operators
        while len(operators) > base and (tightest := operators[-1].precedence) > precedence:
            first = len(operators)
            while first > base and operators[first - 1].precedence == tightest:
                first -= 1
            run = operators[first:]
            del operators[first:]
            _RUNS[tightest](self, run)

    def taken(self, count: int) -> list[Node]:
        operands = self.operands[-count:]
        del self.operands[-count:]
        return operands

    def logic(self, run: list[_Pending]) -> None:
        operands = self.taken(len(run) + 1)
        self.operands.append(
            Logic(run[0].symbol, tuple(operands), operands[0].start, operands[-1].end)
        )

    def comparison(self, run: list[_Pending]) -> None:
        left, *others = self.taken(len(run) + 1)
        for pending, right in zip(run, others, strict=True):
            left = Comparison(pending.symbol, left, right, left.start, right.end, pending.start)
        self.operands.append(left)

    def arithmetic(self, run: list[_Pending]) -> None:
        operands = self.taken(len(run) + 1)
        self.operands.append(
            Arithmetic(
                tuple(operands),
                tuple(pending.symbol for pending in run),
                tuple(pending.start for pending in run),
                operands[0].start,
                operands[-1].end,
            )
        )

    def unary(self, run: list[_Pending]) -> None:
        node = self.operands.pop()
        for pending in reversed(run):
            node = Unary(pending.symbol, node, pending.start, node.end)
        self.operands.append(node)

    def conditional(self, run: list[_Pending]) -> None:
        node = self.operands.pop()
        for pending in reversed(run):
            condition, then = pending.parts
            node = Conditional(condition, then, node, condition.start, node.end)
        self.operands.append(node)

    def index_node(self, group: _Group, end: int) -> Node:
        operand, index = self.taken(2)
        return Index(operand, index, operand.start, end, bool(group.optional))

    def list_node(self, group: _Group, end: int) -> Node:
        return ListLiteral(tuple(group.items), group.start, end, frozenset(group.optional))

    def map_node(self, group: _Group, end: int) -> Node:
        entries = tuple(zip(group.keys, group.items, strict=True))
        return MapLiteral(entries, group.start, end, frozenset(group.optional))

    def call_node(self, group: _Group, end: int) -> Node:
        """A call, or what a macro makes of it."""
        subject, arguments = self.operands.pop() if group.member else None, group.items
        if subject is None and group.function == "has":
            return self.has_node(group, end)
        if _is_bind(subject, group):
            return self.macro_node(
                "cel.bind", arguments[1], arguments[:1], arguments[2:], group, end
            )
        variables = MACROS.get((group.function, len(arguments)))
        if subject is not None and variables is not None:
            return self.macro_node(
                group.function, subject, arguments[:variables], arguments[variables:], group, end
            )
        return Call(group.function, subject, tuple(arguments), group.start, end, group.position)

    def has_node(self, group: _Group, end: int) -> Node:
        argument = group.items[0] if len(group.items) == 1 else None
        if not isinstance(argument, Select):
            raise ExpressionError(
                self.text,
                group.start,
                end,
                "`has` takes one selection of a field",
                "write `has(value.field)`",
            )
        return Has(argument.operand, argument.field, group.start, end, argument.optional)

    def macro_node(
        self,
        macro: str,
        subject: Node,
        variables: list[Node],
        arguments: list[Node],
        group: _Group,
        end: int,
    ) -> Node:
        names: list[str] = []
        for variable in variables:
            if not isinstance(variable, Name) or variable.absolute:
                raise self.error(variable, f"expected the name of a variable of `{macro}`")
            if variable.name in names:
                raise self.error(variable, f"`{variable.name}` is named twice")
            names.append(variable.name)
        return Macro(
            macro, subject, tuple(names), tuple(arguments), group.start, end, group.position
        )


def _is_bind(subject: Node | None, group: _Group) -> bool:
    return (
        group.function == "bind"
        and len(group.items) == 3
        and isinstance(subject, Name)
        and subject.name == "cel"
    )


_VALUE: Final[dict[TokenKind, Callable[[_Parser, Token], None]]] = {
    TokenKind.INT: _Parser.literal,
    TokenKind.UINT: _Parser.literal,
    TokenKind.DOUBLE: _Parser.literal,
    TokenKind.STRING: _Parser.literal,
    TokenKind.BYTES: _Parser.literal,
    TokenKind.NAME: _Parser.name,
    TokenKind.SYMBOL: _Parser.symbol,
}

_BEHIND: Final[dict[str, Callable[[_Parser, Token], None]]] = {
    **dict.fromkeys(PRECEDENCE, _Parser.infix),
    **dict.fromkeys(")]}", _Parser.close),
    "?": _Parser.question,
    ":": _Parser.colon,
    ",": _Parser.comma,
    ".": _Parser.dot,
    "[": _Parser.bracket,
    "{": _Parser.brace,
}

_RUNS: Final[dict[int, Callable[[_Parser, list[_Pending]], None]]] = {
    TERNARY: _Parser.conditional,
    PRECEDENCE["||"]: _Parser.logic,
    PRECEDENCE["&&"]: _Parser.logic,
    PRECEDENCE["=="]: _Parser.comparison,
    PRECEDENCE["+"]: _Parser.arithmetic,
    PRECEDENCE["*"]: _Parser.arithmetic,
    PREFIX: _Parser.unary,
}

_NODES: Final[dict[str, Callable[[_Parser, _Group, int], Node]]] = {
    "call": _Parser.call_node,
    "index": _Parser.index_node,
    "list": _Parser.list_node,
    "map": _Parser.map_node,
}
