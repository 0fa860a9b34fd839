"""Macros as Python: those that walk through a list or map become functions with a loop.

A loop stops with the first round that decides; an element without a value leaves it to the
interpreter, which absorbs the error or does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from statewright.expressions.codegen.logic import condition
from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import Piece, compose
from statewright.expressions.types import CelType, optional_of


@dataclass(frozen=True, slots=True)
class Walk:
    """What is known of a macro that walks.

    Attributes:
        page: where it is written down.
        subject: what is walked through.
        limit: how many rounds it may take.
        variables: the names of its one or two variables in Python.
        arguments: the expressions that every round evaluates.
    """

    page: Page
    subject: Piece
    limit: int
    variables: Sequence[str]
    arguments: Sequence[Piece]


def walk(macro: str, found: CelType, walk_: Walk) -> Piece:
    """A call of a function that is the macro."""
    before, body, after = WALKS[macro](walk_)
    captured = frozenset().union(*(argument.reads for argument in walk_.arguments))
    lines = [*before, *_loop(walk_), *(f"    {line}" for line in body), *after]
    own = frozenset((*walk_.variables, "_s"))
    return walk_.page.call(found, lines, captured - own, [("_s", walk_.subject)])


def _loop(walk_: Walk) -> list[str]:
    limit = walk_.limit
    if len(walk_.variables) == 1:
        large = f"if type(_s) is not list or len(_s) > {limit}:"
        return [large, f"    _s = _walk(_s, {limit})", f"for {walk_.variables[0]} in _s:"]
    return [f"for {', '.join(walk_.variables)} in _pairs(_s, {limit}):"]


_Body = tuple[list[str], list[str], list[str]]
"""The lines before the loop, in it, and after it."""


def _condition(walk_: Walk) -> Piece:
    return condition(walk_.arguments[0], walk_.page)


def _all(walk_: Walk) -> _Body:
    return [], [f"if not {_condition(walk_)}:", "    return False"], ["return True"]


def _exists(walk_: Walk) -> _Body:
    return [], [f"if {_condition(walk_)}:", "    return True"], ["return False"]


def _exists_one(walk_: Walk) -> _Body:
    body = [f"if {_condition(walk_)}:", "    _n += 1"]
    return ["_n = 0"], body, ["return _n == 1"]


def _filter(walk_: Walk) -> _Body:
    body = [f"if {_condition(walk_)}:", f"    _r.append({walk_.variables[-1]})"]
    return ["_r = []"], body, ["return _r"]


def _guarded(walk_: Walk, line: str) -> list[str]:
    """A line for the rounds of which the condition holds, if the macro has one."""
    if len(walk_.arguments) == 1:
        return [line]
    return [f"if {_condition(walk_)}:", f"    {line}"]


def _map(walk_: Walk) -> _Body:
    return ["_r = []"], _guarded(walk_, f"_r.append({walk_.arguments[-1]})"), ["return _r"]


def _transform_map(walk_: Walk) -> _Body:
    line = f"_put(_r, {walk_.variables[0]}, {walk_.arguments[-1]})"
    return ["_r = {}"], _guarded(walk_, line), ["return _r"]


def _transform_entry(walk_: Walk) -> _Body:
    line = f"_merge(_r, {walk_.arguments[-1]})"
    return ["_r = {}"], _guarded(walk_, line), ["return _r"]


def _sort_by(walk_: Walk) -> _Body:
    body = [f"_r.append({walk_.variables[-1]})", f"_n.append({walk_.arguments[0]})"]
    return ["_r = []", "_n = []"], body, ["return _sorted(_r, _n)"]


WALKS: Final[Mapping[str, Callable[[Walk], _Body]]] = {
    "all": _all,
    "exists": _exists,
    "exists_one": _exists_one,
    "existsOne": _exists_one,
    "filter": _filter,
    "map": _map,
    "sortBy": _sort_by,
    "transformList": _map,
    "transformMap": _transform_map,
    "transformMapEntry": _transform_entry,
}
"""The macros that walk through a list or map."""


def binding(variable: str, value: Piece, body: Piece) -> Piece:
    """``cel.bind(variable, value, body)``; the value is made at once, for most are needed."""
    piece = compose(f"(({variable} := {value}), {body})[1]", body.type, value, body)
    return Piece(piece.text, body.type, piece.reads - {variable}, piece.depth)


def opened(macro: str, maybe: Piece, variable: str, body: Piece, page: Page) -> Piece:
    """``maybe.optMap(variable, body)``, or ``optFlatMap``, whose body is an optional itself."""
    value = page.temporary()
    result = f"_Maybe(True, {body})" if macro == "optMap" else f"_optional({body})"
    bound = f"({value} := {maybe}).present and (({variable} := {value}.value),)"
    found = optional_of(body.type) if macro == "optMap" else body.type
    piece = compose(f"({result} if {bound} else _NOTHING)", found, maybe, body)
    return Piece(piece.text, found, piece.reads - {variable}, piece.depth)
