"""A syntax tree → a piece of Python, put together from those of its parts: as ``linking`` does it.

Every name is resolved as ``linking`` resolves it. What the checker knows of types decides which
operators are written out and which tests stand before them; without types, all is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.expressions.codegen import (
    calculations,
    calls,
    comparisons,
    literals,
    logic,
    macros,
    paths,
)
from statewright.expressions.codegen.allowances import Allowances
from statewright.expressions.codegen.binding import Binding, Way
from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import CLASSES, Piece, compose
from statewright.expressions.codegen.request import Request
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.meter import FREE
from statewright.expressions.operations.comparison import ORDERS
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
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
    children,
    path_of,
)
from statewright.expressions.types import BOOL, BYTES, DOUBLE, DYN, INT, NULL, STRING, UINT, CelType
from statewright.expressions.values import TYPE_VALUES, Uint

Scope = Mapping[str, Piece]
"""The macro variables in scope, and how each is read."""

_MAYBE_OF: Final = ("or", "orValue")

_FIELDS: Final = 4
"""So many fields may be asked for, each in the one before, without an optional for each."""


def translate(request: Request, page: Page) -> Piece:
    """The piece of a whole expression; parts of it may become functions on the page."""
    root = request.expression.root
    return _Translator(request, page, request.types()).piece(root, {})


@dataclass(slots=True)
class _Translator:
    """One run over one tree. ``types`` has those of its nodes by their ``id``."""

    request: Request
    page: Page
    types: Mapping[int, CelType]
    binding: Binding = field(init=False)
    qualified: frozenset[str] = field(init=False)
    allowances: Allowances = field(init=False)

    def __post_init__(self) -> None:
        self.binding = self.request.binding
        self.qualified = self.request.qualified
        self.allowances = Allowances(self.request.expression.root, self.is_costly)

    def piece(self, node: Node, scope: Scope) -> Piece:
        return self.page.shallow(_RULES[type(node)](self, node, scope))

    def type_of(self, node: Node) -> CelType:
        found = self.types.get(id(node), DYN)
        return DYN if found.name in _OPEN else found

    def literal(self, node: Literal, _: Scope) -> Piece:
        return literals.literal(node, _LITERAL_TYPES[type(node.value)], self.page)

    # Names and what is selected from them

    def name(self, node: Name, scope: Scope) -> Piece:
        if not node.absolute and node.name in scope:
            return scope[node.name].typed(self.type_of(node))
        resolved = self.resolved(node, scope)
        if resolved is not None:
            return resolved
        if node.name in TYPE_VALUES:
            names, constant = self.reached(self.binding.names), self.type_value(node.name)
            key = ascii(node.name)
            text = f"({names}[{key}] if {key} in {names} else {constant})"
            return compose(text, DYN, names)
        return self.variable(node.name, self.type_of(node))

    def variable(self, name: str, found: CelType) -> Piece:
        way = self.binding.roots.get((name,))
        if way is not None:
            return self.reached(way).typed(found)
        return paths.selection(self.reached(self.binding.names), name, found)

    def reached(self, way: Way) -> Piece:
        return Piece(str(way), DYN, frozenset((way.parameter,)), len(way.steps))

    def type_value(self, name: str) -> Piece:
        return Piece(self.page.constant("type", name))

    def resolved(self, node: Name | Select, scope: Scope) -> Piece | None:
        """The variable or type that a path names as a whole, in the container or outside it."""
        path = path_of(node)
        if path is None:
            return None
        root, fields = path
        if not root.absolute and root.name in scope:
            return None
        name = ".".join((root.name, *fields))
        if fields and name in TYPE_VALUES:
            return self.type_value(name)
        outer = () if root.absolute else tuple(filter(None, self.request.container.split(".")))
        for length in range(len(outer), -1, -1):
            full = ".".join((*outer[:length], name))
            if full in self.qualified:
                return self.variable(full, self.type_of(node))
        way = self.binding.roots.get((root.name, *fields))
        return self.reached(way).typed(self.type_of(node)) if way is not None and fields else None

    def select(self, node: Select, scope: Scope) -> Piece:
        found = self.type_of(node)
        if node.optional:
            return paths.optional_selection(self.piece(node.operand, scope), node.field, found)
        resolved = self.resolved(node, scope)
        if resolved is not None:
            return resolved
        return paths.selection(self.piece(node.operand, scope), node.field, found)

    def has(self, node: Has, scope: Scope) -> Piece:
        return paths.presence(self.piece(node.operand, scope), node.field, self.page)

    def index(self, node: Index, scope: Scope) -> Piece:
        operand, at = self.piece(node.operand, scope), self.piece(node.index, scope)
        if node.optional:
            return paths.optional_index(operand, at, self.type_of(node))
        return paths.index(operand, at, self.type_of(node), self.page)

    # Operators

    def unary(self, node: Unary, scope: Scope) -> Piece:
        operand = self.piece(node.operand, scope)
        if node.operator == "!":
            return logic.negation(operand, self.page)
        return calculations.negation(operand, self.page)

    def logic(self, node: Logic, scope: Scope) -> Piece:
        operands = [self.piece(one, scope) for one in node.operands]
        return logic.junction(node.operator, operands, self.page)

    def comparison(self, node: Comparison, scope: Scope) -> Piece:
        left = self.piece(node.left, scope)
        if node.operator == "in" and isinstance(node.right, ListLiteral):
            found = self.among_literals(left, node.right)
            if found is not None:
                return found
        right = self.piece(node.right, scope)
        if node.operator == "in":
            return comparisons.membership(left, right, self.page, self.allowances)
        if node.operator in ORDERS:
            return comparisons.order(node.operator, left, right, self.page)
        return comparisons.equality(node.operator, left, right, self.page, self.allowances)

    def among_literals(self, left: Piece, container: ListLiteral) -> Piece | None:
        values = _literal_values(container)
        if values is None:
            return None
        return comparisons.among_literals(left, values, self.page, self.allowances)

    def arithmetic(self, node: Arithmetic, scope: Scope) -> Piece:
        operands = [self.piece(one, scope) for one in node.operands]
        return calculations.calculation(operands, node.operators, self.page, self.allowances)

    def conditional(self, node: Conditional, scope: Scope) -> Piece:
        test, then, otherwise = [self.piece(one, scope) for one in children(node)]
        return logic.conditional(test, then, otherwise, self.type_of(node), self.page)

    # Lists and maps

    def list_literal(self, node: ListLiteral, scope: Scope) -> Piece:
        items = [self.piece(one, scope) for one in node.items]
        return literals.list_literal(items, node.optional, self.type_of(node))

    def map_literal(self, node: MapLiteral, scope: Scope) -> Piece:
        entries = [
            (self.piece(key, scope), self.piece(value, scope)) for key, value in node.entries
        ]
        return literals.map_literal(entries, node.optional, self.type_of(node))

    # Calls and macros

    def call(self, node: Call, scope: Scope) -> Piece:
        namespaced = self.namespaced(node, scope)
        if namespaced is not None:
            if (namespaced, False) in FUNCTIONS:
                return self.table_call(node, namespaced, node.arguments, scope, member=False)
            if (node.function, True) not in FUNCTIONS:
                return self.host_member_call(node, namespaced, scope)
        member = node.target is not None
        if (node.function, member) not in FUNCTIONS:
            return self.host_call(node, node.function, children(node), scope)
        if member and node.function in _MAYBE_OF and len(node.arguments) == 1:
            return self.alternative(node, scope)
        if node.function == "matches" and len(children(node)) == 2:
            text, pattern = children(node)
            if isinstance(pattern, Literal) and isinstance(pattern.value, str):
                piece = self.piece(text, scope)
                return calls.matching(piece, pattern.value, self.page, self.allowances)
        return self.table_call(node, node.function, children(node), scope, member=member)

    def namespaced(self, node: Call, scope: Scope) -> str | None:
        """``math.abs`` for a call on a target that can be a namespace."""
        path = path_of(node.target) if node.target is not None else None
        if path is None or path[0].name in scope:
            return None
        return ".".join((path[0].name, *path[1], node.function))

    def table_call(
        self, node: Call, name: str, nodes: tuple[Node, ...], scope: Scope, *, member: bool
    ) -> Piece:
        arguments = [self.piece(one, scope) for one in nodes]
        found = self.type_of(node)
        return calls.table_call(name, arguments, found, self.page, self.allowances, member=member)

    def host_member_call(self, node: Call, namespaced: str, scope: Scope) -> Piece:
        """``a.b(c)``, which calls ``a.b`` if the host has that, and otherwise ``b`` on ``a``."""
        environment, host = self.request.environment, self.binding.host
        if environment is None or (node.function, True) not in environment.signatures:
            return self.host_call(node, namespaced, node.arguments, scope)
        if host is None:
            return Piece("_undecided()")
        call = self.host_call(node, node.function, children(node), scope)
        text = f"(_undecided() if {namespaced!a} in {host} else {call})"
        return compose(text, call.type, call)

    def host_call(self, node: Call, name: str, nodes: tuple[Node, ...], scope: Scope) -> Piece:
        if self.binding.host is None:
            return Piece("_undecided()")
        arguments = [self.piece(one, scope) for one in nodes]
        site, host = self.request.origin + node.position, self.reached(self.binding.host)
        found = self.types.get(id(node), DYN)
        return calls.host_call(host, name, site, arguments, found, self.page)

    def alternative(self, node: Call, scope: Scope) -> Piece:
        """``maybe.or(other)`` and ``maybe.orValue(other)``."""
        maybe, other = children(node)
        found, alternative = self.type_of(node), self.piece(other, scope)
        if node.function == "or":
            return calls.or_other(self.piece(maybe, scope), alternative, found, self.page)
        asked, short = _asked_fields(maybe), alternative.is_short
        if asked is not None and (len(asked[1]) == 1 or (short and len(asked[1]) <= _FIELDS)):
            operand = self.piece(asked[0], scope)
            return paths.value_or(operand, asked[1], alternative, self.page).typed(found)
        return calls.or_value(self.piece(maybe, scope), alternative, found, self.page)

    def macro(self, node: Macro, scope: Scope) -> Piece:
        subject = self.piece(node.subject, scope)
        names = [self.page.variable() for _ in node.variables]
        pieces = [Piece(name, reads=frozenset((name,))) for name in names]
        inner = {**scope, **dict(zip(node.variables, pieces, strict=True))}
        if node.macro in macros.WALKS:
            return self.walked(node, subject, names, inner)
        body = self.piece(node.arguments[0], inner)
        if node.macro == "cel.bind":
            return macros.binding(names[0], subject, body)
        return macros.opened(node.macro, subject, names[0], body, self.page)

    def walked(self, node: Macro, subject: Piece, names: list[str], inner: Scope) -> Piece:
        allowances = self.allowances
        limit, outside = allowances.walk(node), allowances.rounds
        allowances.rounds = outside * max(1, limit)
        arguments = [self.piece(one, inner) for one in node.arguments]
        allowances.rounds = outside
        macro = macros.Walk(self.page, subject, limit, names, arguments)
        return macros.walk(node.macro, self.type_of(node), macro)

    def is_costly(self, node: Node) -> bool:
        """Whether evaluating a node, apart from its parts, may look inside lists and maps."""
        if isinstance(node, Comparison) and node.operator in ("==", "!=", "in"):
            if isinstance(node.right, ListLiteral) and len(node.right.items) > FREE:
                return True
            types = (self.type_of(node.left).name, self.type_of(node.right).name)
            return not any(name in _SCALARS for name in types)
        return isinstance(node, Call) and node.function in _DEEP


def _literal_values(node: ListLiteral) -> list[Any] | None:
    """The values of a list of literals."""
    if node.optional or not all(isinstance(item, Literal) for item in node.items):
        return None
    return [item.value for item in node.items if isinstance(item, Literal)]


def _asked_fields(node: Node) -> tuple[Node, tuple[str, ...]] | None:
    """``a.?b.c`` → ``a``, and the fields that are asked for: ``b`` and ``c``."""
    fields: list[str] = []
    asked: tuple[Node, int] | None = None
    while isinstance(node, Select):
        fields.append(node.field)
        if node.optional:
            asked = (node.operand, len(fields))
        node = node.operand
    return None if asked is None else (asked[0], tuple(reversed(fields[: asked[1]])))


_LITERAL_TYPES: Final[Mapping[type, CelType]] = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    Uint: UINT,
    float: DOUBLE,
    str: STRING,
    bytes: BYTES,
}

_OPEN: Final = frozenset(("nullable", "never", "error"))
"""Types that leave open of which class a value is."""

_SCALARS: Final = frozenset((*CLASSES, "null_type", "timestamp", "duration"))
"""Types whose values hold no others."""

_DEEP: Final = frozenset(
    name.rpartition(".")[2] for (name, _), dispatch in FUNCTIONS.items() if dispatch.deep
)
"""Functions that look at everything inside their arguments."""

_RULES: Final[Mapping[type, Callable[[_Translator, Any, Scope], Piece]]] = {
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
