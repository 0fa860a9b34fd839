"""CEL with other names in it, and contents as CEL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from msgspec.structs import fields, replace

from statewright.compiler.targets.scxml.names import Naming
from statewright.errors import EvaluationError, UnwritableTree
from statewright.expressions import (
    Computed,
    Content,
    Expression,
    Hole,
    Record,
    Sequence,
    Template,
    Text,
)
from statewright.expressions import Literal as LiteralContent
from statewright.expressions.printing.spelling import tree_from_value
from statewright.expressions.printing.unparser import unparse
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Has,
    Index,
    ListLiteral,
    Literal,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
)
from statewright.expressions.template import Secret
from statewright.statechart.structure.nodes import ROOTS, Scope

Bound = frozenset[str]
"""The macro variables in scope."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Writes expressions of one scope.

    Attributes:
        naming: the names of the chart in SCXML.
        scope: the variables that the expressions see.
    """

    naming: Naming
    scope: Scope

    def expression(self, expression: Expression) -> str:
        """The text of an expression."""
        return _text(self._node(expression.root, frozenset()))

    def content(self, content: Content) -> str:
        """An expression that gives the value of a content."""
        return _text(self._content(content))

    # Contents

    def _content(self, content: Content) -> Node:
        match content:
            case LiteralContent(value):
                return _value(value)
            case Computed(expression):
                return self._node(expression.root, frozenset())
            case Text(template):
                return self._template(template)
            case Record(parts):
                entries = tuple((_literal(name), self._content(part)) for name, part in parts)
                return MapLiteral(entries, 0, 0)
            case Sequence(items):
                return ListLiteral(tuple(map(self._content, items)), 0, 0)

    def _template(self, template: Template) -> Node:
        lone = template.lone_hole
        if lone is not None and template.place.value == "value":
            return self._node(lone.expression.root, frozenset())
        operands = [self._part(part) for part in template.parts] or [_literal("")]
        if len(operands) == 1:
            return operands[0]
        operators = ("+",) * (len(operands) - 1)
        return Arithmetic(tuple(operands), operators, (0,) * len(operators), 0, 0)

    def _part(self, part: str | Hole | Secret) -> Node:
        if isinstance(part, str):
            return _literal(part)
        if isinstance(part, Secret):
            return _literal(f"{{{{secret:{part.key}}}}}")
        return Call("string", None, (self._node(part.expression.root, frozenset()),), 0, 0, 0)

    # Trees

    def _node(self, node: Node, bound: Bound) -> Node:
        """The tree with the names of SCXML; it is never deeper than what is safe to recurse."""
        variable = self._variable(node, bound)
        if variable is not None:
            return variable
        match node:
            case Call("In", None, (Literal(str(name)),)):
                return replace(node, arguments=(_literal(self.naming.ids.get(name, name)),))
            case Macro():
                inner = bound | set(node.variables)
                arguments = tuple(self._node(argument, inner) for argument in node.arguments)
                return replace(node, subject=self._node(node.subject, bound), arguments=arguments)
            case _:
                parts = {part.name: getattr(node, part.name) for part in fields(node)}
                changes = {name: self._within(part, bound) for name, part in parts.items()}
                return cast("Node", replace(node, **changes))

    def _within(self, part: Any, bound: Bound) -> Any:
        if isinstance(part, tuple):
            return tuple(self._within(one, bound) for one in part)
        return self._node(part, bound) if isinstance(part, Node) else part

    def _variable(self, node: Node, bound: Bound) -> Node | None:
        """What reads a variable: ``name``, ``vars.name``, ``vars['name']``, ``has(vars.name)``."""
        match node:
            case Name(name) if name not in ROOTS and (node.absolute or name not in bound):
                found = self.naming.variable(name, self.scope)
                return None if found is None else replace(node, name=found)
            case (
                Select(Name("vars"), name)
                | Has(Name("vars"), name)
                | Index(Name("vars"), Literal(str(name)))
            ) if "vars" not in bound:
                found = self.naming.variable(name, self.scope)
                return None if found is None else _renamed(node, found)
            case _:
                return None


def _renamed(node: Select | Has | Index, name: str) -> Node:
    """The same look at a variable of another name."""
    variables = Name("vars", 0, 0)
    if isinstance(node, Has):
        return replace(node, field=name)
    if node.optional:
        return Select(variables, name, 0, 0, optional=True)
    return Name(name, 0, 0)


def _literal(text: str) -> Literal:
    return Literal(text, 0, 0)


def _value(value: Any) -> Node:
    try:
        return tree_from_value(value)
    except EvaluationError as error:
        return Call("fail", None, (_literal(error.reason),), 0, 0, 0)


def _text(node: Node) -> str:
    try:
        return unparse(node)
    except UnwritableTree as error:
        return f"fail({unparse(_literal(str(error)))})"
