"""Why a branch is never taken: its guard, the guards before it, or what ever happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.verification.boxes import frozen
from statewright.compiler.verification.dataflow.variables import Key, reads_of
from statewright.compiler.verification.drawing import Drawing
from statewright.compiler.verification.inputs.samples import MOST, samples
from statewright.compiler.verification.world.world import World, declared_in
from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate
from statewright.expressions.values import NOTHING
from statewright.flows.model import Edge
from statewright.statechart.definition import state_id
from statewright.statechart.structure.nodes import ROOTS, Scope

CASES: Final = 5_000
"""How many combinations of values are tried at most."""


class Cause(Enum):
    """Why a branch is dead."""

    CONTRADICTION = "contradiction"
    """No values of its variables make its guard true."""
    SHADOW = "shadow"
    """Wherever its guard is true, an earlier one is, too."""
    PATH = "path"
    """The values that would take it never come there."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a branch is never taken.

    Attributes:
        cause: of what kind the reason is.
        reason: in words, lower case, or ``""``.
    """

    cause: Cause
    reason: str = ""


def why_dead(drawing: Drawing, edge: Edge, earlier: Sequence[Edge]) -> Why:
    """Why an edge with a guard, which was proved never to be taken, is not.

    Args:
        drawing: of the flow.
        edge: the edge.
        earlier: the edges at the same port before it.
    """
    if edge.guard is None:
        return Why(Cause.PATH)
    world = drawing.verification.engines[0].world
    scope = world.tree.nodes[state_id(edge.source)].scope
    guard = guard_from(edge.guard)
    guards = [guard_from(one.guard) for one in earlier if one.guard is not None]
    cases = cases_of(world, scope, [guard, *guards])
    true = None if cases is None else [names for names in cases if is_true(guard, names)]
    if true == []:
        return Why(Cause.CONTRADICTION)
    taking = [names for names in true or () if not any(is_true(one, names) for one in guards)]
    if true and not taking:
        return Why(Cause.SHADOW)
    known = {key: _written(world, key) for key in keys_of([guard], scope)}
    values = {key[1]: found for key, found in known.items() if found is not None}
    if any(_may_be(names, values) for names in taking):
        return Why(Cause.PATH)
    return Why(Cause.PATH, "; ".join(_told(name, found) for name, found in values.items()))


def _may_be(names: Mapping[str, Any], known: Mapping[str, Sequence[Any]]) -> bool:
    """Whether variables may have some values one by one, as far as is known of them."""
    return all(
        name not in names or any(frozen(names[name]) == frozen(one) for one in values)
        for name, values in known.items()
    )


def cases_of(
    world: World, scope: Scope, guards: Sequence[Expression]
) -> list[Mapping[str, Any]] | None:
    """Every combination of samples of the variables of guards; None for too many, or other reads.

    Args:
        world: in which they stand.
        scope: what they can see.
        guards: all of them.
    """
    declared = declared_in(world.tree)
    values: dict[str, tuple[Any, ...]] = {}
    for guard in guards:
        for read in reads_of(guard, scope):
            if read.key is None or read.key not in declared or read.key[1] in ROOTS:
                return None
            variable = declared[read.key]
            found = samples(variable.type, world.domains.at(read.key), variable.limits)
            if len(found) >= MOST:  # There may be more.
                return None
            values[read.key[1]] = (*found, NOTHING)
    if prod(len(one) for one in values.values()) > CASES:
        return None
    cases: list[Mapping[str, Any]] = []
    for chosen in product(*values.values()):
        names = {
            name: value for name, value in zip(values, chosen, strict=True) if value is not NOTHING
        }
        cases.append({**names, "vars": names})
    return cases


def is_true(guard: Expression, names: Mapping[str, Any]) -> bool:
    """Whether a guard is true of some values; not where it has none."""
    try:
        return evaluate(guard, names) is True
    except EvaluationError:
        return False


def keys_of(guards: Iterable[Expression], scope: Scope) -> Iterator[Key]:
    """The variables that guards read, each once."""
    keys = (read.key for guard in guards for read in reads_of(guard, scope))
    return iter(dict.fromkeys(key for key in keys if key is not None))


def is_never_given(world: World, key: Key) -> bool:
    """Whether a variable has no value at any time: nobody gives it one, and nothing writes it."""
    scope = key[0]
    if key in world.inputs or scope.startswith("~"):
        return False
    parts = [part for one in world.uses.values() for part in one.parts()]
    return not any(
        any(at == key for at, _, _ in part.literals)
        or any(site.target == key for site in part.sites)
        or (key in part.writes and part is not world.uses[scope].entered)
        for part in parts
    )


def _written(world: World, key: Key) -> tuple[Any, ...] | None:
    """All that a variable is ever given, whatever happens; None where that is not known."""
    scope, _ = key
    if key in world.inputs or scope.startswith("~"):
        return None
    if is_never_given(world, key):
        return ()
    parts = [part for one in world.uses.values() for part in one.parts()]
    literals = [(place, value) for part in parts for at, place, value in part.literals if at == key]
    flows = [site for part in parts for site in part.sites if site.target == key]
    if flows or not literals or any(place for place, _ in literals):
        return None
    return tuple({repr(frozen(value)): value for _, value in literals}.values())


def _told(name: str, values: Sequence[Any]) -> str:
    if not values:
        return f"`{name}` is never written"
    shown = ", ".join(f"`{_WORDS.get(repr(value), repr(value))}`" for value in values)
    return f"`{name}` is never anything but {shown}"


_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"None": "null", "True": "true", "False": "false"}
)
"""What stands in an expression for what Python writes otherwise."""
