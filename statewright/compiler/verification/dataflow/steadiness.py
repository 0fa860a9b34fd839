"""Variables that have a value of one type wherever they can be seen, so nothing depends on that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from statewright.compiler.verification.dataflow.uses import Part, Role, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.expressions import Literal
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Has,
    Index,
    Logic,
    Name,
    Node,
    Select,
    Unary,
)
from statewright.expressions.syntax import Literal as Written
from statewright.statechart.structure.nodes import Variable
from statewright.statechart.structure.tree import Tree

_TYPES: Final[Mapping[str, type]] = {"string": str, "int": int, "bool": bool, "double": float}


def steady(
    tree: Tree,
    uses: Mapping[str, Uses],
    declared: Mapping[Key, Variable],
    inputs: Mapping[Key, Collection[Any]],
) -> frozenset[Key]:
    """The variables that are there from the start of their scope, and are never unset.

    Args:
        tree: of the chart.
        uses: of the chart.
        declared: its variables.
        inputs: what a session may be given.
    """
    begun = {("", datum.name): datum.value for datum in tree.chart.data}
    for node in tree.nodes.values():
        if node.state is not None:
            begun.update({(node.id, one.name): one.value for one in node.state.data})
    found = {
        key
        for key, variable in declared.items()
        if variable.type in _TYPES
        and not (variable.limits is not None and variable.limits.nullable)
        and _begins(key, variable.type, begun.get(key), inputs)
    }
    for one in uses.values():
        for part in one.parts():
            found -= _shaken(part)
    return frozenset(found)


def _begins(key: Key, name: str, content: object, inputs: Mapping[Key, Collection[Any]]) -> bool:
    own = _TYPES[name]
    if key in inputs:
        return all(type(value) is own for value in inputs[key])
    return isinstance(content, Literal) and type(content.value) is own


def _shaken(part: Part) -> set[Key]:
    """What may be unset in a part: what may get a value that is absent."""
    return {
        site.target
        for site in part.sites
        if site.role is Role.FLOW
        and site.target is not None
        and site.alone
        and not _is_there(site.expression.root)
    }


def _is_there(node: Node) -> bool:
    """Whether the value, if it has one, is certainly no optional that may be empty."""
    match node:
        case Written() | Name() | Comparison() | Logic() | Has() | Unary() | Arithmetic():
            return True
        case Select(operand, optional=False) | Index(operand, optional=False):
            return _is_there(operand)
        case Conditional(_, then, otherwise):
            return _is_there(then) and _is_there(otherwise)
        case Call(function):
            return function in _THERE
        case _:
            return False


_THERE: Final = frozenset(("bool", "double", "int", "size", "string", "trim"))
"""Functions that never give an optional, whatever they are called with."""
