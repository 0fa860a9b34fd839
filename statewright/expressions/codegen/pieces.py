"""Pieces of Python source, each the value of a part of an expression."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from statewright.expressions.syntax import Literal
from statewright.expressions.types import DYN, CelType

_SHORT: Final = 80

CLASSES: Final = {
    "bool": "bool",
    "int": "int",
    "uint": "_Uint",
    "double": "float",
    "string": "str",
    "bytes": "bytes",
}
"""Types of which every value is of exactly one class, by the name of that class."""

MAPS: Final = frozenset(("map", "object"))
NUMBERS: Final = frozenset(("int", "uint", "double"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A Python expression that stands for the value of a part of an expression.

    Attributes:
        text: a name, a call, a subscription, or something in brackets: any operator may stand
            beside it.
        type: what is known of its value.
        reads: the parameters and the variables of macros that it uses.
        depth: about how many levels of brackets it has.
        literal: the literal that it is, if it is one.
    """

    text: str
    type: CelType = DYN
    reads: frozenset[str] = frozenset()
    depth: int = 0
    literal: Literal | None = None

    def __str__(self) -> str:
        return self.text

    def is_a(self, *types: str) -> bool:
        """Whether the name of its type is one of these."""
        return self.type.name in types

    @property
    def is_dynamic(self) -> bool:
        """Whether nothing is known of its type."""
        return self.type.name == "dyn"

    @property
    def is_null(self) -> bool:
        """Whether it is ``null``, written out."""
        return self.literal is not None and self.literal.value is None

    @property
    def is_short(self) -> bool:
        """Whether it may stand in two branches of which one is taken."""
        return len(self.text) <= _SHORT and ":=" not in self.text

    @property
    def number(self) -> Any:
        """The number that it is, if it is one that is written out."""
        literal = self.literal
        return literal.value if literal is not None and self.type.name in NUMBERS else None

    def typed(self, found: CelType) -> Piece:
        """The same piece with another type."""
        return replace(self, type=found)


def compose(text: str, found: CelType, *parts: Piece) -> Piece:
    """A piece that is made of others."""
    return Piece(text, found, reads_of(parts), 2 + max((part.depth for part in parts), default=0))


def reads_of(parts: Iterable[Piece]) -> frozenset[str]:
    """What these pieces read."""
    return frozenset().union(*(part.reads for part in parts))
