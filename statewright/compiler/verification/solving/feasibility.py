"""Which guards can be true and false together, whatever their variables are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from statewright.compiler.verification.solving.encoding import SORTS, Encoding, Truth, bounds
from statewright.compiler.verification.solving.smtlib import script_from
from statewright.compiler.verification.solving.terms import (
    Apply,
    Constant,
    Outcome,
    Sat,
    Solver,
    Sort,
    Term,
    Unknown,
    Unsat,
    both,
    opposite,
)
from statewright.compiler.verification.variables import Key
from statewright.expressions import Expression
from statewright.statechart.structure.nodes import Variable

Told = tuple[Key, bool | None]
"""What stands for a guard, and its outcome; None is no value."""


Outcomes = tuple[bool | None, ...]
"""The outcomes of several guards, in their order."""


class Feasibility:
    """Asks a solver about the outcomes of guards; every question once.

    Args:
        guards: what stands for a guard → the guard, and the names of the variables that it reads.
        variables: by name.
        solver: whom to ask; None rules nothing out.
        there: the names of variables that always have a value.
        within: numbers beyond which none is looked for; 0 for no such bound.
    """

    def __init__(
        self,
        guards: Mapping[Key, tuple[Expression, frozenset[str]]],
        variables: Mapping[str, Variable],
        solver: Solver | None,
        *,
        there: frozenset[str] = frozenset(),
        within: int = 0,
    ) -> None:
        self._within = within
        self._there = there
        self._guards = guards
        self._variables = variables
        self._solver = solver
        encoding = Encoding(variables)
        self._truths: dict[Key, Truth] = {}
        self._assumed: dict[Key, tuple[Term, ...]] = {}
        for key, (guard, _) in guards.items():
            before = len(encoding.assumed)
            self._truths[key] = encoding.truth(guard)
            self._assumed[key] = tuple(encoding.assumed[before:])
        self._cells: dict[tuple[tuple[Told, ...], tuple[Term, ...]], bool] = {}
        self._known: dict[frozenset[Told], Outcome] = {}

    def excludes(self, outcomes: Mapping[Key, bool | None]) -> bool:
        """Whether no values give guards these outcomes: true, false, or None for no value."""
        if self._solver is None:
            return False
        return any(
            isinstance(self.outcome(each), Unsat) for each in self._related(list(outcomes.items()))
        )

    def outcome(self, told: Iterable[Told]) -> Outcome:
        """What the solver says of some outcomes together."""
        asked = frozenset(told)
        known = self._known.get(asked)
        if known is None:
            known = Sat() if self._solver is None else self._solver.solve(self._script(asked))
            self._known[asked] = known
        return known

    def cells(
        self, keys: Sequence[Key], pinned: Mapping[str, Any], most: int = 0
    ) -> tuple[Outcomes, ...]:
        """All outcomes that guards can have together.

        Args:
            keys: what stands for the guards.
            pinned: values that variables have.
            most: from how many on no more are looked for; 0 for all.
        """
        pins = tuple(
            Apply("=", (Unknown(name, SORTS[self._variables[name].type]), Constant(value)))
            for name, value in pinned.items()
        )
        found: list[Outcomes] = [()]
        for number, _ in enumerate(keys):
            found = [
                (*outcomes, outcome)
                for outcomes in found
                for outcome in (True, False, None)
                if self._can_be(zip(keys[: number + 1], (*outcomes, outcome), strict=True), pins)
            ]
            if most and len(found) > most:
                break
        return tuple(found)

    def _can_be(self, told: Iterable[Told], pins: tuple[Term, ...]) -> bool:
        asked = tuple(told)
        known = self._cells.get((asked, pins))
        if known is None:
            script = self._script(frozenset(asked), pins)
            known = self._solver is None or not isinstance(self._solver.solve(script), Unsat)
            self._cells[asked, pins] = known
        return known

    def _script(self, asked: frozenset[Told], pins: tuple[Term, ...] = ()) -> str:
        names = {name for key, _ in asked for name in self._guards[key][1]}
        variables = {name: self._variables[name] for name in sorted(names)}
        terms: list[Term] = list(Encoding(variables).domains())
        terms += [Unknown(f"{name}?", Sort.TRUTH) for name in variables if name in self._there]
        terms += pins
        if self._within:
            terms += bounds(variables, self._within)
        for key, value in sorted(asked, key=repr):
            truth = self._truths[key]
            none = both(opposite(truth.true), opposite(truth.false))
            terms += self._assumed[key]
            terms.append({True: truth.true, False: truth.false, None: none}[value])
        return script_from(terms)

    def _related(self, told: list[Told]) -> Iterator[list[Told]]:
        """The outcomes in groups that have no variable in common."""
        left = list(told)
        while left:
            group = [left.pop(0)]
            names = set(self._guards[group[0][0]][1])
            grown = True
            while grown:
                joining = [one for one in left if names & self._guards[one[0]][1]]
                grown = bool(joining)
                for one in joining:
                    left.remove(one)
                    group.append(one)
                    names |= self._guards[one[0]][1]
            yield group
