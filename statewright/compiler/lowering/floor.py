"""Which of several open questions an answer is for."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Plan, is_inside
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Expression, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Parallel
from statewright.statechart.definition import Actions, Transition

NAMED = "type(event.data) == map && event.data.?node.orValue(null) != null"
"""CEL that says whether what is sent names a node."""


def addressed(node: Node, plan: Plan, state: str = "wait") -> str:
    """CEL that says whether an answer is for this node; ``""`` where no other one can listen.

    An answer that names a node is for that one; any other is for the node that listens longest.

    Args:
        node: the node that listens.
        plan: of the flow.
        state: which of the states of the node does so.
    """
    if not (plan.shared or is_inside(node, plan, Parallel)):
        return ""
    first = f"session.floor[0] == {quoted(plan.state(node.id, state))}"
    named = f"event.data.node == {quoted(plan.name(node.id))}"
    return f"{NAMED} ? {named} : {first}"


def all_of(*conditions: str) -> Expression | None:
    """A guard that holds when all conditions do; empty ones say nothing."""
    said = [condition for condition in conditions if condition]
    if len(said) <= 1:
        return parse(said[0]) if said else None
    return parse(" && ".join(f"({condition})" for condition in said))


def sent_to(node: Node, plan: Plan) -> str:
    """CEL that holds for what is sent to a node: it names it, or none; for what is a map."""
    return f"(!({NAMED}) || event.data.node == {quoted(plan.name(node.id))})"


def no_map(event: str, actions: Actions = ()) -> Transition:
    """Takes an event whose data are no map before anything asks for a part of them.

    Asking would be an error of the node, which is not to be blamed for what others send.
    """
    return Transition(events=(event,), guard=parse("type(event.data) != map"), actions=actions)
