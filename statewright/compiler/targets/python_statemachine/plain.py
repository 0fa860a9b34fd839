"""CEL as the Python that one would write by hand, where it means the same.

Only what is certain of the declared types is translated. The law: **if the Python returns, its
value is CEL's**; where it raises, the value of a guard is asked of the expression itself. What is
marked *faithful* also raises exactly where CEL has an error, so that it needs no such second look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.python_statemachine.code import quoted
from statewright.expressions import Expression
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Name,
    Node,
    Select,
    Unary,
)
from statewright.statechart.structure.nodes import ROOTS, Scope

_WIDTH: Final = 88
"""Longer Python is no easier to read than CEL."""

_NUMBERS: Final = frozenset({"int", "double"})
_SCALARS: Final = frozenset({"bool", "string", *_NUMBERS})
_KNOWN: Final = frozenset({*_SCALARS, "list", "map"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression as Python.

    Attributes:
        text: the Python, in which ``model`` is what keeps the data.
        type: what it is certainly: a scalar type, ``list`` or ``map``; else ``""``.
        faithful: whether it raises exactly where CEL has an error.
        level: 2 where it never needs brackets, 1 where it needs none beside ``and``.
        total: whether it may be a part of another: sums are bounded only when they are stored.
    """

    text: str
    type: str = ""
    faithful: bool = True
    level: int = 2
    total: bool = True

    def __str__(self) -> str:
        return self.beside(2)

    def beside(self, level: int) -> str:
        """Its text, in brackets where it needs some at this level."""
        return self.text if self.level >= level else f"({self.text})"


def python_from(
    expression: Expression, scope: Scope, states: Mapping[str, str], *, guard: bool = False
) -> str | None:
    """The Python of an expression, or None where it has none that is plain.

    Args:
        expression: what is translated.
        scope: the variables that it sees.
        states: state id → its name in Python.
        guard: whether its value is asked of the expression itself where the Python raises.
    """
    piece = _Translation(scope, states).piece(expression.root)
    if piece is None or len(piece.text) > _WIDTH or "\n" in piece.text:
        return None
    if guard:
        return piece.text if piece.type == "bool" and piece.total else None
    return piece.text if piece.faithful else None


