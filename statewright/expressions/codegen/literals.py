"""Literals, and lists and maps that are written out, as Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import MAPS, Piece, compose
from statewright.expressions.syntax import Literal
from statewright.expressions.types import DYN, LIST, CelType, map_of

_ANY_MAP: Final = map_of(DYN, DYN)


def literal(node: Literal, found: CelType, page: Page) -> Piece:
    """A literal: written out if Python writes it in one way only, otherwise a constant."""
    return Piece(_text(node.value, page), found, literal=node)


def _text(value: object, page: Page) -> str:
    own = type(value)
    if value is None or own is bool or own is str:
        return ascii(value)
    if own is int or (own is float and isinstance(value, float) and math.isfinite(value)):
        text = repr(value)
        return f"({text})" if text.startswith("-") else text
    if own is float:
        return page.constant("double", repr(value))
    if isinstance(value, int):
        return page.constant("uint", int(value))
    return page.constant("bytes", value)


def list_literal(items: Sequence[Piece], optional: frozenset[int], found: CelType) -> Piece:
    """``[a, ?b]``."""
    found = found if found.name == "list" else LIST
    text = ", ".join(map(str, items))
    if optional:
        return compose(f"_list_with({_places(optional)}, {text})", found, *items)
    return compose(f"[{text}]", found, *items)


def map_literal(
    entries: Sequence[tuple[Piece, Piece]], optional: frozenset[int], found: CelType
) -> Piece:
    """``{a: b, ?c: d}``."""
    found = found if found.name in MAPS else _ANY_MAP
    parts = [part for entry in entries for part in entry]
    if _has_plain_keys(entries) and not optional:
        text = ", ".join(f"{key}: {value}" for key, value in entries)
        return compose(f"{{{text}}}", found, *parts)
    text = ", ".join(map(str, [_places(optional), *parts]))
    return compose(f"_map_with({text})", found, *parts)


def _places(optional: frozenset[int]) -> str:
    return f"({''.join(f'{place}, ' for place in sorted(optional))})"


def _has_plain_keys(entries: Sequence[tuple[Piece, Piece]]) -> bool:
    """Whether all keys are texts that are written out, and no two the same."""
    keys = {key.literal.value for key, _ in entries if key.literal and key.is_a("string")}
    return len(keys) == len(entries)
