"""How large values are at most: what is small is handled for nothing, whatever it is used for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from statewright.expressions.checking.hazards.survey import Survey
from statewright.expressions.meter import FREE
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Conditional,
    ListLiteral,
    Literal,
    MapLiteral,
    Node,
    children,
)
from statewright.expressions.types import CelType

SCALARS: Final = frozenset(
    (*("null_type", "bool", "int", "uint", "double"), *("timestamp", "duration", "type"))
)
"""The names of the types whose values are all of about one size."""
_LONGEST: Final = 64
"""The characters of a number, a time or a bool that is written out."""


def is_small(survey: Survey, node: Node) -> bool:
    """Whether the value of a node is surely small."""
    size = bulk(survey, node)
    return size is not None and size <= FREE


def bulk(survey: Survey, node: Node) -> int | None:
    """How many characters and parts a value has at most, with all inside it; None: any number."""
    known = _bulk_of_type(survey.type_of(node))
    if known is not None:
        return known
    key = id(node)
    if key not in survey.bulks:
        rule = _RULES.get(type(node))
        survey.bulks[key] = None if rule is None else rule(survey, node)
    return survey.bulks[key]


def _bulk_of_type(found: CelType) -> int | None:
    if found.name in SCALARS:
        return 0
    if found.name in ("nullable", "optional_type"):
        return _bulk_of_type(found.parameters[0])
    return max((len(str(value)) for value in found.values), default=None)


def _total(survey: Survey, nodes: Iterable[Node]) -> int | None:
    total = 0
    for node in nodes:
        size = bulk(survey, node)
        if size is None:
            return None
        total += 1 + size
    return total


def _of_literal(_: Survey, node: Literal) -> int | None:
    return len(node.value) if isinstance(node.value, str | bytes) else 0


def _of_sum(survey: Survey, node: Arithmetic) -> int | None:
    return _total(survey, node.operands)


def _of_parts(survey: Survey, node: ListLiteral | MapLiteral) -> int | None:
    return _total(survey, children(node))


def _of_outcomes(survey: Survey, node: Conditional) -> int | None:
    return _total(survey, (node.then, node.otherwise))


def _of_call(survey: Survey, node: Call) -> int | None:
    """A conversion of something of no size into a text."""
    if node.function == "string" and len(node.arguments) == 1:
        return _LONGEST if bulk(survey, node.arguments[0]) == 0 else None
    return None


_RULES: Final[Mapping[type, Callable[[Survey, Any], int | None]]] = {
    Literal: _of_literal,
    Arithmetic: _of_sum,
    ListLiteral: _of_parts,
    MapLiteral: _of_parts,
    Conditional: _of_outcomes,
    Call: _of_call,
}
