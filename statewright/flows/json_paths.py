"""JSONPath (RFC 9535) → CEL: names, numbers and stars, which is what people write by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from statewright.flows.names import path_in_cel

_PATH: Final = re.compile(
    r"\$(?:\.[A-Za-z_][\w-]*|\[(?:[0-9]+|'[^']*'|\"[^\"]*\"|\*)\]|\.\*)*", re.ASCII
)
_STEPS: Final = re.compile(
    r"\.([A-Za-z_][\w-]*)|\[([0-9]+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]|(?:\.|\[)(\*)\]?", re.ASCII
)
_STARS: Final = 8
"""The most stars in a path."""

Path = tuple[str | None, ...]
"""The steps of a path from the outside in; None is a star."""


def steps_from_json_path(text: str) -> Path | None:
    """The steps of a path; None where it is none, or asks for more than this.

    >>> steps_from_json_path("$.data.books[0]['full title']")
    ('data', 'books', '0', 'full title')
    >>> steps_from_json_path("$.items[*].name")
    ('items', None, 'name')
    >>> steps_from_json_path("$..name")
    """
    if not _PATH.fullmatch(text):
        return None
    found = _STEPS.findall(text)
    steps = tuple(None if star else next(filter(None, names), "") for *names, star in found)
    return None if steps.count(None) > _STARS else steps


def cel_from_json_path(text: str, root: str) -> str | None:
    """The CEL that gives what a path names; None where it is no path.

    Without a star that is one value, and there is none where it is not there. With a star it is
    a list of all that is there, in order; elements that lack it are left out.

    Args:
        text: the path.
        root: CEL for what ``$`` stands for.

    >>> cel_from_json_path("$.total", "body")
    'body.total'
    >>> cel_from_json_path("$.items[*].name", "body")
    'body.items.filter(x0, x0.?name.hasValue()).map(x0, x0.name)'
    """
    steps = steps_from_json_path(text)
    return None if steps is None else _cel(root, steps, 0)


def _cel(root: str, steps: Path, depth: int) -> str:
    if None not in steps:
        return path_in_cel(root, [step for step in steps if step is not None])
    star = steps.index(None)
    items = path_in_cel(root, [step for step in steps[:star] if step is not None])
    rest = steps[star + 1 :]
    if not rest:
        return items
    name = f"x{depth}"
    first = [step for step in rest[: rest.index(None) if None in rest else len(rest)] if step]
    there = f"{items}.filter({name}, {_optional(name, first)}.hasValue())" if first else items
    each = f"{there}.map({name}, {_cel(name, rest, depth + 1)})"
    return f"{each}.flatten()" if None in rest else each


def _optional(root: str, steps: Sequence[str]) -> str:
    """The path as CEL that gives an optional: nothing where a step is not there."""
    parts = (path_in_cel("", [step]) for step in steps)
    return root + "".join(f"{part[0]}?{part[1:]}" for part in parts)
