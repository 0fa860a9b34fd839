"""What is written down while one expression is translated: its functions, and names for them.

Everything that generated code names begins with ``_``: ``_f3`` is the function of the fourth
expression and ``_f3_1`` a part of it, ``_t1`` holds a value in passing, ``_v1`` is the variable of
a macro, ``_k1`` a constant of the module. Other names with ``_`` are those of ``support``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from statewright.expressions.codegen.pieces import Piece, reads_of
from statewright.expressions.types import CelType

DEPTH_LIMIT: Final = 40
"""How many levels of brackets one function may have; Python's own limit is 200."""

Constant = tuple[object, ...]
"""What a constant is made of: its kind, then plain values that can be marshalled."""


@dataclass(slots=True)
class Constants:
    """The constants of a module, each once: constant → number."""

    numbers: dict[Constant, int] = field(default_factory=dict)

    def name(self, constant: Constant) -> str:
        """The name under which generated code finds a constant."""
        return f"_k{self.numbers.setdefault(constant, len(self.numbers))}"


@dataclass(slots=True)
class Page:
    """What becomes of one expression.

    Attributes:
        name: of its function.
        constants: of the whole module.
        functions: the text of every part that became a function of its own.
    """

    name: str
    constants: Constants
    functions: list[str] = field(default_factory=list)
    _count: int = 0

    def temporary(self) -> str:
        """A name for a value in passing."""
        return self._next("_t")

    def variable(self) -> str:
        """A name for the variable of a macro."""
        return self._next("_v")

    def constant(self, *constant: object) -> str:
        """The name of a constant."""
        return self.constants.name(constant)

    def call(
        self,
        found: CelType,
        lines: Sequence[str],
        captured: frozenset[str],
        given: Sequence[tuple[str, Piece]] = (),
    ) -> Piece:
        """A call of a new function.

        Args:
            found: the type of what it returns.
            lines: its body.
            captured: what it reads besides its own parameters; that is handed to it, too.
            given: its own parameters, and what they are.
        """
        own = [parameter for parameter, _ in given]
        others = sorted(captured.difference(own))
        name = self._next(f"{self.name}_")
        body = "\n    ".join(lines)
        self.functions.append(f"def {name}({', '.join([*own, *others])}):\n    {body}\n")
        pieces = [piece for _, piece in given]
        depth = 1 + max((piece.depth for piece in pieces), default=0)
        text = f"{name}({', '.join([*map(str, pieces), *others])})"
        return Piece(text, found, reads_of(pieces).union(others), depth)

    def shallow(self, piece: Piece) -> Piece:
        """The piece, or a call of a function that returns it if it is nested too deeply."""
        if piece.depth <= DEPTH_LIMIT:
            return piece
        return self.call(piece.type, [f"return {piece}"], piece.reads)

    def _next(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"
