"""How bodies are left: the way from a ``leave`` to what comes after the body around it."""

from __future__ import annotations

from statewright.compiler.lowering.catching import END, at_last
from statewright.compiler.lowering.interrupt import returning
from statewright.compiler.lowering.parallel import LEFT
from statewright.compiler.lowering.plan import Piece, Plan, lost
from statewright.flows.model import Node
from statewright.flows.nodes import Interrupt, Leave, Parallel, Try
from statewright.statechart.definition import State, Transition


def lower_leave(node: Node, _: Leave, plan: Plan) -> Piece:
    """An atomic state that leads to what comes after the body that it stands in."""
    return Piece(State(plan.state(node.id), transitions=_out(node, plan)))


def _out(node: Node, plan: Plan) -> tuple[Transition, ...]:
    place = node
    for container in plan.graph.containers(node.id):
        config = container.config
        if isinstance(config, Parallel):
            return (Transition((plan.part(container.id, place.body, LEFT),)),)
        if isinstance(config, Interrupt):
            return returning(container, plan)
        if isinstance(config, Try):
            last = config.last is not None and place.body == config.last.name
            after = plan.part(container.id, END) if last else at_last(container, config, plan)
            return (Transition((after,)),)
        place = container
    return (lost(node.id, "its body"),)
