"""Maps that are written out: each of their parts is an expression by itself."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.expressions import Computed, Content, Expression, Record, parse
from statewright.expressions.syntax import Literal, MapLiteral


def parts_of(content: Content) -> Iterator[tuple[str, Content]]:
    """The parts of a map that is written out, by name; nothing where a value is no such map."""
    if isinstance(content, Record):
        yield from content.fields
    elif isinstance(content, Computed):
        yield from _entries(content.expression)


def _entries(expression: Expression) -> Iterator[tuple[str, Content]]:
    root = expression.root
    if not isinstance(root, MapLiteral):
        return
    named = [
        (key.value, value)
        for key, value in root.entries
        if isinstance(key, Literal) and isinstance(key.value, str)
    ]
    if len(named) == len(root.entries):
        for name, value in named:
            yield name, Computed(parse(expression.text[value.start : value.end]))
