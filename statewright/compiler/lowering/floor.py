"""Which of several open questions an answer is for."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Plan, is_inside
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Expression, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Parallel


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
    return f"has(event.data.node) ? event.data.node == {quoted(node.id)} : {first}"


def all_of(*conditions: str) -> Expression | None:
    """A guard that holds when all conditions do; empty ones say nothing."""
    said = [condition for condition in conditions if condition]
    if len(said) <= 1:
        return parse(said[0]) if said else None
    return parse(" && ".join(f"({condition})" for condition in said))
