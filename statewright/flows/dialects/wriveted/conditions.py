"""Wriveted's conditions → CEL.

A condition is CEL, or an object: ``{var, eq | ne | gt | gte | lt | lte | in | contains | exists}``,
``{and: […]}``, ``{or: […]}``, ``{not: …}``. A variable that is not there equals nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.names import (
    is_identifier,
    literal_in_cel,
    path_in_cel,
    quoted,
    variable_in_cel,
)
from statewright.flows.nearest import listed
from statewright.flows.nodes import Source
from statewright.flows.outline import shown
from statewright.flows.parts import MISSING, Part
from statewright.flows.placeholders import Path, path_from, paths_in

Comparison = Callable[[str, str], str]


def _contains(left: str, right: str) -> str:
    return f"(type({left}) == string ? {left}.contains({right}) : {right} in {left})"


_COMPARISONS: Final[Mapping[str, Comparison]] = MappingProxyType(
    {
        "eq": lambda left, right: f"{left} == {right}",
        "ne": lambda left, right: f"{left} != {right}",
        "gt": lambda left, right: f"{left} > {right}",
        "gte": lambda left, right: f"{left} >= {right}",
        "lt": lambda left, right: f"{left} < {right}",
        "lte": lambda left, right: f"{left} <= {right}",
        "in": lambda left, right: f"{left} in {right}",
        "contains": _contains,
    }
)
_KNOWN: Final = ("var", *_COMPARISONS, "exists", "and", "or", "not")
FALSE: Final = "false"
"""What stands in for a condition that cannot be read."""


def guard_from(part: Part, scope: Scope) -> Source:
    """A condition as a guard; what is wrong with it is reported, and false."""
    if isinstance(part.value, str):
        return part.source(scope.expression)
    if isinstance(part.value, bool):
        return Source(literal_in_cel(part.value), part.location)
    if not isinstance(part.value, dict):
        part.wrong("a condition")
        return Source(FALSE, part.location)
    original = shown(part.value, 200).strip("`")
    return Source(_translated(part, scope), part.location, original)


def _translated(part: Part, scope: Scope) -> str:
    """The CEL of a condition object (documents bound its depth)."""
    if isinstance(part.value, str | bool):
        return f"({guard_from(part, scope).text})"
    if not isinstance(part.value, dict):
        part.wrong("a condition")
        return FALSE
    part.refuse_unknown(_KNOWN, "error")
    if part["not"].present:
        return f"!({_translated(part['not'], scope)})"
    for key, operator in (("and", " && "), ("or", " || ")):
        if part[key].present:
            terms = [_translated(item, scope) for item in part[key].items()]
            return operator.join(f"({term})" for term in terms) or FALSE
    return _compared(part, scope)


def _compared(part: Part, scope: Scope) -> str:
    name = part["var"]
    path = path_from(name.text()) if name.present else None
    if path is None:
        name.wrong("the name of a variable")
        return FALSE
    present = _present(path, scope)
    left = scope.in_cel(path)
    terms = []
    if part["exists"].present:
        terms.append(present if part["exists"].flag() else f"!({present})")
    for name_of_comparison, comparison in _COMPARISONS.items():
        operand = part[name_of_comparison]
        if operand.value is MISSING:
            continue
        compared = comparison(left, _operand(operand, scope))
        # What is not there equals nothing but null.
        if (name_of_comparison == "ne") != (operand.value is None):
            terms.append(f"!({present}) || {compared}")
        else:
            terms.append(f"{present} && {compared}")
    if not terms and not set(part.value) - set(_KNOWN):
        part.report("R005", "the comparison is missing", f"known are {listed(_KNOWN[1:])}")
    if not terms:
        return FALSE
    return terms[0] if len(terms) == 1 else " && ".join(f"({term})" for term in terms)


def _operand(part: Part, scope: Scope) -> str:
    """The CEL of what a variable is compared with; a lone placeholder is a path."""
    paths = paths_in(part.value) if isinstance(part.value, str) else []
    if len(paths) == 1 and re.fullmatch(r"\s*\{\{[^{}]*\}\}\s*", part.value):
        return scope.in_cel(paths[0])
    return literal_in_cel(part.value)


def _present(path: Path, scope: Scope) -> str:
    """Whether a path is there, asked step by step so that no step is an error."""
    root, *steps = scope.scoped(path)
    read = variable_in_cel(root)
    terms = []
    for step in steps:
        if is_identifier(step):
            terms.append(f"has({read}.{step})")
        elif step.isdecimal():
            terms.append(f"size({read}) > {step[:9]}")
        else:
            terms.append(f"{quoted(step)} in {read}")
        read = path_in_cel(read, [step])
    return " && ".join(terms) or "true"
