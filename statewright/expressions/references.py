"""What an expression reads: its free names, with the fields that it takes from them."""

from __future__ import annotations

from collections.abc import Callable, Container
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
            It ends where a field is computed, or is the place in a list, unless places were asked
            for: then ``a.b[0]`` is ``a b`` and ``place_name(0)``.
        start: where it begins in the text.
        end: where it ends.
        tested: whether it is no error if the last field, or one before it that was asked for with
            ``.?`` or ``[?…]``, is missing: ``has(a.b)``, ``a.?b``.
    """

    path: tuple[str, ...]
    start: int
    end: int
    tested: bool = False


PLACE: Final = "\0"
"""How the name of a place in a list begins, which no field has."""


def place_name(number: int) -> str:
    """What stands for a place in a list among the fields of a path."""
    return f"{PLACE}{number}"


def references(
    expression: Expression, declared: Container[str] = frozenset(), *, places: bool = False
) -> tuple[Reference, ...]:
    """The free names of an expression, in the order of the text, once per place.

    Args:
        expression: what to look at. Variables of its macros are not free.
        declared: names of variables. A type's name (``int``, ``list``) that stands alone means
            the type, unless it is among them.
        places: whether paths go on at places in lists that are written out.
    """
    # Without brackets there are no places; a tree that was made up has no text.
    if places and (not expression.text or "[" in expression.text):
        return _without_types(_found(expression, _key_or_place), declared)
    usual: _Usual | None = expression.reads
    if usual is None:
        usual = _usual(expression)
    return _without_types(usual.found, declared) if usual.names_types else usual.found


def variables_in(expression: Expression) -> frozenset[str]:
    """The variables that an expression reads; those of some names only as a part of ``vars``."""
    paths = (reference.path for reference in references(expression))
    return frozenset(path[1] if path[0] == "vars" and len(path) > 1 else path[0] for path in paths)


_TYPES: Final = frozenset((name,) for name in TYPE_VALUES)


def _without_types(found: tuple[Reference, ...], declared: Container[str]) -> tuple[Reference, ...]:
    return tuple(
        [
            reference
            for reference in found
            if reference.path not in _TYPES or reference.path[0] in declared
        ]
    )


_Named = Callable[[Node], str | None]
"""What stands for an index among the fields of a path; None where it is computed."""


class _Usual(Struct, frozen=True):
    """What is found without places.

    Attributes:
        found: the free names.
        names_types: whether any of them may be that of a type; hardly ever.
    """

    found: tuple[Reference, ...]
    names_types: bool


def _usual(expression: Expression) -> _Usual:
    """Find it, and keep it: an expression never changes, and many ask what it reads."""
    found = _found(expression, _literal_text)
    names_types = not _TYPES.isdisjoint([reference.path for reference in found])
    usual = _Usual(found, names_types)
    object.__setattr__(expression, "reads", usual)
    return usual


def _found(expression: Expression, named: _Named) -> tuple[Reference, ...]:
    found: list[Reference] = []
    _find(expression.root, frozenset(), found, named)
    return tuple(found)


def _find(node: Node, bound: frozenset[str], found: list[Reference], named: _Named) -> None:
    if isinstance(node, Literal):
        return
    path = _path(node, named) if isinstance(node, _PATHS) else None
    if path is not None:
        name, fields, tested = path
        if name.absolute or name.name not in bound:
            found.append(Reference((name.name, *fields), node.start, node.end, tested))
        return
    if isinstance(node, Macro):
        _find(node.subject, bound, found, named)
        bound |= set(node.variables)
        for argument in node.arguments:
            _find(argument, bound, found, named)
        return
    for child in children(node):
        _find(child, bound, found, named)


_PATHS: Final = (Name, Select, Has, Index)


def _path(node: Node, named: _Named) -> tuple[Name, tuple[str, ...], bool] | None:
    """The name that a chain of static selections starts at, its fields, and whether it tests."""
    if isinstance(node, Name):
        return node, (), False
    fields: list[str] = []
    tested = isinstance(node, Has)
    while not isinstance(node, Name):
        if isinstance(node, (Select, Has)):
            fields.append(node.field)
        elif isinstance(node, Index) and (key := named(node.index)) is not None:
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


def _key_or_place(node: Node) -> str | None:
    if isinstance(node, Literal) and type(node.value) is int and node.value >= 0:
        return place_name(node.value)
    return _literal_text(node)
