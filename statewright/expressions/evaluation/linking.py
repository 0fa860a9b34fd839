"""A syntax tree → one closure, put together from those of its parts.

Nothing of the tree is looked at again. Every macro variable has its slot in the frame, known
here, so a program holds no state and threads may share it. What is frequent, such as a field of a
variable or a comparison with a literal, becomes one closure instead of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.expressions.evaluation.closures import (
    calculations,
    calls,
    comparisons,
    literals,
    logic,
    macros,
    paths,
)
from statewright.expressions.evaluation.closures.frame import FIRST_SLOT, Closure, Frame, constant
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.operations.access import index, index_optional
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
    walk,
)
from statewright.expressions.values import TYPE_VALUES

_NODES_PER_STEP: Final = 8
"""The nodes that a step of the budget evaluates."""

Scope = Mapping[str, Closure]
"""The macro variables in scope, and how each is read."""


def link(
    root: Node, container: str = "", qualified: frozenset[str] = frozenset()
) -> tuple[Closure, int]:
    """The program of a tree, and how many slots it needs in its frame.

    Args:
        root: the tree.
        container: the namespace in which names are resolved: ``a.b``.
        qualified: variables whose names have dots; the longest one that fits is taken.
    """
    linker = _Linker(container, qualified)
    program = linker.link(root, {})
    return program, linker.slots


@dataclass(slots=True)
class _Linker:
    """One run over one tree. ``slots`` are given out so far: every macro has one of its own."""

    container: str
    qualified: frozenset[str]
    slots: int = 0

    def link(self, node: Node, scope: Scope) -> Closure:
        return _LINKS[type(node)](self, node, scope)

    def literal(self, node: Literal, _: Scope) -> Closure:
        return constant(node.value)

    # Names and what is selected from them

    def name(self, node: Name, scope: Scope) -> Closure:
        if not node.absolute and node.name in scope:
            return scope[node.name]
        return self.resolved(node, scope) or paths.variable(node.name, node.start)

    def resolved(self, node: Name | Select, scope: Scope) -> Closure | None:
        """The variable or type that a path names as a whole, in the container or outside it."""
        path = path_of(node)
        if path is None:
            return None
        root, fields = path
        if not root.absolute and root.name in scope:
            return None
        name = ".".join((root.name, *fields))
        if fields and name in TYPE_VALUES:
            return constant(TYPE_VALUES[name])
        outer = () if root.absolute else tuple(filter(None, self.container.split(".")))
        for length in range(len(outer), -1, -1):
            full = ".".join((*outer[:length], name))
            if full in self.qualified:
                return paths.variable(full, node.start)
        return None

    def select(self, node: Select, scope: Scope) -> Closure:
        operand, position = node.operand, node.end - len(node.field)
        if node.optional:
            return paths.optional_selection(self.link(operand, scope), node.field, position)
        resolved = self.resolved(node, scope)
        if resolved is not None:
            return resolved
        if isinstance(operand, Name) and (operand.absolute or operand.name not in scope):
            whole = self.resolved(operand, scope)
            if whole is None:
                return paths.variable_field(operand.name, node.field, operand.start, position)
        return paths.selection(self.link(operand, scope), node.field, position)

    def has(self, node: Has, scope: Scope) -> Closure:
        return paths.presence(self.link(node.operand, scope), node.field, node.start)

    def index(self, node: Index, scope: Scope) -> Closure:
        look = index_optional if node.optional else index
        operand, at = self.link(node.operand, scope), self.link(node.index, scope)
        whole = paths.indexed(operand, at, node.index.start, look)
        name, key = node.operand, node.index
        if not isinstance(name, Name) or not isinstance(key, Literal) or type(key.value) is not str:
            return whole
        if name.name in scope or self.resolved(name, scope) is not None:
            return whole
        return paths.variable_part(name.name, key.value, whole, optional=node.optional)

    # Operators

    def unary(self, node: Unary, scope: Scope) -> Closure:
        operand = self.link(node.operand, scope)
        if node.operator == "!":
            return logic.negation(operand, node.start)
        return calculations.negation(operand, node.start)

    def logic(self, node: Logic, scope: Scope) -> Closure:
        positions = [operand.start for operand in node.operands]
        return logic.junction(
            [self.link(one, scope) for one in node.operands], positions, stop=node.operator == "||"
        )

    def comparison(self, node: Comparison, scope: Scope) -> Closure:
        left, right = self.link(node.left, scope), node.right
        if isinstance(right, Literal):
            return comparisons.comparison_with(node.operator, left, right.value, node.position)
        if node.operator == "in" and (texts := _literal_texts(right)) is not None:
            return comparisons.membership(left, texts)
        return comparisons.comparison(node.operator, left, self.link(right, scope), node.position)

    def arithmetic(self, node: Arithmetic, scope: Scope) -> Closure:
        operands = [self.link(one, scope) for one in node.operands]
        return calculations.calculation(operands, node.operators, node.positions)

    def conditional(self, node: Conditional, scope: Scope) -> Closure:
        condition, then, otherwise = [self.link(one, scope) for one in children(node)]
        return logic.conditional(condition, then, otherwise, node.condition.start)

    # Lists and maps

    def list_literal(self, node: ListLiteral, scope: Scope) -> Closure:
        items = [self.link(one, scope) for one in node.items]
        if not node.optional:
            return literals.list_of(items)
        positions = [item.start for item in node.items]
        return literals.list_with_optionals(items, node.optional, positions)

    def map_literal(self, node: MapLiteral, scope: Scope) -> Closure:
        texts = dict(_named_entries(node))
        if len(texts) == len(node.entries) and not node.optional:
            return literals.map_with([(key, self.link(one, scope)) for key, one in texts.items()])
        entries = [(self.link(key, scope), self.link(value, scope)) for key, value in node.entries]
        positions = [key.start for key, _ in node.entries]
        return literals.map_of(entries, node.optional, positions)

    # Calls and macros

    def call(self, node: Call, scope: Scope) -> Closure:
        namespaced = self.namespaced(node, scope)
        if namespaced is not None:
            dispatch = FUNCTIONS.get((namespaced, False))
            arguments = [self.link(one, scope) for one in node.arguments]
            if dispatch is not None:
                return calls.table_call(namespaced, dispatch, arguments, node.position)
            if (node.function, True) not in FUNCTIONS:
                whole = [self.link(one, scope) for one in children(node)]
                return calls.host_member_call(
                    namespaced,
                    calls.host_call(namespaced, arguments, node.position),
                    calls.host_call(node.function, whole, node.position),
                )
        arguments = [self.link(one, scope) for one in children(node)]
        member = node.target is not None
        dispatch = FUNCTIONS.get((node.function, member))
        if dispatch is None:
            return calls.host_call(node.function, arguments, node.position)
        special = _SPECIAL.get((node.function, len(arguments)))
        if member and special is not None:
            return special(arguments[0], arguments[1], node.position)
        if node.function == "matches" and len(arguments) == 2:
            pattern = children(node)[1]
            if isinstance(pattern, Literal) and isinstance(pattern.value, str):
                return calls.matching(arguments[0], pattern.value, node.position)
        return calls.table_call(node.function, dispatch, arguments, node.position)

    def namespaced(self, node: Call, scope: Scope) -> str | None:
        """``math.abs`` for a call on a target that can be a namespace."""
        path = path_of(node.target) if node.target is not None else None
        if path is None or path[0].name in scope:
            return None
        return ".".join((path[0].name, *path[1], node.function))

    def macro(self, node: Macro, scope: Scope) -> Closure:
        subject = self.link(node.subject, scope)
        slot = FIRST_SLOT + self.slots
        self.slots += 1
        pairs = len(node.variables) == 2
        readers = [_part(slot, 0), _part(slot, 1)] if pairs else [paths.local(slot)]
        if node.macro == "cel.bind":
            readers = [macros.bound(slot, subject)]
        inner = {**scope, **dict(zip(node.variables, readers, strict=True))}
        arguments = [self.link(one, inner) for one in node.arguments]
        if node.macro == "cel.bind":
            return macros.binding(slot, arguments[0])
        if node.macro in ("optMap", "optFlatMap"):
            return macros.opened(subject, slot, arguments[0], node.macro, node.position)
        cost = cost_of_round(node)
        rounds = macros.rounds_of(subject, node.macro, node.position, pairs=pairs, cost=cost)
        return macros.WALKS[node.macro](rounds, slot, arguments, node.position)


def cost_of_round(node: Macro) -> int:
    """The steps of the budget that one round of a macro takes, without the macros inside it."""
    size = sum(1 for argument in node.arguments for _ in walk(argument))
    return 1 + size // _NODES_PER_STEP


def _part(slot: int, part: int) -> Closure:
    """The first or second variable of a macro with two: they share a slot."""

    def run(frame: Frame) -> Any:
        return frame[slot][part]

    return run


def _literal_texts(node: Node) -> frozenset[str] | None:
    """The texts of a list of literal texts."""
    if not isinstance(node, ListLiteral) or node.optional:
        return None
    values = [item.value for item in node.items if isinstance(item, Literal)]
    texts = frozenset(value for value in values if isinstance(value, str))
    return texts if len(values) == len(node.items) and all(map(_is_text, values)) else None


def _named_entries(node: MapLiteral) -> Iterator[tuple[str, Node]]:
    """The entries of a map whose keys are literal texts."""
    for key, value in node.entries:
        if isinstance(key, Literal) and isinstance(key.value, str):
            yield key.value, value


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_SPECIAL: Final = {("or", 2): calls.or_other, ("orValue", 2): calls.or_value}
"""Functions whose last argument is evaluated only where it is needed."""

_LINKS: Final[Mapping[type, Callable[[_Linker, Any, Scope], Closure]]] = {
    Literal: _Linker.literal,
    Name: _Linker.name,
    Select: _Linker.select,
    Has: _Linker.has,
    Index: _Linker.index,
    Call: _Linker.call,
    Unary: _Linker.unary,
    Logic: _Linker.logic,
    Comparison: _Linker.comparison,
    Arithmetic: _Linker.arithmetic,
    Conditional: _Linker.conditional,
    ListLiteral: _Linker.list_literal,
    MapLiteral: _Linker.map_literal,
    Macro: _Linker.macro,
}
