"""What macrosteps were seen to do, so that none is run twice.

A macrostep goes the same way for all values of variables that it does not read. So what it did once
in a situation is what it does in all that differ in nothing else: also in those that are met later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statewright.compiler.verification.boxes import Box, Table, lowest
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.world.situations import Carrier, Control

Free = Mapping[Key, int]
"""Variables that may be anything → what is still to be tried of them; else all is."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a macrostep has led.

    Attributes:
        carrier: the session after it.
        control: of its situation; None where it is over.
        dimensions: of its situation.
        point: in it.
        present: variables of which it matters there whether they are there, and of what type.
        moved: whether anything happened.
        good: whether the session ended as its author wanted it to.
        leaves: whether the node was left in which the session was.
        kept: the names of the rules whose promise may have been kept on the way.
    """

    carrier: Carrier
    control: Control | None
    dimensions: tuple[Key, ...]
    point: Box
    present: tuple[Key, ...]
    moved: bool
    good: bool
    leaves: bool = True
    kept: frozenset[str] = frozenset()

    def only_there(self, passed: frozenset[Key]) -> frozenset[Key]:
        """Those of some variables that are there as before, but for whose values."""
        return passed.intersection(self.present)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a macrostep did.

    Attributes:
        read: the variables on whose values it depends.
        kinds: those of the others whose types are a part of where it leads.
        passed: the variables that it neither read nor wrote.
        written: the variables that it may have written.
        landing: where it has led.
        visited: the states that it has entered, and those that are active then.
        doubtful: whether it may lead elsewhere, too.
    """

    read: frozenset[Key]
    kinds: frozenset[Key]
    passed: frozenset[Key]
    written: frozenset[Key]
    landing: Landing
    visited: frozenset[str]
    doubtful: bool


class Outcomes:
    """What one line did, in the situations that have one control.

    Args:
        dimensions: of these situations.
        tables: of their values.
    """

    __slots__ = ("_groups", "_places", "_tables")

    def __init__(self, dimensions: tuple[Key, ...], tables: Mapping[Key, Table]) -> None:
        self._places = {key: at for at, key in enumerate(dimensions)}
        self._tables = tables
        self._groups: dict[tuple[tuple[Key, ...], ...], dict[Box, Outcome]] = {}

    def add(self, point: Box, free: Free, outcome: Outcome) -> None:
        """Keep what was seen at a point."""
        read = sorted(key for key in outcome.read if key in self._places)
        kinds = sorted(key for key in outcome.kinds if key in self._places)
        chosen = sorted(key for key in outcome.read if key not in self._places)
        kind = (tuple(read), tuple(kinds), tuple(chosen))
        self._groups.setdefault(kind, {})[self._key(kind, point, free)] = outcome

    def at(self, point: Box, free: Free) -> Outcome | None:
        """What was seen where everything is as it is at a point, as far as that matters.

        Args:
            point: the values of the dimensions.
            free: the free variables, with the values that are to be tried; the first one counts.
        """
        for kind, known in self._groups.items():
            outcome = known.get(self._key(kind, point, free))
            if outcome is not None:
                return outcome
        return None

    def _key(self, kind: tuple[tuple[Key, ...], ...], point: Box, free: Free) -> Box:
        read, kinds, chosen = kind
        places, tables = self._places, self._tables
        return (
            *[point[places[key]] for key in read],
            *[lowest(tables[key].kin(point[places[key]])) for key in kinds],
            *[lowest(free.get(key, 1)) for key in chosen],
        )
