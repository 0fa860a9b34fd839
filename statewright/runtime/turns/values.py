"""Which values of the contact and the tenant a chart reads: only those travel on its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from statewright.expressions import Expression, expressions_in
from statewright.expressions.references import references
from statewright.statechart import Statechart
from statewright.statechart.actions import Assign
from statewright.statechart.structure.traversal import (
    actions_in,
    charts_in,
    expressions_of,
    expressions_of_action,
    expressions_of_rules,
    states_in,
)

ID: Final = "id"
"""The name under which expressions read who a contact is."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What is read of a map of values.

    Attributes:
        names: keys that are read.
        whole: whether it is read as a whole.
    """

    names: frozenset[str]
    whole: bool

    def __bool__(self) -> bool:
        return self.whole or bool(self.names)

    def of(self, values: Mapping[str, Any], who: str = "") -> Mapping[str, Any]:
        """The values that are needed.

        Args:
            values: all that there are.
            who: whose they are: the value of ``id``, unless one was given; ``""`` for nobody's.
        """
        if who and (self.whole or ID in self.names):
            values = {ID: who, **values}
        if self.whole:
            return values
        return {name: values[name] for name in values if name in self.names}


def needs_of(chart: Statechart, root: str) -> Needs:
    """What a chart needs to know below a root of its expressions: ``contact`` or ``tenant``."""
    names: set[str] = set()
    whole = False
    for expression in _expressions(chart):
        for reference in references(expression):
            if reference.path[0] == root:
                names.update(reference.path[1:2])
                whole = whole or len(reference.path) == 1
    for action in chain.from_iterable(map(actions_in, charts_in(chart))):
        match action:
            # Whether a part can be written depends on what is there.
            case Assign((first, name, _, *_)) if first == root:
                names.add(name)
            case _:
                pass
    return Needs(frozenset(names), whole)


def _expressions(chart: Statechart) -> Iterator[Expression]:
    for one in charts_in(chart):
        yield from _expressions_of_one(one)


def _expressions_of_one(chart: Statechart) -> Iterator[Expression]:
    for datum in chart.data:
        if datum.value is not None:
            yield from expressions_in(datum.value)
    yield from expressions_of_rules(chart)
    for state in states_in(chart):
        yield from expressions_of(state)
    for action in actions_in(chart):
        yield from expressions_of_action(action)
