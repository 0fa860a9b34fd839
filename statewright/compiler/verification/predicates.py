"""Guards that are followed in the place of the values that they are about.

Of a guard that samples cannot decide, it is remembered whether it is true, false, or has no value,
for as long as nothing is written that it reads; then it may be any of these anew. Together with
what a solver rules out, that tells what can happen without knowing any value.

Source: predicate abstraction, as in Graf and Saïdi, *Construction of abstract state graphs with
PVS*, CAV 1997.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Expression, Literal, evaluate, parse, references
from statewright.statechart.actions import Assign, ForEach
from statewright.statechart.definition import Statechart
from statewright.statechart.structure.nodes import ROOTS
from statewright.statechart.structure.traversal import actions_in
from statewright.statechart.structure.tree import tree_of

NO_VALUE: Final = None
"""Stands for a guard that has no value."""

MOST: Final = 24
"""How many guards are followed at most; others may be anything whenever they are asked."""

_PLAIN: Final = frozenset(("string", "bool", "int"))
_TYPES: Final = {"int": int, "double": float, "string": str, "bool": bool, "list": list}


@dataclass(frozen=True, slots=True)
class Predicate:
    """A guard that is followed.

    Attributes:
        guard: the guard.
        names: of the variables that it reads, all of the session.
        initial: what it is at first; not said where ``is_open``.
        is_open: whether it may be anything at first.
        plain: those of the variables that hold whatever is written to them of their own type, with
            that type.
    """

    guard: Expression
    names: frozenset[str]
    initial: bool | None = None
    is_open: bool = False
    plain: Mapping[str, type] = field(default_factory=dict)


def predicates_of(chart: Statechart, given_up: frozenset[str]) -> dict[str, Predicate]:
    """Those of some guards that can be followed, by their texts.

    Args:
        chart: the real one.
        given_up: the texts of the guards.
    """
    plain = _plain_names(chart)
    found: dict[str, Predicate] = {}
    for text in sorted(given_up):
        guard = parse(text)
        names = _names_read(guard, plain)
        if names and len(found) < MOST:
            found[text] = _begun(chart, guard, names)
    return found


def _plain_names(chart: Statechart) -> frozenset[str]:
    """The variables of the session whose names mean nothing else anywhere."""
    tree = tree_of(chart)
    others = {
        name
        for node in tree.nodes.values()
        for name, one in node.scope.declared.items()
        if one.scope != ""
    }
    for action in actions_in(chart):
        if isinstance(action, ForEach):
            others |= {action.item, action.index}
    for node in tree.nodes.values():
        for invoke in () if node.state is None else node.state.invocations:
            others |= {one.location[0] for one in invoke.finalize if isinstance(one, Assign)}
    return frozenset(datum.name for datum in chart.data) - others - frozenset(ROOTS)


def _names_read(guard: Expression, plain: frozenset[str]) -> frozenset[str]:
    """The names that a guard reads; none where it reads anything else, or parts of something."""
    found: set[str] = set()
    for one in references(guard):
        path = one.path[1:] if one.path[0] == "vars" else one.path
        if len(path) != 1 or path[0] not in plain:
            return frozenset()
        found.add(path[0])
    return frozenset(found)


def _begun(chart: Statechart, guard: Expression, names: frozenset[str]) -> Predicate:
    """A guard with what it is at first, where that is known."""
    data = {datum.name: datum for datum in chart.data if datum.name in names}
    plain = {
        name: _TYPES[one.type]
        for name, one in data.items()
        if one.type in _PLAIN and one.limits is None
    }
    given: dict[str, Any] = {}
    for name, datum in data.items():
        content = datum.value
        known = content is None or isinstance(content, Literal)
        if isinstance(content, Literal):
            known = type(content.value) is _TYPES.get(datum.type)
            given[name] = content.value
        if name in chart.inputs or not known:
            return Predicate(guard, names, is_open=True, plain=plain)
    return Predicate(guard, names, evaluated(guard, given), plain=plain)


def evaluated(guard: Expression, names: Mapping[str, Any]) -> bool | None:
    """What a guard is for some values; ``NO_VALUE`` where it has none."""
    try:
        value = evaluate(guard, {**names, "vars": dict(names)})
    except EvaluationError:
        return NO_VALUE
    return value if isinstance(value, bool) else NO_VALUE


def affected(predicates: Mapping[str, Predicate], assign: Assign) -> Iterator[str]:
    """The texts of the guards that read what is written."""
    return (text for text, one in predicates.items() if assign.location[0] in one.names)
