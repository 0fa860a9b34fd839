"""Guards that are followed in the place of the values that they are about.

Of a guard that samples cannot decide, it is remembered whether it is true, false, or has no value,
for as long as nothing is written that it reads; then it may be any of these anew, together with
others as far as a solver knows values for that. So it is told what can happen without any value.

Source: predicate abstraction, as in Graf and Saïdi, *Construction of abstract state graphs with
PVS*, CAV 1997.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.solving.feasibility import Feasibility, Outcomes
from statewright.compiler.verification.solving.terms import Solver
from statewright.compiler.verification.solving.trying import evaluated
from statewright.expressions import (
    Computed,
    Expression,
    Literal,
    expressions_in,
    parse,
    references,
)
from statewright.statechart.actions import Assign, ForEach
from statewright.statechart.definition import Datum, Statechart
from statewright.statechart.structure.nodes import ROOTS, Variable
from statewright.statechart.structure.traversal import actions_in
from statewright.statechart.structure.tree import tree_of

KNOWN: Final = "~known:"
"""How the names of variables begin that say what a guard is."""

MOST: Final = 24
"""How many guards are followed at most; others may be anything whenever they are asked."""

CELLS: Final = 64
"""How many outcomes there may be together of all guards that read one variable."""

OPEN: Final = 4
"""How many guards may be anything at first."""

_PLAIN: Final = frozenset(("string", "bool", "int"))
_TYPES: Final = {"int": int, "double": float, "string": str, "bool": bool, "list": list}


@dataclass(frozen=True, slots=True)
class Predicate:
    """A guard that is followed.

    Attributes:
        key: the variable that says what it is.
        guard: the guard.
        names: of the variables that it reads, all of the session.
        initial: what it is at first; not said where ``is_open``.
        is_open: whether it may be anything at first.
    """

    key: Key
    guard: Expression
    names: frozenset[str]
    initial: bool | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Following:
    """The guards that are followed.

    Attributes:
        predicates: text of a guard → what is known of it.
        feasible: which of them can be so together.
        plain: the variables that hold whatever is written to them of their own type, with that.
    """

    predicates: Mapping[str, Predicate] = field(default_factory=dict)
    feasible: Feasibility | None = None
    plain: Mapping[str, type] = field(default_factory=dict)

    def after(self, assign: Assign) -> tuple[tuple[Predicate, ...], tuple[Outcomes, ...]]:
        """The guards that read what is written, and all that they can be together then."""
        own = assign.location[0]
        reading = tuple(one for one in self.predicates.values() if own in one.names)
        if self.feasible is None or not reading:
            return (), ()
        value = assign.value.value if isinstance(assign.value, Literal) else None
        is_whole = len(assign.location) == 1 and type(value) is self.plain.get(own)
        pinned = {own: value} if is_whole else {}
        return reading, self.feasible.cells([one.key for one in reading], pinned)


def following_of(
    chart: Statechart,
    given_up: frozenset[str],
    variables: Mapping[str, Variable],
    solver: Solver | None,
) -> Following:
    """Those of some guards that can be followed.

    Args:
        chart: the real one.
        given_up: the texts of the guards.
        variables: the variables of the session, by name.
        solver: whom to ask; without one, no guard is followed.
    """
    if solver is None:
        return Following()
    possible = list(candidates(chart, given_up))
    guards = {one.key: (one.guard, one.names) for one in possible}
    feasible = Feasibility(guards, variables, solver, there=_always_there(chart))
    chosen: dict[str, Predicate] = {}
    for one in possible:
        wider = [*chosen.values(), one]
        few = sum(each.is_open for each in wider) <= OPEN and len(wider) <= MOST
        if few and all(_cells(feasible, wider, name) <= CELLS for name in one.names):
            chosen[one.guard.text] = one
    plain = {
        datum.name: _TYPES[datum.type]
        for datum in chart.data
        if datum.type in _PLAIN and datum.limits is None
    }
    return Following(chosen, feasible, plain)


def _cells(feasible: Feasibility, predicates: Iterable[Predicate], name: str) -> int:
    return len(feasible.cells([one.key for one in predicates if name in one.names], {}, CELLS))


def candidates(chart: Statechart, given_up: frozenset[str]) -> Iterator[Predicate]:
    """The guards that read nothing but variables of the session, as a whole."""
    plain = _plain_names(chart)
    for number, text in enumerate(sorted(given_up)):
        guard = parse(text)
        names = _names_read(guard, plain)
        if names:
            yield _begun(chart, ("", f"{KNOWN}{number}"), guard, names)


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


def _begun(chart: Statechart, key: Key, guard: Expression, names: frozenset[str]) -> Predicate:
    """A guard with what it is at first, where that is known."""
    given: dict[str, Any] = {}
    for datum in chart.data:
        if datum.name not in names:
            continue
        if datum.name in chart.inputs or not _is_known(datum):
            return Predicate(key, guard, names, is_open=True)
        if isinstance(datum.value, Literal):
            given[datum.name] = datum.value.value
    return Predicate(key, guard, names, evaluated(guard, given))


def _is_known(datum: Datum) -> bool:
    """Whether it is known what a variable holds at first."""
    if isinstance(datum.value, Literal):
        return type(datum.value.value) is _TYPES.get(datum.type)
    return datum.value is None


def _always_there(chart: Statechart) -> frozenset[str]:
    """The variables that hold a value at first, and are never without one."""
    found = {one.name for one in chart.data if isinstance(one.value, Literal) and _is_known(one)}
    for action in actions_in(chart):
        if isinstance(action, Assign) and action.location[0] in found:
            texts = [one.text for one in expressions_in(action.value)]
            optional = isinstance(action.value, Computed) and any(
                "?" in text or "optional" in text or "optMap" in text for text in texts
            )
            if optional or len(action.location) > 1:
                found.discard(action.location[0])
    return frozenset(found)