@dataclass(frozen=True, slots=True)
class _Translation:
    scope: Scope
    states: Mapping[str, str]

    def piece(self, node: Node) -> Piece | None:
        write = _PIECES.get(type(node))
        return None if write is None else write(self, node)

    def pieces(self, *nodes: Node) -> list[Piece] | None:
        found = [piece for node in nodes if (piece := self.piece(node)) is not None]
        return found if len(found) == len(nodes) and all(one.total for one in found) else None

    def literal(self, node: Literal) -> Piece | None:
        name = _TYPES.get(type(node.value))
        if name is None:
            return None
        return Piece(_shown(node.value), name, level=0 if repr(node.value).startswith("-") else 2)

    def name(self, node: Name) -> Piece | None:
        return None if node.name in ROOTS else self.variable(node.name)

    def variable(self, name: str) -> Piece | None:
        found = self.scope.variable(name)
        if found is None:
            return None
        return Piece(f"model[{quoted(name)}]", found.type if found.type in _KNOWN else "")

    def select(self, node: Select) -> Piece | None:
        if node.optional or not isinstance(node.operand, Name):
            return None
        return self.variable(node.field) if _is_vars(node.operand) else None

    def index(self, node: Index) -> Piece | None:
        at = node.index
        if node.optional or not isinstance(at, Literal) or not isinstance(at.value, str):
            return None
        return self.variable(at.value) if _is_vars(node.operand) else None

    def has(self, node: Has) -> Piece | None:
        if not _is_vars(node.operand) or self.scope.variable(node.field) is None:
            return None
        return Piece(f"{quoted(node.field)} in model", "bool", level=1)

    def unary(self, node: Unary) -> Piece | None:
        inner = self.pieces(node.operand)
        if inner is None or node.operator != "!" or inner[0].type != "bool":
            return None
        return Piece(f"not {inner[0]}", "bool", inner[0].faithful, level=1)

    def logic(self, node: Logic) -> Piece | None:
        inner = self.pieces(*node.operands)
        if inner is None or any(one.type != "bool" for one in inner):
            return None
        word = " and " if node.operator == "&&" else " or "
        parts = [one.beside(1) for one in inner]
        # CEL forgives an error in one operand where the other one decides.
        return Piece(word.join(parts), "bool", faithful=False, level=0)

    def comparison(self, node: Comparison) -> Piece | None:
        inner = self.pieces(node.left, node.right)
        if inner is None:
            return None
        left, right = inner
        if not _COMPARABLE[node.operator](left.type, right.type):
            return None
        faithful = left.faithful and right.faithful
        return Piece(f"{left} {node.operator} {right}", "bool", faithful, level=1)

    def arithmetic(self, node: Arithmetic) -> Piece | None:
        inner = self.pieces(*node.operands)
        if inner is None or len(inner) != 2 or inner[0].type != inner[1].type:
            return None
        (operator,), (left, right) = node.operators, inner
        if (left.type, operator) not in _SUMS:
            return None
        faithful = left.faithful and right.faithful
        total = left.type != "int"
        return Piece(f"{left} {operator} {right}", left.type, faithful, level=0, total=total)

    def conditional(self, node: Conditional) -> Piece | None:
        inner = self.pieces(node.condition, node.then, node.otherwise)
        if inner is None or inner[0].type != "bool":
            return None
        condition, then, otherwise = inner
        kind = then.type if then.type == otherwise.type else ""
        faithful = all(one.faithful for one in inner)
        text = f"{then.beside(1)} if {condition.beside(1)} else {otherwise.beside(1)}"
        return Piece(text, kind, faithful, level=0)

    def list_literal(self, node: ListLiteral) -> Piece | None:
        inner = None if node.optional else self.pieces(*node.items)
        if inner is None:
            return None
        text = ", ".join(one.text for one in inner)
        return Piece(f"[{text}]", "list", all(one.faithful for one in inner))

    def call(self, node: Call) -> Piece | None:
        if node.function == "In" and node.target is None and len(node.arguments) == 1:
            return self.is_in(node.arguments[0])
        parts = node.arguments if node.target is None else (node.target, *node.arguments)
        inner = self.pieces(*parts)
        if inner is None:
            return None
        if node.function == "size" and len(inner) == 1 and inner[0].type in _SIZED:
            return Piece(f"len({inner[0].text})", "int", inner[0].faithful)
        method = _METHODS.get(node.function) if node.target is not None else None
        if method is None or [one.type for one in inner] != ["string", "string"]:
            return None
        faithful = inner[0].faithful and inner[1].faithful
        return Piece(
            method.format(*inner), "bool", faithful, level=1 if method.startswith("{1}") else 2
        )

    def is_in(self, node: Node) -> Piece | None:
        known = self.states.get(node.value) if isinstance(node, Literal) else None
        return None if known is None else Piece(f"model.is_in({quoted(known)})", "bool")


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def _is_vars(node: Node) -> bool:
    return isinstance(node, Name) and node.name == "vars"


def _equal(left: str, right: str) -> bool:
    return (left == right and left in _SCALARS) or {left, right} <= _NUMBERS


def _ordered(left: str, right: str) -> bool:
    return left == right == "string" or {left, right} <= _NUMBERS


def _contained(left: str, right: str) -> bool:
    # In a list of anything, Python would find 1 where there is only true.
    return left == "string" and right in {"list", "map"}


_COMPARABLE: Final[Mapping[str, Callable[[str, str], bool]]] = {
    **dict.fromkeys(("==", "!="), _equal),
    **dict.fromkeys(("<", "<=", ">", ">="), _ordered),
    "in": _contained,
}
_SUMS: Final = frozenset({("int", "+"), ("int", "-"), ("string", "+"), ("list", "+")})
_SIZED: Final = frozenset({"string", "list", "map"})
_METHODS: Final = {
    "startsWith": "{0}.startswith({1})",
    "endsWith": "{0}.endswith({1})",
    "contains": "{1} in {0}",
}
_TYPES: Final[Mapping[type, str]] = {bool: "bool", int: "int", float: "double", str: "string"}
_PIECES: Final[Mapping[type, Callable[[_Translation, Any], Piece | None]]] = {
    Literal: _Translation.literal,
    Name: _Translation.name,
    Select: _Translation.select,
    Index: _Translation.index,
    Has: _Translation.has,
    Unary: _Translation.unary,
    Logic: _Translation.logic,
    Comparison: _Translation.comparison,
    Arithmetic: _Translation.arithmetic,
    Conditional: _Translation.conditional,
    ListLiteral: _Translation.list_literal,
    Call: _Translation.call,
}
