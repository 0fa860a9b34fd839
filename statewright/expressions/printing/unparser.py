"""A syntax tree → CEL text, in one canonical form that is parsed to the same tree.

Brackets stand only where the tree needs them, texts are quoted as ``spelling`` says, and blanks
around operators are always the same. Trees are worked off from their leaves up, so that no depth
overflows. What the tree does not have, such as comments, is lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NoReturn

from statewright.errors import UnwritableTree
from statewright.expressions.parsing.grammar import (
    CONSTANTS,
    MACROS,
    PRECEDENCE,
    PREFIX,
    RESERVED,
    TERNARY,
)
from statewright.expressions.printing.layout import Block, Break, Document, Nest, bracketed, printed
from statewright.expressions.printing.spelling import bytes_literal, double_literal, text_literal
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
    walk,
)
from statewright.expressions.values import INT_MAX, INT_MIN, UINT_MAX, Uint, has_lone_surrogate

_PRIMARY: Final = PREFIX + 1
"""Binds more tightly than all operators: what a selection can be made from."""

WORD: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
_QUOTABLE: Final = re.compile(r"[a-zA-Z0-9_.\-/ ]+", re.ASCII)
_NO_FIELDS: Final = frozenset(("in", *CONSTANTS))

Spelled = Callable[[Node, int], Document]
"""The text of a part, in brackets if it binds less tightly than asked for."""


def unparse(tree: Expression | Node, width: int | None = None) -> str:
    """The text of an expression.

    ``parse`` makes the same tree of it but for the places in the text; only a number that is not
    finite, which has no literal, becomes a call: ``double('inf')``. (A text of more characters
    than ``parser.LENGTH_LIMIT`` can be shown, but not be parsed.)

    Args:
        tree: an expression or any part of one.
        width: break it over lines where it is longer than so many characters; on one line if None.

    Raises:
        UnwritableTree: no text of CEL is parsed to this tree.
    """
    root = tree.root if isinstance(tree, Expression) else tree
    if depth(root) > DEPTH_LIMIT:
        _refuse(f"the tree is more than {DEPTH_LIMIT} levels deep")
    documents: dict[int, Document] = {}

    def spelled(node: Node, tightness: int) -> Document:
        document = documents[id(node)]
        if _tightness(node) < tightness:
            return bracketed("(", [document], ")")
        # The lines of a chain inside another one are moved in, to keep the two apart.
        is_chain_inside = tightness > TERNARY and isinstance(node, Logic | Arithmetic)
        return Nest(document) if is_chain_inside else document

    for node in reversed(list(walk(root))):
        documents[id(node)] = _RULES[type(node)](node, spelled)
    return printed(Block(documents[id(root)]), width)


def _refuse(reason: str) -> NoReturn:
    raise UnwritableTree(reason)


def _tightness(node: Node) -> int:
    """How tightly the outermost operator of a node binds."""
    if isinstance(node, Conditional):
        return TERNARY
    if isinstance(node, Logic | Comparison):
        return PRECEDENCE[node.operator]
    if isinstance(node, Arithmetic):
        return PRECEDENCE[node.operators[0]]
    if isinstance(node, Unary) or (isinstance(node, Literal) and _is_negative(node.value)):
        return PREFIX
    return _PRIMARY


def _is_number(value: object) -> bool:
    """Whether a value is written with digits."""
    return type(value) in (int, Uint) or (type(value) is float and math.isfinite(value))


def _is_negative(value: Any) -> bool:
    return _is_number(value) and (math.copysign(1, value) < 0)


# Words


def _variable(name: str) -> str:
    if not WORD.fullmatch(name) or name in RESERVED:
        _refuse(f"{name!r} cannot be the name of a variable; `vars[…]` reads it")
    return name


def _field(name: str) -> str:
    if WORD.fullmatch(name) and name not in _NO_FIELDS:
        return name
    if not _QUOTABLE.fullmatch(name):
        _refuse(f"{name!r} cannot be selected with a dot; index with it")
    return f"`{name}`"


def _literal(node: Literal, _: Spelled) -> Document:
    spell = _LITERALS.get(type(node.value))
    if spell is None:
        _refuse(f"a {type(node.value).__name__} is no literal of CEL")
    return spell(node.value)


def _int(value: int) -> str:
    if not INT_MIN <= value <= INT_MAX:
        _refuse("the number does not fit in a 64-bit int")
    return str(value)


def _uint(value: int) -> str:
    if not 0 <= value <= UINT_MAX:
        _refuse("the number does not fit in a 64-bit uint")
    return f"{int(value)}u"


def _double(value: float) -> str:
    return double_literal(value) if math.isfinite(value) else f"double('{value}')"


def _text(value: str) -> str:
    if has_lone_surrogate(value):
        _refuse("CEL cannot write half a character")
    return text_literal(value)


def _name(node: Name, _: Spelled) -> Document:
    return f"{'.' if node.absolute else ''}{_variable(node.name)}"


# Operators


def _unary(node: Unary, spelled: Spelled) -> Document:
    if node.operator not in ("!", "-"):
        _refuse(f"{node.operator!r} is no prefix operator")
    operand = node.operand
    mixed = isinstance(operand, Unary) and operand.operator != node.operator
    # `-1` is a literal, and so is the beginning of `-1.size()`.
    signed = node.operator == "-" and _starts_with_number(operand)
    return node.operator, spelled(operand, _PRIMARY + 1 if mixed or signed else PREFIX)


def _starts_with_number(node: Node) -> bool:
    while isinstance(node, Select | Index | Call | Macro):
        inner = _leftmost(node)
        if inner is None:
            return False
        node = inner
    return isinstance(node, Literal) and _is_number(node.value)


def _leftmost(node: Select | Index | Call | Macro) -> Node | None:
    """The part with which the text of a node begins."""
    if isinstance(node, Call):
        return node.target
    if isinstance(node, Macro):
        return None if node.macro == "cel.bind" else node.subject
    return node.operand


def _infix(operands: Iterable[Document], operators: Iterable[str]) -> Document:
    first, *others = operands
    parts: list[Document] = [first]
    for operator, operand in zip(operators, others, strict=True):
        parts += [Break(), f"{operator} ", operand]
    return Block(tuple(parts))


def _logic(node: Logic, spelled: Spelled) -> Document:
    if node.operator not in ("&&", "||") or len(node.operands) < 2:
        _refuse("a chain of `&&` or `||` has two or more operands")
    tightness = PRECEDENCE[node.operator] + 1
    operands = [spelled(operand, tightness) for operand in node.operands]
    return _infix(operands, [node.operator] * (len(operands) - 1))


def _comparison(node: Comparison, spelled: Spelled) -> Document:
    tightness = PRECEDENCE["=="]
    if PRECEDENCE.get(node.operator) != tightness:
        _refuse(f"{node.operator!r} is no comparison")
    left, right = spelled(node.left, tightness), spelled(node.right, tightness + 1)
    return left, f" {node.operator} ", right


def _arithmetic(node: Arithmetic, spelled: Spelled) -> Document:
    levels = {PRECEDENCE.get(operator, -1) for operator in node.operators}
    if len(levels) != 1 or not levels <= {PRECEDENCE["+"], PRECEDENCE["*"]}:
        _refuse("a calculation has operators of one precedence, `+ -` or `* / %`")
    if len(node.operands) != len(node.operators) + 1:
        _refuse("a calculation has one operand more than it has operators")
    (tightness,) = levels
    return _infix([spelled(one, tightness + 1) for one in node.operands], node.operators)


def _conditional(node: Conditional, spelled: Spelled) -> Document:
    """A chain of conditions is one block: ``a ? 1 : b ? 2 : 3``, or one condition a line."""
    parts: list[Document] = []
    last: Node = node
    while isinstance(last, Conditional):
        condition, then = spelled(last.condition, TERNARY + 1), spelled(last.then, TERNARY + 1)
        parts += [Block((condition, Nest((Break(), "? ", then)))), Break(), ": "]
        last = last.otherwise
    return Block((*parts, spelled(last, TERNARY + 1)))


# Selections, lists, maps


def _select(node: Select, spelled: Spelled) -> Document:
    dot = ".?" if node.optional else "."
    return spelled(node.operand, _PRIMARY), dot + _field(node.field)


def _has(node: Has, spelled: Spelled) -> Document:
    dot = ".?" if node.optional else "."
    return "has(", spelled(node.operand, _PRIMARY), f"{dot}{_field(node.field)})"


def _index(node: Index, spelled: Spelled) -> Document:
    opening = "[?" if node.optional else "["
    return spelled(node.operand, _PRIMARY), opening, spelled(node.index, TERNARY), "]"


def _list(node: ListLiteral, spelled: Spelled) -> Document:
    items = [_item(node, place, spelled(one, TERNARY)) for place, one in enumerate(node.items)]
    return bracketed("[", items, "]")


def _map(node: MapLiteral, spelled: Spelled) -> Document:
    entries = [
        _item(node, place, (spelled(key, TERNARY + 1), ": ", spelled(value, TERNARY)))
        for place, (key, value) in enumerate(node.entries)
    ]
    return bracketed("{", entries, "}")


def _item(node: ListLiteral | MapLiteral, place: int, document: Document) -> Document:
    return ("?", document) if place in node.optional else document


# Calls and macros


def _call(node: Call, spelled: Spelled) -> Document:
    if _is_macro(node):
        _refuse(f"`{node.function}` with {len(node.arguments)} arguments is a macro, not a call")
    arguments = bracketed("(", [spelled(one, TERNARY) for one in node.arguments], ")")
    if node.target is None:
        return _variable(node.function), arguments
    if not WORD.fullmatch(node.function) or node.function in _NO_FIELDS:
        _refuse(f"{node.function!r} cannot be the name of a function")
    return spelled(node.target, _PRIMARY), f".{node.function}", arguments


def _is_macro(node: Call) -> bool:
    target, count = node.target, len(node.arguments)
    if target is None:
        return node.function == "has"
    is_bind = isinstance(target, Name) and target.name == "cel" and count == 3
    return (node.function, count) in MACROS or (is_bind and node.function == "bind")


def _macro(node: Macro, spelled: Spelled) -> Document:
    names = [_variable(name) for name in node.variables]
    if len(set(names)) < len(names):
        _refuse(f"a variable of `{node.macro}` is named twice")
    arguments = [spelled(one, TERNARY) for one in node.arguments]
    count = len(names) + len(arguments)
    if node.macro == "cel.bind" and len(names) == len(arguments) == 1:
        return "cel.bind", bracketed("(", [*names, spelled(node.subject, TERNARY), *arguments], ")")
    if MACROS.get((node.macro, count)) != len(names):
        _refuse(f"there is no macro {node.macro!r} with {count} arguments")
    subject = spelled(node.subject, _PRIMARY)
    return subject, f".{node.macro}", bracketed("(", [*names, *arguments], ")")


_LITERALS: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: _int,
    Uint: _uint,
    float: _double,
    str: _text,
    bytes: bytes_literal,
}

_RULES: Final[Mapping[type, Callable[[Any, Spelled], Document]]] = {
    Literal: _literal,
    Name: _name,
    Select: _select,
    Has: _has,
    Index: _index,
    Call: _call,
    Unary: _unary,
    Logic: _logic,
    Comparison: _comparison,
    Arithmetic: _arithmetic,
    Conditional: _conditional,
    ListLiteral: _list,
    MapLiteral: _map,
    Macro: _macro,
}
