"""Selections and indices as Python."""

from __future__ import annotations

from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import MAPS, Piece, compose
from statewright.expressions.types import BOOL, DYN, CelType

_KEYS = ("string", "int", "uint", "double")
"""Types whose values are the keys of a Python dict as they stand."""


def selection(operand: Piece, field: str, found: CelType) -> Piece:
    """``operand.field``."""
    if operand.literal is None and operand.is_a("dyn", *MAPS):
        piece = compose(f"{operand}[{field!a}]", found, operand)
        return Piece(piece.text, found, piece.reads, operand.depth + 1)
    return compose(f"_select({operand}, {field!a})", found, operand)


def presence(operand: Piece, field: str, page: Page) -> Piece:
    """``has(operand.field)``."""
    key = ascii(field)
    if operand.is_a(*MAPS):
        return compose(f"({key} in {operand})", BOOL, operand)
    value = page.temporary()
    text = f"({key} in {value} if type({value} := {operand}) is dict else _has({value}, {key}))"
    return compose(text, BOOL, operand)


def index(operand: Piece, at: Piece, found: CelType, page: Page) -> Piece:
    """``operand[at]``."""
    return compose(_index(operand, at, page), found, operand, at)


def _index(operand: Piece, at: Piece, page: Page) -> str:
    value = page.temporary()
    is_place = at.is_a("int") and at.number is not None and at.number >= 0
    if (
        (operand.is_a(*MAPS) and at.is_a(*_KEYS))
        or (operand.is_dynamic and at.is_a("string"))
        or (operand.is_a("list") and is_place)
    ):
        return f"{operand}[{at}]"
    if operand.is_dynamic and is_place:
        return f"({value}[{at}] if type({value} := {operand}) is list else _index({value}, {at}))"
    if operand.is_a("list") and at.is_a("int"):
        return f"({operand}[{value}] if ({value} := {at}) >= 0 else _undecided())"
    return f"_index({operand}, {at})"


def optional_selection(operand: Piece, field: str, found: CelType) -> Piece:
    """``operand.?field``."""
    return compose(f"_select_optional({operand}, {field!a})", found, operand)


def optional_index(operand: Piece, at: Piece, found: CelType) -> Piece:
    """``operand[?at]``."""
    return compose(f"_index_optional({operand}, {at})", found, operand, at)


def value_or(operand: Piece, fields: tuple[str, ...], other: Piece, page: Page) -> Piece:
    """``operand.?a.?b.orValue(other)``, without making an optional of each."""
    text = _value_or(str(operand), fields, other, page)
    piece = compose(text, DYN, operand, other)
    return Piece(text, DYN, piece.reads, piece.depth + 2 * len(fields))


def _value_or(given: str, fields: tuple[str, ...], other: Piece, page: Page) -> str:
    value, key = page.temporary(), ascii(fields[0])
    inner = f"{value}[{key}]"
    if len(fields) > 1:
        inner = _value_or(inner, fields[1:], other, page)
    found = f"({inner} if {key} in {value} else {other})"
    return f"({found} if type({value} := {given}) is dict else _undecided())"
