"""Conversations that are left from beside them: by an interrupt that leads away, or by their time.

Where some try in them does something at last, they are told first, and left then (so are the
regions that a parallel does not wait for):

::

    interrupt ──(it leads away)──▶ going         tries in the conversation ──▶ finally ──▶ away
              └── done.away ─────────▲──────────────────────────────────────────────────┘
                                     └──(no try is left to take it)──▶ where the interrupt led

A variable of the flow holds which way it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from statewright.compiler.lowering.departures import Departures, ids_in
from statewright.compiler.lowering.freezing import all_states, going
from statewright.compiler.lowering.plan import Plan
from statewright.compiler.lowering.texts import quoted
from statewright.compiler.scope import flows_in
from statewright.expressions import Expression, parse
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import Subflow, Try
from statewright.statechart.actions import Raise
from statewright.statechart.definition import Datum, State, StateKind, Transition

GONE = "~gone"
"""The state where a try is ready to be left. (A ``~`` in the name of a body is escaped.)"""

OUT = "~out"
"""The variable of a flow that holds which way it is left from beside it."""


def away(home: str) -> str:
    """The event with which a flow is left from beside it."""
    return f"done.away.{home}"


def with_away(plan: Plan) -> Plan:
    """A plan that knows whether its flow may be left from beside it, and some try has to know."""
    may_be = plan.interrupted or plan.flow.settings.timeout is not None
    if not (may_be and does_something_last(plan.flow)):
        return plan
    return replace(plan, aways=(*plan.aways, away(plan.home)))


def does_something_last(flow: Flow) -> bool:
    """Whether a try in a flow, or in one that it runs, does something at last."""
    return any(_is_with_last(node) for one in flows_in(flow) for node in one.nodes)


def does_something_last_inside(node: Node, plan: Plan) -> bool:
    """The same of what is inside a node."""
    called = plan.flow.subflows
    ending = (
        one
        for one in plan.flow.nodes
        if _is_with_last(one)
        or (
            isinstance(one.config, Subflow)
            and one.config.flow.text in called
            and does_something_last(called[one.config.flow.text])
        )
    )
    return any(around.id == node.id for one in ending for around in plan.graph.containers(one.id))


def _is_with_last(node: Node) -> bool:
    return isinstance(node.config, Try) and node.config.last is not None


def unless_at_last(states: Iterable[State]) -> Expression | None:
    """A guard for what leaves states when these are given up: no try in there is at its last.

    A try that is takes note of it. Only where several things go on beside each other, others of
    them may hear the event too, and lead away what is around all of them.
    """
    inside = tuple(all_states(states))
    if all(state.kind is not StateKind.PARALLEL for state in inside):
        return None
    tries = [state.id.removesuffix(GONE) for state in inside if state.id.endswith(f"/{GONE}")]
    known = {state.id for state in inside}
    last = sorted(f"{one}finally" for one in tries if f"{one}finally" in known)
    return parse(" && ".join(f"!In({quoted(one)})" for one in last)) if last else None


@dataclass(frozen=True, slots=True)
class Exits:
    """The ways out of a flow from beside it.

    Attributes:
        plan: of the flow.
        found: those of its interrupts; None where no try has to know.
    """

    plan: Plan
    found: Departures | None

    def diverted(self, beside: Iterable[State]) -> tuple[State, ...]:
        """Interrupts that lead away only when the conversation is ready for it."""
        return tuple(one if self.found is None else self.found.diverted(one) for one in beside)

    def overdue(self, late: Iterable[Transition]) -> tuple[Transition, ...]:
        """The same for the end of the time of the flow."""
        if self.found is None:
            return tuple(late)
        stay = replace(self.found, last=())
        return tuple(stay.diverted_way(way) for way in late)

    def interrupts_ended(self, event: str) -> Iterator[Transition]:
        """What an interrupt does when the time of the flow is over."""
        if self.found is not None:
            yield Transition((going(self.plan.home),), (event,))

    def onwards(self) -> Iterator[Transition]:
        """Where the flow is left when all tries are ready for it."""
        if self.found is not None:
            yield from self.found.onwards(away(self.plan.home))

    def data(self) -> Iterator[Datum]:
        """The variable."""
        if self.found is not None:
            yield Datum(OUT, "int", self.found.datum.value)


def exits(plan: Plan, beside: Iterable[State]) -> Exits:
    """Make ready to find the ways out of a flow.

    Args:
        plan: of the flow.
        beside: its interrupts.
    """
    event = away(plan.home)
    if event not in plan.aways:
        return Exits(plan, None)
    inside = frozenset((*ids_in(beside), going(plan.home)))
    return Exits(plan, Departures(OUT, (going(plan.home),), inside, (Raise(event),)))
