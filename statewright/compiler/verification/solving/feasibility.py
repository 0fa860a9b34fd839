"""Which guards can be true and false together, whatever their variables are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from statewright.compiler.verification.dataflow.variables import Key
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
    Unsolved,
    both,
    opposite,
)
from statewright.compiler.verification.solving.trying import Trying
from statewright.expressions import Expression
from statewright.statechart.structure.nodes import Variable

Told = tuple[Key, bool | None]
"""What stands for a guard, and its outcome; None is no value."""


Outcomes = tuple[bool | None, ...]
"""The outcomes of several guards, in their order."""


QUESTIONS: Final = 400
"""So often a solver is asked about the guards of one chart; what is not asked may be."""

FAILED: Final = 8
"""After so many questions about a variable that it cannot answer, it is asked no more of these."""


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
        self._trying = Trying(guards, variables, there)
        encoding = Encoding(variables)
        self._truths: dict[Key, Truth] = {}
        self._assumed: dict[Key, tuple[Term, ...]] = {}
        for key, (guard, _) in guards.items():
            before = len(encoding.assumed)
            self._truths[key] = encoding.truth(guard)
            self._assumed[key] = tuple(encoding.assumed[before:])
        self._cells: dict[tuple[tuple[Told, ...], tuple[Term, ...]], bool] = {}
        self._known: dict[frozenset[Told], Outcome] = {}
        self._questions = 0
        self._failed: Counter[str] = Counter()

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
            known = self._known[asked] = self._asked(asked)
        return known

    def _asked(self, told: frozenset[Told], pins: tuple[Term, ...] = ()) -> Outcome:
        """What the solver says; it is asked little of variables of which it often knows nothing."""
        names = frozenset(name for key, _ in told for name in self._guards[key][1])
        if self._solver is None:
            return Sat()
        if self._questions >= QUESTIONS or any(self._failed[name] >= FAILED for name in names):
            return Unsolved("enough was asked")
        self._questions += 1
        outcome = self._solver.solve(self._script(told, pins))
        if isinstance(outcome, Sat):
            self._trying.learn(outcome.model)
        elif isinstance(outcome, Unsolved):
            self._failed.update(names)
        return outcome

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
            wider = [(*one, outcome) for one in found for outcome in (True, False, None)]
            first = keys[: number + 1]
            found = [
                one
                for one in wider
                if one in self._trying.seen(first, pinned) or self._can_be(first, one, pinned, pins)
            ]
            if most and len(found) > most:
                break
        return tuple(found)

    def _can_be(
        self,
        keys: Sequence[Key],
        outcomes: Outcomes,
        pinned: Mapping[str, Any],
        pins: tuple[Term, ...],
    ) -> bool:
        """Whether guards may have outcomes that they were not seen to have.

        The last of these may not go with one of the others, and then it does not go with all.
        """
        told = list(zip(keys, outcomes, strict=True))
        few = [told[-1:], *([one, told[-1]] for one in told[:-1]), told]
        return all(
            tuple(outcome for _, outcome in some)
            in self._trying.seen([key for key, _ in some], pinned)
            or self._is_possible(some, pins)
            for some in few
        )

    def _is_possible(self, told: Sequence[Told], pins: tuple[Term, ...]) -> bool:
        asked = tuple(told)
        known = self._cells.get((asked, pins))
        if known is None:
            outcome = self._asked(frozenset(asked), pins)
            known = self._cells[asked, pins] = not isinstance(outcome, Unsat)
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
