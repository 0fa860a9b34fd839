"""All operators, in the order of the codes that they are about."""

from __future__ import annotations

from benchmarks.verify.mutants import Operator
from benchmarks.verify.operators.composition import COMPOSITION
from benchmarks.verify.operators.control import CONTROL
from benchmarks.verify.operators.data import DATA
from benchmarks.verify.operators.effects import EFFECTS
from benchmarks.verify.operators.guards import GUARDS
from benchmarks.verify.operators.interaction import INTERACTION
from benchmarks.verify.operators.rules import RULES
from benchmarks.verify.operators.structure import STRUCTURE
from benchmarks.verify.operators.texts import TEXTS

OPERATORS: tuple[Operator, ...] = (
    *STRUCTURE,
    *CONTROL,
    *GUARDS,
    *DATA,
    *INTERACTION,
    *EFFECTS,
    *COMPOSITION,
    *RULES,
    *TEXTS,
)

__all__ = ["OPERATORS"]
