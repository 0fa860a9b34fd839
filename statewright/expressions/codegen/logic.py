"""``&&``, ``||``, ``!`` and ``? :`` as Python.

Python stops at the first operand that decides, as CEL does. That an operand without a value is
absorbed by a later one is left to the interpreter.
"""

from __future__ import annotations

from collections.abc import Sequence

from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import Piece, compose
from statewright.expressions.types import BOOL, CelType


def condition(piece: Piece, page: Page) -> Piece:
    """A piece whose value is true or false, or that leaves it to the interpreter."""
    if piece.is_a("bool"):
        return piece
    if not piece.is_dynamic:
        return compose("_undecided()", BOOL)
    value = page.temporary()
    text = f"(({value} := {piece}) is True or {value} is not False and _undecided())"
    return compose(text, BOOL, piece)


def junction(symbol: str, operands: Sequence[Piece], page: Page) -> Piece:
    """Operands with ``&&`` or ``||`` between them."""
    word = " and " if symbol == "&&" else " or "
    conditions = [condition(operand, page) for operand in operands]
    return compose(f"({word.join(map(str, conditions))})", BOOL, *conditions)


def negation(operand: Piece, page: Page) -> Piece:
    """``!operand``."""
    value = condition(operand, page)
    return compose(f"(not {value})", BOOL, value)


def conditional(test: Piece, then: Piece, otherwise: Piece, found: CelType, page: Page) -> Piece:
    """``test ? then : otherwise``."""
    value = condition(test, page)
    return compose(f"({then} if {value} else {otherwise})", found, value, then, otherwise)
