"""The functions that Wriveted adds to CEL → those of ours.

Theirs take an empty list for 0, or for nothing; ours want to be told what it stands for. What is no
number is left out by theirs, and is an error in ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.errors import ExpressionError
from statewright.expressions import parse
from statewright.expressions.syntax import Call, walk

_FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "sum": ("sum", "0"),
    "avg": ("avg", "0.0"),
    "max": ("max", "null"),
    "min": ("min", "null"),
    "merge": ("merge_sum", ""),
    "collect": ("flatten", ""),
    "top_keys": ("top_keys", "5"),
}
"""Our name for a function, and what a call with one argument is to have as its second."""


def in_our_functions(text: str) -> str:
    """An expression that calls functions of theirs as one that calls ours.

    What is no expression stays, and a check tells its author.

    >>> in_our_functions("top_keys(merge(temp.hues))")
    'top_keys(merge_sum(temp.hues), 5)'
    """
    try:
        nodes = list(walk(parse(text).root))
    except ExpressionError:
        return text
    edits: list[tuple[int, int, str]] = []
    for node in nodes:
        if isinstance(node, Call) and node.target is None and node.function in _FUNCTIONS:
            name, second = _FUNCTIONS[node.function]
            edits.append((node.position, node.position + len(node.function), name))
            if second and len(node.arguments) == 1:
                edits.append((node.end - 1, node.end - 1, f", {second}"))
    for start, end, made in sorted(edits, reverse=True):
        text = f"{text[:start]}{made}{text[end:]}"
    return text
