"""Values for which guards are true, and such for which they are not, as a solver finds them.

They are tried beside those at which domains are cut, so that conversations are found to where only
such values lead. Nothing is proved by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Final

from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.solving.feasibility import Feasibility, Told
from statewright.compiler.verification.solving.terms import Sat, Solver
from statewright.expressions import Expression
from statewright.statechart.structure.nodes import Variable

LARGEST: Final = 1_000_000
"""Greater numbers are not looked for: people do not say them."""

PAIRED: Final = 6
"""Of up to so many guards, pairs are looked at, too."""


def hints_for(
    guards: Mapping[Key, tuple[Expression, frozenset[str]]],
    variables: Mapping[str, Variable],
    solver: Solver,
) -> dict[str, Cut]:
    """Name of a variable → values of it that guards tell apart.

    Args:
        guards: what stands for a guard → the guard, and the names of the variables that it reads.
        variables: by name.
        solver: whom to ask.
    """
    hints: dict[str, Cut] = {}
    feasible = Feasibility(guards, variables, solver, within=LARGEST)
    for asked in _asked(list(guards)):
        outcome = feasible.outcome(asked)
        if isinstance(outcome, Sat):
            for name, value in outcome.model.items():
                cut = hints.setdefault(name, Cut())
                if isinstance(value, str):
                    cut.texts.add(value)
                elif not isinstance(value, bool):
                    cut.numbers.add(value)
    return {name: cut for name, cut in hints.items() if name in variables}


def _asked(keys: list[Key]) -> Iterator[list[Told]]:
    for key in keys:
        for outcome in (True, False):
            yield [(key, outcome)]
    for pair in combinations(keys, 2) if len(keys) <= PAIRED else ():
        for outcomes in product((True, False), repeat=2):
            yield list(zip(pair, outcomes, strict=True))
