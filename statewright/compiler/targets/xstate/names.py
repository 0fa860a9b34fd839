"""What states are called in XState: ids without dots, and keys that an object keeps in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from statewright.compiler.targets.naming import unique
from statewright.statechart.definition import State, Statechart
from statewright.statechart.structure.traversal import states_in

_FORBIDDEN: Final = str.maketrans(dict.fromkeys(".\\#*", "_"))
"""XState reads dots and backslashes in a name as a path, and a hash as the beginning of an id."""

_INHERITED: Final = frozenset(
    (
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    )
)
"""Names that every JavaScript object has already."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How a chart names its states in XState.

    Attributes:
        machine: the id of the machine.
        ids: state id → id, unique in the machine.
        keys: state id → key, unique among its siblings.
    """

    machine: str
    ids: Mapping[str, str]
    keys: Mapping[str, str]


def naming_of(chart: Statechart) -> Naming:
    """The names of a chart's states; as they are, wherever XState can take them."""
    taken: set[str] = set()
    ids = {state.id: unique(_plain(state.id), taken) for state in states_in(chart)}
    machine = unique(_plain(chart.name) or "chart", taken)
    return Naming(machine, ids, dict(_keys("", chart.states)))


def _keys(parent: str, states: tuple[State, ...]) -> Iterator[tuple[str, str]]:
    stack = [(parent, states)]
    while stack:
        parent, siblings = stack.pop()
        taken: set[str] = set()
        for state in siblings:
            local = state.id.removeprefix(f"{parent}/") if parent else state.id
            yield state.id, unique(_plain(local or state.id), taken)
            stack.append((state.id, state.states))


def _plain(name: str) -> str:
    """A name that is no path, no inherited property, and no number.

    JavaScript puts keys that are numbers before all others, and document order would be lost.
    """
    plain = name.translate(_FORBIDDEN)
    return f"{plain}_" if plain in _INHERITED or plain.isdecimal() else plain
