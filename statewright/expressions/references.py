"""What an expression reads: its free names, with the fields that it takes from them."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from msgspec import Struct

from statewright.expressions.syntax import (
    Expression,
    Has,
    Index,
    Literal,
    Macro,
    Name,
    Node,
    Select,
    children,
)
from statewright.expressions.values import TYPE_VALUES


class Reference(Struct, frozen=True):
    """One place where an expression reads a variable or a part of one.

    Attributes:
        path: the variable and the fields on the way to what is read: ``a.b['c']`` is ``a b c``.
            It ends where a field is computed, or is the place in a list.
        start: where it begins in the text.
        end: where it ends.
        tested: whether it is no error if the last field, or one before it that was asked for with
            ``.?`` or ``[?…]``, is missing: ``has(a.b)``, ``a.?b``.
    """

    path: tuple[str, ...]
    start: int
    end: int
    tested: bool = False


def references(
    expression: Expression, declared: Container[str] = frozenset()
) -> tuple[Reference, ...]:
    """The free names of an expression, in the order of the text, once per place.

    Args:
        expression: what to look at. Variables of its macros are not free.
        declared: names of variables. A type's name (``int``, ``list``) that stands alone means
            the type, unless it is among them.
    """
    return tuple(
        [
            reference
            for reference in _all(expression)
            if len(reference.path) > 1
            or reference.path[0] not in TYPE_VALUES
            or reference.path[0] in declared
        ]
    )


def _all(expression: Expression) -> tuple[Reference, ...]:
    """Those to types, too; an expression never changes, and many ask what it reads."""
    if expression.reads is None:
        found: list[Reference] = []
        _find(expression.root, frozenset(), found)
        object.__setattr__(expression, "reads", tuple(found))
    return expression.reads or ()


def _find(node: Node, bound: frozenset[str], found: list[Reference]) -> None:
    path = _path(node) if isinstance(node, _PATHS) else None
    if path is not None:
        name, fields, tested = path
        if name.absolute or name.name not in bound:
            found.append(Reference((name.name, *fields), node.start, node.end, tested))
        return
    if isinstance(node, Macro):
        _find(node.subject, bound, found)
        bound |= set(node.variables)
        for argument in node.arguments:
            _find(argument, bound, found)
        return
    for child in children(node):
        _find(child, bound, found)


_PATHS: Final = (Name, Select, Has, Index)


def _path(node: Node) -> tuple[Name, tuple[str, ...], bool] | None:
    """The name that a chain of static selections starts at, its fields, and whether it tests."""
    fields: list[str] = []
    tested = isinstance(node, Has)
    while not isinstance(node, Name):
        if isinstance(node, (Select, Has)):
            fields.append(node.field)
        elif isinstance(node, Index) and (key := _literal_text(node.index)) is not None:
            fields.append(key)
        else:
            return None
        tested = tested or node.optional
        node = node.operand
    return node, tuple(reversed(fields)), tested


def _literal_text(node: Node) -> str | None:
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value
    return None
