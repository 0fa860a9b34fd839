"""Arithmetic as Python.

Whether an int fits in 64 bits is asked in two steps: most are small, and comparing those costs
next to nothing; ``_whole`` looks at the others. Beyond 62 bits it is left to the interpreter, so
that a sum which is small shows that nothing overflowed before a literal was added to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from statewright.expressions.codegen.allowances import Allowances
from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import Piece, compose, reads_of
from statewright.expressions.types import BYTES, DOUBLE, DYN, INT, STRING, UINT, CelType, list_of

_SMALL: Final = 2**30 - 1
"""Ints up to here are one digit of Python's, which it compares quickly."""

_LONG: Final = 8
"""Chains of more operands are worked off line by line."""

_HELPERS: Final = {"-": "_subtract", "*": "_multiply", "/": "_divide", "%": "_remainder"}

_ALONE: Final[Mapping[str, CelType]] = {
    "int": INT,
    "uint": UINT,
    "double": DOUBLE,
    "string": STRING,
    "bytes": BYTES,
}
"""Types whose values go together with their like only, and make their like."""

_GUARDS: Final = {"int": "int", "double": "float"}


def calculation(
    operands: Sequence[Piece], symbols: Sequence[str], page: Page, allowances: Allowances
) -> Piece:
    """Operands with symbols between them, worked off from left to right."""
    chain = _Chain(page, allowances)
    if len(operands) > _LONG:
        return chain.line_by_line(operands, symbols)
    running = _Running(operands[0])
    for symbol, operand in zip(symbols, operands[1:], strict=True):
        running = chain.step(running, symbol, operand)
    return chain.settled(running)


def negation(operand: Piece, page: Page) -> Piece:
    """``-operand``."""
    if operand.is_a("double"):
        return compose(f"(-{operand})", DOUBLE, operand)
    if operand.is_a("int"):
        return compose(_checked(f"-{operand}", page), INT, operand)
    return compose(f"_negate({operand})", DYN, operand)


class _Running:
    """What a chain has come to; ``loose`` if its size has still to be looked at."""

    def __init__(self, piece: Piece, *, loose: bool = False) -> None:
        self.piece = piece
        self.loose = loose


class _Chain:
    """Writes down a chain of operators."""

    def __init__(self, page: Page, allowances: Allowances) -> None:
        self.page = page
        self.steps = allowances.steps
        self.limit = allowances.built_text

    def line_by_line(self, operands: Sequence[Piece], symbols: Sequence[str]) -> Piece:
        name = self.page.temporary()
        lines = [f"{name} = {operands[0]}"]
        piece = operands[0]
        for symbol, operand in zip(symbols, operands[1:], strict=True):
            total = _Running(Piece(name, piece.type))
            piece = self.settled(self.step(total, symbol, operand))
            lines.append(f"{name} = {piece}")
        return self.page.call(piece.type, [*lines, f"return {name}"], reads_of(operands))

    def step(self, left: _Running, symbol: str, right: Piece) -> _Running:
        one, other = left.piece.type.name, right.type.name
        if one == other == "int" and symbol in "+-*":
            return self.sum_of_ints(left, symbol, right)
        if symbol == "+" and {one, other} in ({"string"}, {"string", "dyn"}):
            text = f"({left.piece} + {right})"
            return _Running(compose(text, STRING, left.piece, right), loose=True)
        piece = self.settled(left)
        text = (
            self.direct(piece, symbol, right)
            or self.guarded(piece, symbol, right)
            or self.helped(piece, symbol, right)
        )
        return _Running(compose(text, _result(piece, symbol, right), piece, right))

    def sum_of_ints(self, left: _Running, symbol: str, right: Piece) -> _Running:
        number = right.number
        stays = symbol in "+-" and number is not None and abs(number) <= _SMALL
        piece = left.piece if stays else self.settled(left)
        return _Running(compose(f"({piece} {symbol} {right})", INT, piece, right), loose=True)

    def settled(self, running: _Running) -> Piece:
        """The piece, its size looked at."""
        piece = running.piece
        if not running.loose:
            return piece
        if piece.is_a("int"):
            return compose(_checked(str(piece), self.page), INT, piece)
        text = self.page.temporary()
        fits = f"len({text} := {piece}) <= {self.limit}"
        return compose(f"({text} if {fits} else _undecided())", STRING, piece)

    def direct(self, left: Piece, symbol: str, right: Piece) -> str | None:
        """What Python's operator does as CEL's."""
        if left.is_a("double") and right.is_a("double") and symbol in "+-*/":
            return f"({left} {symbol} {right})"
        number = right.number
        if left.is_a("int") and right.is_a("int") and number is not None and number > 0:
            value = self.page.temporary()
            operator = "//" if symbol == "/" else "%"
            exact = f"{_HELPERS[symbol]}({value}, {right})"
            return f"({value} {operator} {right} if ({value} := {left}) >= 0 else {exact})"
        return None

    def guarded(self, left: Piece, symbol: str, right: Piece) -> str | None:
        """A number and something of no known type, which is probably a number, too."""
        value = self.page.temporary()
        if left.is_dynamic and right.type.name in _GUARDS:
            known, given, text = right, left, f"({value} {symbol} {right})"
        elif right.is_dynamic and left.type.name in _GUARDS:
            known, given, text = left, right, f"({left} {symbol} {value})"
        else:
            return None
        if symbol not in "+-*":
            return None
        text = _checked(text, self.page) if known.is_a("int") else text
        guard = f"type({value} := {given}) is {_GUARDS[known.type.name]}"
        return f"({text} if {guard} else _undecided())"

    def helped(self, left: Piece, symbol: str, right: Piece) -> str:
        if symbol == "+":
            return f"_add({left}, {right}, {self.steps})"
        return f"{_HELPERS[symbol]}({left}, {right})"


def _checked(text: str, page: Page) -> str:
    value = page.temporary()
    return f"({value} if -{_SMALL} <= ({value} := {text}) <= {_SMALL} else _whole({value}))"


def _result(left: Piece, symbol: str, right: Piece) -> CelType:
    for piece in (left, right):
        if piece.type.name in _ALONE:
            return _ALONE[piece.type.name]
    if symbol == "+" and left.is_a("list") and right.is_a("list"):
        return left.type if left.type == right.type else list_of(DYN)
    return DYN
