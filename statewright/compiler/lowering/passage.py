"""Nodes that only pass a conversation on: start, jump, condition, and what cannot be run."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, branches, ways
from statewright.expressions import Literal
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Condition, Jump, Start, Unsupported
from statewright.statechart.actions import Log
from statewright.statechart.definition import Actions, State


def lower_start(node: Node, _: Start, plan: Plan) -> Piece:
    """An atomic state that is left at once."""
    return _passage(node, plan)


def lower_jump(node: Node, _: Jump, plan: Plan) -> Piece:
    """An atomic state that is left at once."""
    return _passage(node, plan)


def lower_condition(node: Node, _: Condition, plan: Plan) -> Piece:
    """An atomic state with one eventless transition per branch, in order, and one for else."""
    transitions = (*branches(plan, node.id, "branch"), *ways(plan, node.id, "else"))
    return Piece(State(plan.state(node.id), transitions=transitions))


def lower_unsupported(node: Node, config: Unsupported, plan: Plan) -> Piece:
    """An atomic state that is passed through, with an incident; only drafts have one."""
    why = Log("unsupported", Literal(f"`{node.id}` is a `{config.name}`, which is not run yet"))
    return _passage(node, plan, (why,))


def _passage(node: Node, plan: Plan, *entry: Actions) -> Piece:
    transitions = ways(plan, node.id, NEXT)
    return Piece(State(plan.state(node.id), transitions=transitions, entry=entry))
