"""Ways out of a try that does something at last: they lead there first, and then where they led.

::

    body ──(an edge to a node outside, an end, a break …)──▶ finally ──▶ end ──▶ that node

A variable of the try holds which way it was. Interrupts and handoffs are no ways out: while they
go on, the try only stands still.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Literal, parse
from statewright.statechart.actions import Action, Assign, Raise
from statewright.statechart.definition import Datum, State, Transition


@dataclass(slots=True)
class Departures:
    """The ways out of a try, as they are found.

    Attributes:
        name: the variable of the try that holds which way was taken. Tries may stand inside each
            other, and what leaves the inner one sets that of the outer one: no two have one name.
        last: the id of the state in which is done what is done at last; () to stay.
        inside: the ids of all states inside the try.
        told: what is done besides on each of them.
        ways: where they lead, each with what is raised on the way.
    """

    name: str
    last: tuple[str, ...]
    inside: Collection[str]
    told: tuple[Action, ...] = ()
    ways: list[tuple[tuple[str, ...], tuple[Action, ...]]] = field(default_factory=list)

    def diverted(self, state: State) -> State:
        """A state of the body whose ways out lead to what is done at last."""
        return replace(
            state,
            states=tuple(self.diverted(child) for child in state.states),
            transitions=tuple(self.diverted_way(way) for way in state.transitions),
        )

    def diverted_way(self, way: Transition) -> Transition:
        """A way that leads to what is done at last, if it is one out."""
        if all(target in self.inside for target in way.targets):
            return way
        told: tuple[Action, ...] = tuple(one for one in way.actions if isinstance(one, Raise))
        here = tuple(one for one in way.actions if not isinstance(one, Raise))
        out = (way.targets, told)
        if out not in self.ways:
            self.ways.append(out)
        number = Assign((self.name,), Literal(self.ways.index(out)))
        return replace(way, targets=self.last, actions=(*here, number, *self.told))

    @property
    def datum(self) -> Datum:
        """The variable; -1 is no way."""
        return Datum(self.name, "int", Literal(-1))

    def onwards(self, *events: str) -> Iterator[Transition]:
        """The ways that go on when what is done at last is done, or when an event says so."""
        for number, (targets, told) in enumerate(self.ways):
            guard = parse(f"vars[{quoted(self.name)}] == {number}")
            yield Transition(targets, events, guard, actions=told)


def departures(ident: str, states: Iterable[State], last: str) -> Departures:
    """Make ready to find the ways out of a try.

    Args:
        ident: the id of the state of the try.
        states: those inside it.
        last: the id of the state in which is done what is done at last.
    """
    return Departures(f"~way/{ident}", (last,), frozenset(ids_in(states)))


def ids_in(states: Iterable[State]) -> Iterator[str]:
    """The ids of states and of all inside them."""
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        yield state.id
        waiting.extend(state.states)
