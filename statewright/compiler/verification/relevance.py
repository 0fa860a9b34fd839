"""Which variables decide how a conversation goes on: by their value, or only by being there.

A value that is only shown, or only counted and never compared, decides nothing. All situations that
differ in nothing else are one and the same to the searches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from statewright.compiler.scope import HOST_FUNCTIONS, ROOTS
from statewright.compiler.verification.uses import Part, Role, Site, Uses
from statewright.compiler.verification.variables import Key
from statewright.expressions import (
    Environment,
    Expression,
    FailureKind,
    check,
    type_from_name,
)
from statewright.expressions.types import object_of
from statewright.statechart.definition import Limits
from statewright.statechart.nodes import Scope, Variable

_HARMLESS = frozenset(
    (FailureKind.ABSENT, FailureKind.OVERFLOW, FailureKind.BUDGET, FailureKind.TYPE)
)
"""Failures that depend on whether a variable is there, and of what type; and those that take
numbers and values that no conversation has."""


class Relevance:
    """What decides, in one chart.

    Args:
        uses: of the chart.
        declared: every variable of the chart.

    Attributes:
        values: the variables whose values decide.
        effective: id of a part → the variables among them that it reads so that it matters.
    """

    def __init__(self, uses: Mapping[str, Uses], declared: Mapping[Key, Variable]) -> None:
        self._declared = declared
        self._risks = _Risks()
        sites = [site for one in uses.values() for part in one.parts() for site in part.sites]
        self.values = self._closure(sites)

    def reads(self, part: Part) -> frozenset[Key]:
        """The variables whose values decide something in a part."""
        found: set[Key] = set()
        for site in part.sites:
            if self._counts(site):
                found |= self._keys(site)
        return frozenset(found & self.values)

    def _counts(self, site: Site) -> bool:
        if site.role is Role.TEST:
            return True
        if site.role is Role.FLOW and site.target in self.values:
            return True
        return site.role is not Role.SHOWN and self._risky(site)

    def _keys(self, site: Site) -> set[Key]:
        return {read.key for read in site.reads if read.key is not None}

    def _closure(self, sites: Iterable[Site]) -> set[Key]:
        values: set[Key] = set()
        sources: dict[Key, set[Key]] = defaultdict(set)
        for site in sites:
            keys = self._keys(site)
            if site.role is Role.TEST or (site.role is not Role.SHOWN and self._risky(site)):
                values |= keys
            elif site.role is Role.FLOW and site.target is not None:
                sources[site.target] |= keys
        waiting = list(values)
        while waiting:
            for key in sources.get(waiting.pop(), ()):
                if key not in values:
                    values.add(key)
                    waiting.append(key)
        return values

    def _risky(self, site: Site) -> bool:
        """Whether it depends on values, not only on what is there, if there is a value."""
        if not self._keys(site):
            return False
        wanted = self._declared.get(site.target) if site.target and not site.place else None
        kind = "dyn" if wanted is None else wanted.type
        limits = None if wanted is None else wanted.limits
        return self._risks.risky(site.expression, site.scope, kind, limits)


class _Risks:
    """Tells whether an expression may fail because of a value; each is looked at once."""

    def __init__(self) -> None:
        self._environments: dict[str, Environment] = {}
        self._known: dict[tuple[str, str, str, bool], bool] = {}

    def risky(
        self, expression: Expression, scope: Scope, wanted: str, limits: Limits | None
    ) -> bool:
        known = (expression.text, scope.id, wanted, limits is None)
        if known not in self._known:
            checked = check(expression, self._environment(scope))
            failing = any(failure.kind not in _HARMLESS for failure in checked.failures)
            fits = wanted == "dyn" or (checked.type.name == wanted and limits is None)
            self._known[known] = failing or bool(checked.problems) or not fits
        return self._known[known]

    def _environment(self, scope: Scope) -> Environment:
        known = self._environments.get(scope.id)
        if known is None:
            types: dict[str, str] = {}
            here: Scope | None = scope
            while here is not None:
                types = {name: one.type for name, one in here.declared.items()} | types
                here = here.outer
            # Whether a variable is there is told apart from its value; here all of them are.
            named = {name: type_from_name(kind) for name, kind in types.items()}
            roots = {name: type_from_name(kind) for name, kind in ROOTS.items()}
            known = self._environments[scope.id] = Environment(
                {**named, **roots, "vars": object_of(named)}, HOST_FUNCTIONS
            )
        return known
