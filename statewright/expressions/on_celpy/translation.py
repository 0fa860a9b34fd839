"""An expression → the text that celpy is given, or the reason why celpy cannot compute it.

Names are written anew, each variable of a macro with one of its own, for celpy mixes up variables
with functions, types and each other. What celpy's evaluator computes by itself, without asking a
function, and not as CEL says, becomes a call of a function that we give to it (``guards``): maps,
``has``, what macros walk through, and their conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec.structs import replace

from statewright.errors import ExpressionError
from statewright.expressions.printing.unparser import unparse
from statewright.expressions.syntax import (
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
    children,
    path_of,
)
from statewright.expressions.values import TYPE_VALUES

_CHAIN: Final = 16
"""The operands of a chain; celpy would take a level of its parse tree for each of more."""

_FUNCTIONS: Final = frozenset(
    (
        *(("size", member, 1) for member in (False, True)),
        *((name, True, 2) for name in ("contains", "endsWith", "startsWith")),
        *(("matches", member, 2) for member in (False, True)),
        *(
            (name, True, count)
            for count in (1, 2)
            for name in (
                *("getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear"),
                *("getMonth", "getHours", "getMilliseconds", "getMinutes", "getSeconds"),
            )
        ),
        *(
            (name, False, 1)
            for name in (
                *("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp"),
                *("type", "uint"),
            )
        ),
    )
)
"""(name, whether it is called on a target, number of arguments) of the functions of celpy."""
_MACROS: Final[Mapping[str, str]] = {
    "all": "all",
    "exists": "exists",
    "exists_one": "exists_one",
    "existsOne": "exists_one",
    "filter": "filter",
    "map": "map",
}
"""Our macros that celpy has → their names there."""

Scope = Mapping[str, str]
"""The macro variables in scope, and what they are called in the text for celpy."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What celpy is given.

    Attributes:
        text: the expression.
        names: its free variables → what they are called in the text.
    """

    text: str
    names: Mapping[str, str]


def translated(expression: Expression) -> Translation:
    """The text for celpy.

    Raises:
        ExpressionError: celpy cannot compute it; says why, and points at the part.
    """
    translator = _Translator(expression)
    root = translator.node(expression.root, {})
    return Translation(unparse(root), translator.names)


@dataclass(slots=True)
class _Translator:
    expression: Expression
    names: dict[str, str] = field(default_factory=dict)
    variables: int = 0

    def node(self, node: Node, scope: Scope) -> Node:
        return _RULES[type(node)](self, node, scope)

    def nodes(self, nodes: tuple[Node, ...], scope: Scope) -> tuple[Node, ...]:
        return tuple(self.node(one, scope) for one in nodes)

    def lacks(self, node: Node, what: str) -> ExpressionError:
        reason = f"celpy has no {what}"
        hint = "evaluate it with `statewright.expressions.evaluate`"
        return ExpressionError(self.expression.text, node.start, node.end, reason, hint)

    def literal(self, node: Literal, _: Scope) -> Node:
        return node

    def name(self, node: Name, scope: Scope) -> Node:
        inner = None if node.absolute else scope.get(node.name)
        name = inner or self.names.setdefault(node.name, f"v_{node.name}")
        return replace(node, name=name, absolute=False)

    def select(self, node: Select, scope: Scope) -> Node:
        if node.optional:
            raise self.lacks(node, "optionals")
        path = path_of(node)
        if path is not None and ".".join((path[0].name, *path[1])) in TYPE_VALUES:
            raise self.lacks(node, "types whose names have dots")
        index = Literal(node.field, node.start, node.end)
        return Index(self.node(node.operand, scope), index, node.start, node.end)

    def has(self, node: Has, scope: Scope) -> Node:
        if node.optional:
            raise self.lacks(node, "optionals")
        return guarded("has", node, self.node(node.operand, scope), Literal(node.field, 0, 0))

    def index(self, node: Index, scope: Scope) -> Node:
        if node.optional:
            raise self.lacks(node, "optionals")
        operand, at = self.node(node.operand, scope), self.node(node.index, scope)
        return replace(node, operand=operand, index=at)

    def call(self, node: Call, scope: Scope) -> Node:
        parts = children(node)
        if (node.function, node.target is not None, len(parts)) not in _FUNCTIONS:
            raise self.lacks(node, f"function {_called(node.function, len(parts))}")
        target = None if node.target is None else self.node(node.target, scope)
        return replace(node, target=target, arguments=self.nodes(node.arguments, scope))

    def unary(self, node: Unary, scope: Scope) -> Node:
        return replace(node, operand=self.node(node.operand, scope))

    def logic(self, node: Logic, scope: Scope) -> Node:
        return _balanced(node.operator, self.nodes(node.operands, scope), node)

    def comparison(self, node: Comparison, scope: Scope) -> Node:
        return replace(node, left=self.node(node.left, scope), right=self.node(node.right, scope))

    def arithmetic(self, node: Arithmetic, scope: Scope) -> Node:
        return replace(node, operands=self.nodes(node.operands, scope))

    def conditional(self, node: Conditional, scope: Scope) -> Node:
        condition, then, otherwise = self.nodes(children(node), scope)
        return replace(node, condition=condition, then=then, otherwise=otherwise)

    def list_literal(self, node: ListLiteral, scope: Scope) -> Node:
        if node.optional:
            raise self.lacks(node, "optionals")
        return replace(node, items=self.nodes(node.items, scope))

    def map_literal(self, node: MapLiteral, scope: Scope) -> Node:
        if node.optional:
            raise self.lacks(node, "optionals")
        for key, _ in node.entries:
            if isinstance(key, Literal) and not isinstance(key.value, str):
                raise self.lacks(key, "maps with keys that are no texts")
        return guarded("map", node, *self.nodes(children(node), scope))

    def macro(self, node: Macro, scope: Scope) -> Node:
        name = _MACROS.get(node.macro)
        if name is None or len(node.variables) != 1 or len(node.arguments) != 1:
            count = len(node.variables) + len(node.arguments)
            raise self.lacks(node, f"macro {_called(node.macro, count)}")
        self.variables += 1
        variable = f"m{self.variables}_{node.variables[0]}"
        argument = self.node(node.arguments[0], {**scope, node.variables[0]: variable})
        if name != "map":
            argument = guarded("condition", node, argument)
        subject = guarded("elements", node, self.node(node.subject, scope))
        variables, arguments = (variable,), (argument,)
        return replace(node, macro=name, subject=subject, variables=variables, arguments=arguments)


def _called(name: str, count: int) -> str:
    return f"`{name}` with {count} argument{'s' if count != 1 else ''}"


def _balanced(operator: str, operands: tuple[Node, ...], node: Node) -> Logic:
    """A chain as a tree of short ones; which operands are joined first makes no difference."""
    while len(operands) > _CHAIN:
        starts = range(0, len(operands), _CHAIN)
        groups = (operands[start : start + _CHAIN] for start in starts)
        operands = tuple(
            Logic(operator, group, node.start, node.end) if len(group) > 1 else group[0]
            for group in groups
        )
    return Logic(operator, operands, node.start, node.end)


def guarded(guard: str, node: Node, *arguments: Node) -> Call:
    """A call of one of the ``guards``."""
    return Call(f"g_{guard}", None, arguments, node.start, node.end, node.start)


_RULES: Final[Mapping[type, Callable[[_Translator, Any, Scope], Node]]] = {
    Literal: _Translator.literal,
    Name: _Translator.name,
    Select: _Translator.select,
    Has: _Translator.has,
    Index: _Translator.index,
    Call: _Translator.call,
    Unary: _Translator.unary,
    Logic: _Translator.logic,
    Comparison: _Translator.comparison,
    Arithmetic: _Translator.arithmetic,
    Conditional: _Translator.conditional,
    ListLiteral: _Translator.list_literal,
    MapLiteral: _Translator.map_literal,
    Macro: _Translator.macro,
}
