"""CEL text → syntax tree: operator precedence with explicit stacks, so that no depth overflows.

The parser is always in one of two states. Where a *value* has to come next, a literal or name
becomes an operand, and a prefix operator or an opening bracket is remembered. *Behind* a value
come an infix operator, a selection or the end of a bracket. Operators wait on a stack until one
that binds less tightly arrives; then the run of those that bind most tightly becomes one node.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NoReturn

from statewright.errors import ExpressionError
from statewright.expressions.parsing.construction import (
    Group,
    Pending,
    Sort,
    call_from_group,
    index_from_group,
    list_from_group,
    map_from_group,
    node_from_run,
    operands_of_run,
)
from statewright.expressions.parsing.grammar import CONSTANTS, PRECEDENCE, PREFIX, RESERVED, TERNARY
from statewright.expressions.parsing.mistakes import (
    hint_at,
    hint_at_reserved,
    hint_behind_dot,
    shown,
)
from statewright.expressions.parsing.tokens import tokens
from statewright.expressions.parsing.words import Token, TokenKind
from statewright.expressions.syntax import (
    DEPTH_LIMIT,
    Expression,
    Literal,
    Name,
    Node,
    Select,
    node_below,
)
from statewright.expressions.values import INT_MAX, Uint, has_lone_surrogate

LENGTH_LIMIT: Final = 100_000
"""The characters that an expression may have."""

_CLOSING: Final[Mapping[Sort, str]] = {
    Sort.PARENTHESES: ")",
    Sort.CALL: ")",
    Sort.INDEX: "]",
    Sort.LIST: "]",
    Sort.MAP: "}",
}
_WITH_ITEMS: Final = frozenset((Sort.CALL, Sort.LIST, Sort.MAP))
_WANTED: Final[Mapping[Sort, str]] = {
    Sort.ROOT: "the end",
    Sort.THEN: "`:`",
    Sort.PARENTHESES: "`)`",
    Sort.CALL: "`,` or `)`",
    Sort.INDEX: "`]`",
    Sort.LIST: "`,` or `]`",
    Sort.MAP: "`,`, `:` or `}`",
}
_NO_FIELDS: Final = frozenset(("in", *CONSTANTS))
REMEMBERED_LENGTH: Final = 500
"""Longer texts are parsed each time, so that what is remembered stays small."""
_WHOLE: Final = -1
"""Binds less tightly than every operator."""


def parse(text: str) -> Expression:
    """The expression that ``text`` is.

    Raises:
        ExpressionError: it is none; says what is wrong, and where.
    """
    return _remembered(text) if len(text) <= REMEMBERED_LENGTH else _parsed(text)


def _parsed(text: str) -> Expression:
    if len(text) > LENGTH_LIMIT:
        reason = f"the expression is longer than {LENGTH_LIMIT} characters"
        raise ExpressionError(text, LENGTH_LIMIT, len(text), reason)
    if has_lone_surrogate(text):
        half = next(place for place, one in enumerate(text) if has_lone_surrogate(one))
        raise ExpressionError(text, half, half + 1, "the text holds half a character")
    words = list(tokens(text))
    root = _Parser(text, words).parsed()
    # No tree is deeper than its text has words.
    if len(words) > DEPTH_LIMIT and (deep := node_below(root, DEPTH_LIMIT)) is not None:
        reason = f"the expression is nested more than {DEPTH_LIMIT} levels deep"
        raise ExpressionError(text, deep.start, deep.end, reason, "compute a part of it before")
    return Expression(text, root)


# An expression never changes, a flow says the same thing in many places, and a chart that is loaded
# was compiled before: what is parsed twice is one object, with one closure.
_remembered: Final = lru_cache(maxsize=16_384)(_parsed)


def _is_name(token: Token, name: str) -> bool:
    """Whether a word is this one, which is no name of a variable, though it looks like one."""
    return token.kind is TokenKind.NAME and bool(token.value == name)


class _Parser:
    """One run over the tokens of one text."""

    def __init__(self, text: str, words: list[Token]) -> None:
        self.text = text
        self.words = words
        self.at = 0
        self.wants_value = True
        self.operands: list[Node] = []
        self.operators: list[Pending] = []
        self.groups = [Group(Sort.ROOT, 0, 0)]

    def parsed(self) -> Node:
        while self.groups:
            token = self.words[self.at]
            self.at += 1
            kind = token.kind
            if self.wants_value:
                _VALUE.get(kind, _Parser.refuse)(self, token)
            elif kind is TokenKind.SYMBOL or (kind is TokenKind.NAME and token.value == "in"):
                _BEHIND.get(token.value, _Parser.refuse)(self, token)
            elif kind is TokenKind.END:
                self.end(token)
            else:
                self.refuse(token)
        return self.operands[0]

    # What is wrong

    def error(self, token: Token, reason: str, hint: str = "") -> ExpressionError:
        return ExpressionError(self.text, token.start, token.end, reason, hint)

    def refuse(self, token: Token) -> NoReturn:
        """Say what was expected instead of this token."""
        wanted = "a value"
        if not self.wants_value:
            wanted = f"an operator or {_WANTED[self.groups[-1].sort]}"
            before = self.words[self.at - 2]
            if _is_name(before, "not"):
                raise self.error(before, "`not` does not belong here", "`not` is written `!`")
        reason = f"expected {wanted}, found {shown(self.text, token)}"
        raise self.error(token, reason, hint_at(self.text, token))

    # Where a value has to come

    def value(self, node: Node) -> None:
        self.operands.append(node)
        self.wants_value = False

    def literal(self, token: Token) -> None:
        value = token.value
        if token.kind is TokenKind.UINT:
            value = Uint(value)
        elif token.kind is TokenKind.INT and value > INT_MAX:
            raise self.error(token, "the number does not fit in a 64-bit int", "add `u` or `.0`")
        self.value(Literal(value, token.start, token.end))

    def name(self, token: Token) -> None:
        word = token.value
        if word in CONSTANTS:
            self.value(Literal(CONSTANTS[word], token.start, token.end))
        elif word in RESERVED:
            raise self.error(token, f"`{word}` is a reserved word", hint_at_reserved(word))
        else:
            self.name_or_call(token, token.start)

    def name_or_call(self, token: Token, start: int) -> None:
        """A variable, or the beginning of a call; ``start`` is that of a dot in front of it."""
        if self.accept("("):
            self.open(Sort.CALL, token.end, token.value, token.start)
        else:
            self.value(Name(token.value, start, token.end, absolute=start < token.start))

    def absolute(self, token: Token) -> None:
        name = self.words[self.at]
        if name.kind is not TokenKind.NAME or name.value in RESERVED:
            self.refuse(token)
        self.at += 1
        self.name_or_call(name, token.start)

    def symbol(self, token: Token) -> None:
        """A symbol where a value has to come."""
        if token.value in _OPENING:
            self.open(_OPENING[token.value], token.start)
        else:
            _PREFIXES.get(token.value, _Parser.refuse)(self, token)

    def minus(self, token: Token) -> None:
        following = self.words[self.at]
        if following.kind not in (TokenKind.INT, TokenKind.DOUBLE):
            self.prefix(token)
            return
        self.at += 1
        if following.kind is TokenKind.INT and following.value > INT_MAX + 1:
            raise self.error(following, "the number does not fit in a 64-bit int", "add `.0`")
        self.value(Literal(-following.value, token.start, following.end))

    def prefix(self, token: Token) -> None:
        outer = self.operators[-1] if len(self.operators) > self.groups[-1].operators else None
        if outer is not None and outer.precedence == PREFIX and outer.symbol != token.value:
            raise self.error(token, f"`{token.value}` cannot follow `{outer.symbol}`", "use ( )")
        self.operators.append(Pending(PREFIX, token.value, token.start))

    def optional_item(self, token: Token) -> None:
        """``?`` in front of an element or entry."""
        group = self.groups[-1]
        place = len(group.items)
        if group.sort not in (Sort.LIST, Sort.MAP) or not self.item_starts(group):
            self.refuse(token)
        if place in group.optional:
            self.refuse(token)
        group.optional.add(place)

    def lone_comma(self, token: Token) -> None:
        """``[,]`` and ``{,}`` are empty, says the grammar."""
        group, following = self.groups[-1], self.words[self.at]
        if group.sort not in (Sort.LIST, Sort.MAP) or group.items or group.keys or group.optional:
            self.refuse(token)
        if following.kind is not TokenKind.SYMBOL or following.value != _CLOSING[group.sort]:
            self.refuse(token)

    def empty_end(self, token: Token) -> None:
        """The end of a bracket where an item could start: ``[]``, ``f()``, ``[1,]``."""
        group = self.groups[-1]
        if (
            group.sort not in _WITH_ITEMS
            or (group.sort is Sort.CALL and group.items)
            or not self.item_starts(group)
            or len(group.items) in group.optional
        ):
            self.refuse(token)
        self.close(token)

    def item_starts(self, group: Group) -> bool:
        """Whether nothing of an item was read yet."""
        at_value = group.sort is Sort.MAP and len(group.keys) > len(group.items)
        return len(self.operators) == group.operators and not at_value

    # Behind a value

    def infix(self, token: Token) -> None:
        precedence = PRECEDENCE[token.value]
        self.reduce(precedence)
        self.operators.append(Pending(precedence, token.value, token.start))
        self.wants_value = True

    def question(self, token: Token) -> None:
        if self.groups[-1].sort is Sort.THEN:
            raise self.error(token, "a condition inside a condition", "put the inner one in ( )")
        self.reduce(TERNARY)
        self.open(Sort.THEN, token.start)

    def colon(self, token: Token) -> None:
        group = self.groups[-1]
        if group.sort is Sort.THEN:
            self.reduce(TERNARY)
            self.groups.pop()
            self.operators.append(Pending(TERNARY, "?", group.start, tuple(self.taken(2))))
        elif group.sort is Sort.MAP and len(group.keys) == len(group.items):
            self.reduce(_WHOLE)
            group.keys.append(self.operands.pop())
        else:
            self.refuse(token)
        self.wants_value = True

    def comma(self, token: Token) -> None:
        group = self.groups[-1]
        if group.sort not in _WITH_ITEMS:
            self.refuse(token)
        self.item(group, token)
        self.wants_value = True

    def item(self, group: Group, token: Token) -> None:
        """Complete an argument, an element or the value of an entry."""
        self.reduce(_WHOLE)
        if group.sort is Sort.MAP and len(group.keys) == len(group.items):
            raise self.error(token, f"expected `:` and a value, found {shown(self.text, token)}")
        group.items.append(self.operands.pop())

    def dot(self, _: Token) -> None:
        optional = self.accept("?")
        name = self.words[self.at]
        quoted = name.kind is TokenKind.QUOTED
        if not quoted and (name.kind is not TokenKind.NAME or name.value in _NO_FIELDS):
            reason = f"expected the name of a field, found {shown(self.text, name)}"
            raise self.error(name, reason, hint_behind_dot(self.words[self.at - 2], name))
        self.at += 1
        if not quoted and not optional and self.accept("("):
            self.open(Sort.CALL, name.end, name.value, name.start, member=True)
        else:
            operand = self.operands.pop()
            self.value(Select(operand, name.value, operand.start, name.end, optional))

    def bracket(self, token: Token) -> None:
        optional = self.accept("?")
        self.open(Sort.INDEX, token.start)
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
        self, sort: Sort, start: int, function: str = "", position: int = 0, *, member: bool = False
    ) -> None:
        outside = len(self.operators)
        self.groups.append(Group(sort, start, outside, function, position, member))
        self.wants_value = True

    def close(self, token: Token) -> None:
        group = self.groups[-1]
        if _CLOSING.get(group.sort) != token.value:
            self.refuse(token)
        if not self.wants_value:
            if group.sort in _WITH_ITEMS:
                self.item(group, token)
            else:
                self.reduce(_WHOLE)
        self.groups.pop()
        self.value(self.node_from_group(group, token.end))

    def node_from_group(self, group: Group, end: int) -> Node:
        if group.sort is Sort.LIST:
            return list_from_group(group, end)
        if group.sort is Sort.MAP:
            return map_from_group(group, end)
        if group.sort is Sort.INDEX:
            operand, index = self.taken(2)
            return index_from_group(group, operand, index, end)
        if group.sort is Sort.CALL:
            target = self.operands.pop() if group.member else None
            return call_from_group(self.text, group, target, end)
        return self.operands.pop()

    def end(self, token: Token) -> None:
        group = self.groups[-1]
        closing = _CLOSING.get(group.sort)
        if closing is not None:
            reason, hint = f"`{self.text[group.start]}` is never closed", f"add `{closing}`"
            raise ExpressionError(self.text, group.start, group.start + 1, reason, hint)
        if group.sort is Sort.THEN:
            raise self.error(token, "expected `:` and what holds otherwise, found the end")
        self.reduce(_WHOLE)
        self.groups.pop()

    # Operators

    def reduce(self, precedence: int) -> None:
        """Make nodes of the operators in this bracket that bind more tightly than this."""
        base, operators = self.groups[-1].operators, self.operators
        while len(operators) > base and (tightest := operators[-1].precedence) > precedence:
            first = len(operators) - 1
            while first > base and operators[first - 1].precedence == tightest:
                first -= 1
            run = operators[first:]
            del operators[first:]
            self.operands.append(node_from_run(run, self.taken(operands_of_run(run))))

    def taken(self, count: int) -> list[Node]:
        operands = self.operands[-count:]
        del self.operands[-count:]
        return operands


_OPENING: Final[Mapping[str, Sort]] = {"(": Sort.PARENTHESES, "[": Sort.LIST, "{": Sort.MAP}

_PREFIXES: Final[Mapping[str, Callable[[_Parser, Token], None]]] = {
    "-": _Parser.minus,
    "!": _Parser.prefix,
    ".": _Parser.absolute,
    "?": _Parser.optional_item,
    ",": _Parser.lone_comma,
    **dict.fromkeys(")]}", _Parser.empty_end),
}

_VALUE: Final[Mapping[TokenKind, Callable[[_Parser, Token], None]]] = {
    **dict.fromkeys(
        (TokenKind.INT, TokenKind.UINT, TokenKind.DOUBLE, TokenKind.STRING, TokenKind.BYTES),
        _Parser.literal,
    ),
    TokenKind.NAME: _Parser.name,
    TokenKind.SYMBOL: _Parser.symbol,
}

_BEHIND: Final[Mapping[str, Callable[[_Parser, Token], None]]] = {
    **dict.fromkeys(PRECEDENCE, _Parser.infix),
    **dict.fromkeys(")]}", _Parser.close),
    "?": _Parser.question,
    ":": _Parser.colon,
    ",": _Parser.comma,
    ".": _Parser.dot,
    "[": _Parser.bracket,
    "{": _Parser.brace,
}
