"""Splits: a lot is drawn, and an eventless transition per arm tells where it fell."""

from __future__ import annotations

from statewright.compiler.lowering.lots import lot
from statewright.compiler.lowering.plan import Piece, Plan, block, done, lost, ways
from statewright.compiler.lowering.texts import location_from, quoted
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Split, arm_port
from statewright.statechart.actions import Action, Assign, Branch, If
from statewright.statechart.definition import Datum, State, Transition

LOT = f"vars[{quoted('~lot')}]"
"""The variable that holds the lot."""


def lower_split(node: Node, config: Split, plan: Plan) -> Piece:
    """An atomic state that draws; arms without a share are never taken."""
    ident = plan.state(node.id)
    total = sum(arm.weight for arm in config.arms)
    if total < 1:
        return Piece(State(ident, transitions=(lost(node.id, "its arms"),)))
    drawn = lot(total, config.sticky, node.id)
    transitions: list[Transition] = []
    branches: list[Branch] = []
    below = 0
    for arm in config.arms:
        here = f"{LOT} >= {below} && {LOT} < {below + arm.weight}"
        below += arm.weight
        if arm.weight:
            transitions += ways(plan, node.id, arm_port(arm.name), events=(done(ident),), when=here)
        if config.variable is not None:
            path = location_from(config.variable, plan.variables)
            branches.append(Branch(parse(here), (Assign(path, Literal(arm.name)),)))
    actions: list[Action] = [Assign(("~lot",), Computed(parse(drawn)))]
    if branches:
        actions.append(If(tuple(branches)))
    return Piece(
        State(
            ident,
            data=(Datum("~lot", "int"),),
            entry=block(ident, *actions),
            transitions=tuple(transitions),
        )
    )
