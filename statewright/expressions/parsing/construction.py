"""What the parser collected → nodes: runs of operators, closed brackets, macros.

The parser keeps operators and open brackets on stacks; here is what becomes of them once they are
complete. Long runs of one precedence become one node, so that trees stay flat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from statewright.errors import ExpressionError
from statewright.expressions.parsing.grammar import MACROS, PRECEDENCE, PREFIX, TERNARY
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
)


class Pending(Struct):
    """An operator on the stack: a prefix, an infix, or a ternary that waits for its last part.

    Attributes:
        precedence: how tightly it binds.
        symbol: what it is written as.
        start: where it stands.
        parts: of a ternary, its condition and what holds then.
    """

    precedence: int
    symbol: str
    start: int
    parts: tuple[Node, ...] = ()


class Sort(StrEnum):
    """What an open bracket is."""

    ROOT = "root"
    """No bracket: the whole text."""
    THEN = "then"
    """No bracket either: what is between ``?`` and ``:``."""
    PARENTHESES = "("
    CALL = "call"
    INDEX = "index"
    LIST = "list"
    MAP = "map"


class Group(Struct):
    """A bracket that is open, with what was completed inside it so far.

    What it belongs to (the target of a call, what is indexed, the condition before ``?``) is the
    operand on the stack below its own.

    Attributes:
        sort: what it is.
        start: where it stands.
        operators: how many operators wait outside it.
        function: of a call, the name.
        position: of a call, where the name stands.
        member: of a call, whether it has a target.
        items: its arguments, elements or the values of its entries.
        keys: the keys of its entries.
        optional: the places of the items that have a ``?``.
    """

    sort: Sort
    start: int
    operators: int
    function: str = ""
    position: int = 0
    member: bool = False
    items: list[Node] = field(default_factory=list)
    keys: list[Node] = field(default_factory=list)
    optional: set[int] = field(default_factory=set)


# Runs of operators of one precedence


def operands_of_run(run: Sequence[Pending]) -> int:
    """How many operands a run of operators takes from the stack."""
    return 1 if run[0].precedence in (PREFIX, TERNARY) else len(run) + 1


def node_from_run(run: Sequence[Pending], operands: Sequence[Node]) -> Node:
    """The node of a run of operators of one precedence, and their operands."""
    return _RUNS[run[0].precedence](run, operands)


def _logic(run: Sequence[Pending], operands: Sequence[Node]) -> Node:
    return Logic(run[0].symbol, tuple(operands), operands[0].start, operands[-1].end)


def _comparison(run: Sequence[Pending], operands: Sequence[Node]) -> Node:
    left, *others = operands
    for pending, right in zip(run, others, strict=True):
        left = Comparison(pending.symbol, left, right, left.start, right.end, pending.start)
    return left


def _arithmetic(run: Sequence[Pending], operands: Sequence[Node]) -> Node:
    return Arithmetic(
        tuple(operands),
        tuple(pending.symbol for pending in run),
        tuple(pending.start for pending in run),
        operands[0].start,
        operands[-1].end,
    )


def _unary(run: Sequence[Pending], operands: Sequence[Node]) -> Node:
    (node,) = operands
    for pending in reversed(run):
        node = Unary(pending.symbol, node, pending.start, node.end)
    return node


def _conditional(run: Sequence[Pending], operands: Sequence[Node]) -> Node:
    (node,) = operands
    for pending in reversed(run):
        condition, then = pending.parts
        node = Conditional(condition, then, node, condition.start, node.end)
    return node


_RUNS: Final[Mapping[int, Callable[[Sequence[Pending], Sequence[Node]], Node]]] = {
    TERNARY: _conditional,
    PRECEDENCE["||"]: _logic,
    PRECEDENCE["&&"]: _logic,
    PRECEDENCE["=="]: _comparison,
    PRECEDENCE["+"]: _arithmetic,
    PRECEDENCE["*"]: _arithmetic,
    PREFIX: _unary,
}


# Brackets


def list_from_group(group: Group, end: int) -> ListLiteral:
    """``[…]``."""
    return ListLiteral(tuple(group.items), group.start, end, frozenset(group.optional))


def map_from_group(group: Group, end: int) -> MapLiteral:
    """``{…}``."""
    entries = tuple(zip(group.keys, group.items, strict=True))
    return MapLiteral(entries, group.start, end, frozenset(group.optional))


def index_from_group(group: Group, operand: Node, index: Node, end: int) -> Index:
    """``operand[index]``."""
    return Index(operand, index, operand.start, end, bool(group.optional))


def call_from_group(text: str, group: Group, target: Node | None, end: int) -> Node:
    """A call, or the macro that it is.

    Raises:
        ExpressionError: it is a macro, and its arguments are not what the macro takes.
    """
    function, arguments = group.function, group.items
    start = group.position if target is None else target.start
    if target is None and function == "has":
        return _has(text, arguments, start, end)
    variables = MACROS.get((function, len(arguments)))
    if target is not None and variables is not None:
        names = _names(text, function, arguments[:variables])
        rest = tuple(arguments[variables:])
        return Macro(function, target, names, rest, start, end, group.position)
    is_cel = isinstance(target, Name) and target.name == "cel"
    if is_cel and function == "bind" and len(arguments) == 3:
        names = _names(text, "cel.bind", arguments[:1])
        subject, body = arguments[1:]
        return Macro("cel.bind", subject, names, (body,), start, end, group.position)
    return Call(function, target, tuple(arguments), start, end, group.position)


def _has(text: str, arguments: Sequence[Node], start: int, end: int) -> Has:
    argument = arguments[0] if len(arguments) == 1 else None
    if isinstance(argument, Select):
        return Has(argument.operand, argument.field, start, end, argument.optional)
    reason, hint = "`has` takes one selection of a field", "write `has(value.field)`"
    raise ExpressionError(text, start, end, reason, hint)


def _names(text: str, macro: str, variables: Sequence[Node]) -> tuple[str, ...]:
    """The names of the variables of a macro."""
    names: list[str] = []
    for node in variables:
        if not isinstance(node, Name) or node.absolute:
            reason = f"expected the name of a variable of `{macro}`"
            raise ExpressionError(text, node.start, node.end, reason)
        if node.name in names:
            raise ExpressionError(text, node.start, node.end, f"`{node.name}` is named twice")
        names.append(node.name)
    return tuple(names)
