"""Which variables decide how a conversation goes on: by their value, or only by being there.

A value that is only shown, or only counted and never compared, decides nothing. All situations that
differ in nothing else are one and the same to the searches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from statewright.compiler.scope import HOST_FUNCTIONS, ROOTS
from statewright.compiler.verification.dataflow.counting import is_count
from statewright.compiler.verification.dataflow.uses import Part, Role, Site, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.expressions import (
    Environment,
    Expression,
    FailureKind,
    check,
    references,
    type_from_name,
)
from statewright.expressions.types import object_of
from statewright.statechart.structure.nodes import Scope, Variable

DECIDING = (Role.TEST, Role.CARRIED)
"""Roles in which every value counts."""

_HARMLESS = frozenset(
    (FailureKind.ABSENT, FailureKind.OVERFLOW, FailureKind.BUDGET, FailureKind.TYPE)
)
"""Failures that depend on whether a variable is there, and of what type; and those that take
numbers and values that no conversation has."""

_NOTHING: Final[frozenset[Key]] = frozenset()


class Relevance:
    """What decides, in one chart.

    Args:
        uses: of the chart.
        declared: every variable of the chart.

    Attributes:
        values: the variables whose values decide.
    """

    def __init__(self, uses: Mapping[str, Uses], declared: Mapping[Key, Variable]) -> None:
        self._declared = declared
        self._risks = _Risks()
        self._reads: dict[Part, frozenset[Key]] = {}
        sites = [site for one in uses.values() for part in one.parts() for site in part.sites]
        self.values = self._closure(sites)

    def reads(self, part: Part) -> frozenset[Key]:
        """The variables whose values decide something in a part."""
        if not part.sites:
            return _NOTHING
        known = self._reads.get(part)
        if known is None:
            known = self._reads[part] = self._read_in(part)
        return known

    def type_of(self, site: Site) -> str:
        """The name of the type of what an expression gives."""
        return self._risks.of(site.expression, site.scope).type

    def _read_in(self, part: Part) -> frozenset[Key]:
        found: set[Key] = set()
        for site in part.sites:
            if site.role in DECIDING or (site.role is Role.FLOW and site.target in self.values):
                found |= _keys(site)
            elif site.role is not Role.SHOWN:
                found |= self._risked(site)
        return frozenset(found & self.values)

    def _closure(self, sites: Iterable[Site]) -> set[Key]:
        sites = tuple(sites)
        values: set[Key] = set()
        sources: dict[Key, set[Key]] = defaultdict(set)
        for site in sites:
            if site.role in DECIDING:
                values |= _keys(site)
            elif site.role is not Role.SHOWN:
                values |= self._risked(site)
            if site.role is Role.FLOW and site.target is not None:
                sources[site.target] |= _keys(site)
        waiting = list(values)
        while waiting:
            for key in sources.get(waiting.pop(), ()):
                if key not in values:
                    values.add(key)
                    waiting.append(key)
        return values - _turns(sites)

    def _risked(self, site: Site) -> set[Key]:
        """The variables on whose values it depends whether there is a value."""
        keys = _keys(site)
        if not keys:
            return keys
        wanted = self._declared.get(site.target) if site.target and not site.place else None
        risks = self._risks.of(site.expression, site.scope)
        if wanted is not None and not self._fits(site, wanted, risks.type):
            return keys
        return {
            read.key
            for read in site.reads
            if read.key is not None
            and any(start <= read.start and read.end <= end for start, end in risks.spans)
        }

    def _fits(self, site: Site, wanted: Variable, type_: str) -> bool:
        """Whether every value of a type may be kept in a variable."""
        limits = wanted.limits
        if limits is not None and (limits.values or limits.maximum is not None):
            return False
        counts = site.target is not None and is_count(site, site.target)
        return wanted.type == "dyn" or (wanted.type == type_ and (limits is None or counts))


def _keys(site: Site) -> set[Key]:
    return {read.key for read in site.reads if read.key is not None}


def _turns(sites: Iterable[Site]) -> set[Key]:
    """The variables that remember the number of a turn: no later one has it again."""
    turns: set[Key] = set()
    others: set[Key] = set()
    for site in sites:
        if site.role is Role.FLOW and site.target is not None:
            (turns if site.expression.text == "session.turns" else others).add(site.target)
    return turns - others


@dataclass(frozen=True, slots=True)
class _Risk:
    """What may go wrong with an expression because of values: where, and of what type it is."""

    type: str
    spans: tuple[tuple[int, int], ...]


class _Risks:
    """Tells where an expression may fail because of a value; each is looked at once."""

    def __init__(self) -> None:
        self._environments: dict[tuple[tuple[str, str], ...], Environment] = {}
        self._known: dict[tuple[str, str], _Risk] = {}
        self._by_types: dict[tuple[str, tuple[tuple[str, str], ...]], _Risk] = {}

    def of(self, expression: Expression, scope: Scope) -> _Risk:
        place = (expression.text, scope.id)
        known = self._known.get(place)
        if known is None:
            types = _types(expression, scope)
            known = self._by_types.get((expression.text, types))
            if known is None:
                known = self._by_types[expression.text, types] = self._checked(expression, types)
            self._known[place] = known
        return known

    def _checked(self, expression: Expression, types: tuple[tuple[str, str], ...]) -> _Risk:
        checked = check(expression, self._environment(types))
        spans = [(one.start, one.end) for one in checked.failures if one.kind not in _HARMLESS]
        if checked.problems:
            spans.append((0, len(expression.text)))
        return _Risk(checked.type.name, tuple(spans))

    def _environment(self, types: tuple[tuple[str, str], ...]) -> Environment:
        known = self._environments.get(types)
        if known is None:
            # Whether a variable is there is told apart from its value; here all of them are.
            named = {name: type_from_name(kind) for name, kind in types}
            roots = {name: type_from_name(kind) for name, kind in ROOTS.items()}
            known = self._environments[types] = Environment(
                {**named, **roots, "vars": object_of(named)}, HOST_FUNCTIONS
            )
        return known


def _types(expression: Expression, scope: Scope) -> tuple[tuple[str, str], ...]:
    """The variables that an expression may read, with their types: few of all that it sees."""
    paths = [reference.path for reference in references(expression)]
    if ("vars",) not in paths:
        names = {path[1] if path[0] == "vars" else path[0] for path in paths}
        found = ((name, scope.variable(name)) for name in sorted(names))
        return tuple((name, one.type) for name, one in found if one is not None)
    seen: dict[str, str] = {}
    here: Scope | None = scope
    while here is not None:
        seen = {name: one.type for name, one in here.declared.items()} | seen
        here = here.outer
    return tuple(seen.items())
