"""The paths of variables that are written: ``temp.done`` → ``("temp", "done")``."""

from __future__ import annotations

from collections.abc import Container

from statewright.errors import ExpressionError
from statewright.expressions import parse, references
from statewright.flows.nodes import Source
from statewright.statechart.structure.validation import LOCATION_LENGTH

Path = tuple[str, ...]

READ_ONLY = frozenset({"event", "input", "now", "session", "vars"})
WHOLE = frozenset({("contact",), ("tenant",)})
"""What belongs to others is written part by part."""


def path_from(source: Source, declared: Container[str]) -> Path:
    """The path that a text names. A declared name is taken as it stands, whatever it holds.

    Raises:
        ExpressionError: it is no path.
    """
    text = source.text
    if text in declared:
        return (text,)
    found = references(parse(text), declared)
    if len(found) != 1 or found[0].end - found[0].start != len(text) or found[0].tested:
        raise ExpressionError(
            text, 0, len(text), "this is no variable", "write a name, or a path: `order.total`"
        )
    if found[0].path[0] in READ_ONLY or found[0].path in WHOLE:
        raise ExpressionError(
            text, 0, len(text), f"`{text}` is not for writing", "declare a variable of your own"
        )
    if len(found[0].path) > LOCATION_LENGTH:
        raise ExpressionError(
            text, 0, len(text), f"the path has more than {LOCATION_LENGTH} names", "make it shorter"
        )
    return found[0].path
