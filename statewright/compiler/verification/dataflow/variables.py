"""Which variable a name means where it stands, and what of the world an expression reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from statewright.expressions import Expression
from statewright.expressions.functions.local_answers import LOCAL_ANSWERS
from statewright.expressions.references import PLACE, Reference, references
from statewright.expressions.syntax import Call, walk
from statewright.statechart.structure.nodes import ROOTS, Scope

Key = tuple[str, str]
"""A variable: the id of the state that declares it (``""`` is the session), and its name. Values of
the contact and the tenant have ``CONTACT`` and ``TENANT`` in the place of the state."""

CONTACT: Final = "~contact"
TENANT: Final = "~tenant"
OUTSIDE: Final[Mapping[str, str]] = {"contact": CONTACT, "tenant": TENANT}
"""Roots whose values live longer than a session → what stands for the state in their keys."""

Path = tuple[str, ...]

LOCAL_NAMES: Final = frozenset(one.name for one in LOCAL_ANSWERS)
"""Functions that are told a language by their last argument."""


@dataclass(frozen=True, slots=True)
class Read:
    """One place where an expression reads something.

    Attributes:
        key: the variable; None for what is no variable.
        path: what is read of it: ``("total",)`` of ``order.total``, with ``place_name(0)`` for a
            place in a list; of what is no variable, the whole path: ``("event", "data", "text")``.
        tested: whether it is no error if it is not there.
        start: where it stands in the text.
        end: where it ends.
    """

    key: Key | None
    path: Path
    tested: bool = False
    start: int = 0
    end: int = 0


def reads_of(expression: Expression, scope: Scope) -> tuple[Read, ...]:
    """Everything that an expression reads, where ``scope`` holds.

    The language in which an answer is read is left out: it says how a value is written, and not
    which values there are.
    """
    found = references(expression, places=True)
    if "answer." in expression.text:
        languages = _languages_in(expression)
        found = tuple(
            one
            for one in found
            if not any(start <= one.start and one.end <= end for start, end in languages)
        )
    return tuple([read for one in found for read in _reads(one, _named(one.path), scope)])


def named_in(expression: Expression, scope: Scope) -> Iterator[Key]:
    """The variables that an expression cannot do without, also those that decide nothing."""
    for one in references(expression):
        yield from (read.key for read in _reads(one, one.path, scope) if read.key)


@lru_cache(maxsize=8192)
def _languages_in(expression: Expression) -> tuple[tuple[int, int], ...]:
    """Where the languages stand in which answers are read."""
    return tuple(
        (one.start, one.end)
        for node in walk(expression.root)
        if isinstance(node, Call) and f"answer.{node.function}" in LOCAL_NAMES
        for one in node.arguments[1:]
    )


def _named(path: Path) -> Path:
    """A path that ends where a root, which is a map, is looked into as if it were a list."""
    return path[:1] if path[1:] and path[1].startswith(PLACE) and path[0] in ROOTS else path


def _reads(one: Reference, path: Path, scope: Scope) -> Iterator[Read]:
    """What is read in a place; ``path`` is that of it, or where that ends."""
    root, place = path[0], (one.tested, one.start, one.end)
    if root in OUTSIDE:
        yield Read((OUTSIDE[root], path[1] if len(path) > 1 else ""), path[2:], *place)
    elif root == "vars":
        if len(path) == 1:
            yield from (Read(key, (), True, one.start, one.end) for key in visible(scope))
        elif (key := key_of(path[1], scope)) is not None:
            yield Read(key, path[2:], *place)
    elif root in ROOTS:
        yield Read(None, path, *place)
    elif (key := key_of(root, scope)) is not None:
        yield Read(key, path[1:], *place)


def key_of(name: str, scope: Scope) -> Key | None:
    """The variable that a name means; None for none."""
    here: Scope | None = scope
    while here is not None:
        if name in here.declared:
            return (here.declared[name].scope, name)
        here = here.outer
    return None


def visible(scope: Scope) -> Iterator[Key]:
    """All variables that can be read, the inner ones first."""
    here: Scope | None = scope
    while here is not None:
        yield from ((variable.scope, name) for name, variable in here.declared.items())
        here = here.outer
