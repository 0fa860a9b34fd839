"""Outcomes that guards were seen to have together: what is seen need not be asked.

A solver is asked only about outcomes that no value is known for, which are few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Any, Final

from statewright.compiler.verification.boxes import frozen
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.inputs.literals import Cut, cut_of
from statewright.compiler.verification.inputs.samples import samples
from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate
from statewright.expressions.values import NOTHING
from statewright.statechart.structure.nodes import Variable

NO_VALUE: Final = None
"""Stands for a guard that has no value."""

TRIED: Final = 1_000
"""So many combinations of values are tried for the guards of one question at most."""


class Trying:
    """Tells which outcomes some guards have for values that are known.

    Args:
        guards: what stands for a guard → the guard, and the names of the variables that it reads.
        variables: by name.
        there: the names of variables that always have a value.
    """

    def __init__(
        self,
        guards: Mapping[Key, tuple[Expression, frozenset[str]]],
        variables: Mapping[str, Variable],
        there: frozenset[str],
    ) -> None:
        self._guards = guards
        self._variables = variables
        self._there = there
        cuts: dict[str, Cut] = {}
        for guard, names in guards.values():
            for name in names:
                cuts.setdefault(name, Cut()).add(cut_of(guard))
        self._values = {name: self._samples(name, cut) for name, cut in cuts.items()}
        self._outcomes: dict[tuple[Key, tuple[Any, ...]], bool | None] = {}
        self._found: list[dict[str, Any]] = []
        self._told: dict[tuple[Any, ...], int] = {}
        self._seen: dict[tuple[Any, ...], set[tuple[bool | None, ...]]] = {}

    def seen(self, keys: Sequence[Key], pinned: Mapping[str, Any]) -> set[tuple[bool | None, ...]]:
        """The outcomes of guards together, for some values of their variables.

        Args:
            keys: what stands for the guards.
            pinned: values that variables have.
        """
        asked = (tuple(keys), frozen(dict(pinned)))
        names = sorted({name for key in keys for name in self._guards[key][1]})
        values = [(pinned[one],) if one in pinned else self._values[one] for one in names]
        known = self._seen.get(asked)
        if known is None:
            every = islice(product(*values), TRIED)
            known = self._seen[asked] = {self._together(keys, names, each) for each in every}
        for found in self._found[self._told.get(asked, 0) :]:
            if found.keys() >= set(names) and all(
                frozen(found[name]) == frozen(value) for name, value in pinned.items()
            ):
                known.add(self._together(keys, names, [found[name] for name in names]))
        self._told[asked] = len(self._found)
        return known

    def learn(self, model: Mapping[str, Any]) -> None:
        """Hear of values that a solver has found."""
        found: dict[str, Any] = {}
        for name, variable in self._variables.items():
            if name in model:
                value = model[name]
                found[name] = float(value) if variable.type == "double" else value
            if model.get(f"{name}?") is False and name not in self._there:
                found[name] = NOTHING
        if found:
            self._found.append(found)

    def _together(
        self, keys: Sequence[Key], names: Sequence[str], values: Sequence[Any]
    ) -> tuple[bool | None, ...]:
        given = dict(zip(names, values, strict=True))
        return tuple(self._outcome(key, given) for key in keys)

    def _outcome(self, key: Key, names: Mapping[str, Any]) -> bool | None:
        guard, read = self._guards[key]
        given = {name: names[name] for name in sorted(read) if names[name] is not NOTHING}
        place = (key, tuple((name, frozen(value)) for name, value in given.items()))
        if place not in self._outcomes:
            self._outcomes[place] = evaluated(guard, given)
        return self._outcomes[place]

    def _samples(self, name: str, cut: Cut) -> tuple[Any, ...]:
        variable = self._variables[name]
        found = samples(variable.type, {(): cut}, variable.limits)
        return found if name in self._there else (*found, NOTHING)


def evaluated(guard: Expression, names: Mapping[str, Any]) -> bool | None:
    """What a guard is for some values; ``NO_VALUE`` where it has none."""
    try:
        value = evaluate(guard, {**names, "vars": dict(names)})
    except EvaluationError:
        return NO_VALUE
    return value if isinstance(value, bool) else NO_VALUE
