"""Which of several open questions an answer is for."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.lowering.freezing import all_states
from statewright.compiler.lowering.plan import Plan, is_inside
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Literal, ending_in, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Parallel
from statewright.statechart.actions import Log
from statewright.statechart.definition import Actions, State, Transition
from statewright.statechart.triggers import MESSAGE

NAMED = "type(event.data) == map && event.data.?node.orValue(null) != null"
"""CEL that says whether what is sent names a node."""


def addressed(node: Node, plan: Plan, state: str = "~wait") -> str:
    """CEL that says whether an answer is for this node; ``""`` where no other one can listen.

    An answer that names a node is for that one; any other is for the node that listens longest.

    Args:
        node: the node that listens.
        plan: of the flow.
        state: which of the states of the node does so.
    """
    if not _is_beside_others(node, plan):
        return ""
    first = f"session.floor[0] == {quoted(plan.part(node.id, state))}"
    named = f"event.data.node == {quoted(plan.name(node.id))}"
    return f"{NAMED} ? {named} : {first}"


NOT_ASKED: Actions = (Log("stale", Literal("an answer names a node that does not ask just now")),)
"""What is recorded of an answer to a question that is not open: of a button, say, of long ago."""


def misdirected(
    node: Node, plan: Plan, events: tuple[str, ...] = (MESSAGE,)
) -> tuple[Transition, ...]:
    """Takes what names another node before this one takes it for an answer: it is passed over.

    Nothing, where others may listen: whatever none of them takes is passed over behind them.
    """
    if _is_beside_others(node, plan):
        return ()
    other = ending_in(_NAMES_OTHER, quoted(plan.name(node.id)))
    return (Transition(events=events, guard=other, actions=NOT_ASKED),)


_NAMES_OTHER = parse(f"{NAMED} && event.data.node != ''")


def passed_over(talk: State) -> Iterator[Transition]:
    """Takes an answer that names a node which does not ask, so that it is no answer later on.

    Nothing is recorded of it: of flows that run beside each other, another one may have taken it.

    Args:
        talk: what holds all that asks, if anything does.
    """
    if any(MESSAGE in way.events for one in all_states(talk.states) for way in one.transitions):
        yield Transition(events=(MESSAGE,), guard=parse(NAMED))


def _is_beside_others(node: Node, plan: Plan) -> bool:
    return plan.shared or is_inside(node, plan, Parallel)


def sent_to(node: Node, plan: Plan) -> str:
    """CEL that holds for what is sent to a node: it names it, or none; for what is a map."""
    return f"(!({NAMED}) || event.data.node == {quoted(plan.name(node.id))})"


def no_map(event: str, actions: Actions = ()) -> Transition:
    """Takes an event whose data are no map before anything asks for a part of them.

    Asking would be an error of the node, which is not to be blamed for what others send.
    """
    return Transition(events=(event,), guard=parse("type(event.data) != map"), actions=actions)
