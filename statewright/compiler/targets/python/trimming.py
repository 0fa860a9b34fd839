"""Tables of functions without the rows that nobody needs.

A row is kept if the name of a needed function stands in it. A row that makes others, and names none
of them, is kept if a needed function of the table is not among those that are named.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Final

from statewright.compiler.targets.python.parts import Module
from statewright.expressions import functions
from statewright.expressions.overloads import Overload

_EVERY: Final = "OVERLOADS"
"""The table of all tables, in ``expressions.functions``."""

_ELSEWHERE: Final = {"NETWORK": frozenset(("string",))}
"""Functions of a table that only matter to values that its other functions make."""


def trimmed_texts(
    module_of: Callable[[str], Module], needed: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """The modules with tables of functions, without the rows that nobody needs: names and texts.

    Args:
        module_of: name → module.
        needed: the names of functions.
    """
    home = module_of(functions.__name__)
    kept: set[str] = set()
    for table, place in home.imported.items():
        overloads = getattr(functions, table)
        if type(overloads) is not tuple or not table.isupper():
            continue
        own = needed & {one.name for one in overloads if isinstance(one, Overload)}
        if own - _ELSEWHERE.get(table, frozenset()):
            kept.add(table)
            yield place[0], trimmed("\n".join(module_of(place[0]).lines), table, own)
    yield home.name, trimmed("\n".join(home.lines), _EVERY, frozenset(kept))


def trimmed(text: str, table: str, needed: frozenset[str]) -> str:
    r"""A module with the rows of a table that are needed.

    >>> print(trimmed('T: X = (\n    f("a"),\n    f("b"),\n)\n', "T", frozenset(("b",))))
    T: X = (
        f("b"),
    )
    <BLANKLINE>
    """
    tree = ast.parse(text)
    (value,) = (
        one.value
        for one in tree.body
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and one.target.id == table
    )
    if not isinstance(value, ast.Tuple):
        return text
    named = [set(_names_in(row)) for row in value.elts]
    missing = {one for one in needed if not any(_names(row, one) for row in named)}
    rows = [
        ast.get_source_segment(text, row, padded=True) or ""
        for row, names in zip(value.elts, named, strict=True)
        if any(_names(names, one) for one in needed) or (missing and not names)
    ]
    lines = text.split("\n")
    first, last = value.lineno - 1, (value.end_lineno or 1) - 1
    inner = [f"{row if row.startswith(' ') else '    ' + row}," for row in rows]
    opening = lines[first].encode()[: value.col_offset + 1].decode()
    if not rows:
        opening, inner = opening + ")", []
    new = [opening, *inner, ")"] if rows else [opening]
    return "\n".join([*lines[:first], *new, *lines[last + 1 :]])


def _names(words: set[str], function: str) -> bool:
    """Whether a row names a function, be it without its namespace."""
    return function in words or function.rpartition(".")[2] in words


def _names_in(row: ast.expr) -> Iterator[str]:
    """The names of functions, and of tables, that stand in a row."""
    if isinstance(row, ast.Starred) and isinstance(row.value, ast.Name):
        yield row.value.id
        return
    for node in ast.walk(row):
        if isinstance(node, ast.Call):
            for one in node.args[:2]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value
