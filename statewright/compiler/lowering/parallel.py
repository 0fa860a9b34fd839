"""Parallel regions: a parallel state with a compound state per region.

::

    both ┬─ left:  … leave ──▶ left/left
         └─ right: … leave ──▶ right/left        then, when enough of them are there ──▶ next

A region is left by reaching its final state. Where all must be left, the chart's own
``done.state`` of the parallel state leads on; where fewer are enough, they are counted, and tries
in the others may do first what they do at last.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from statewright.compiler.lowering.away import away, does_something_last
from statewright.compiler.lowering.plan import Piece, Plan, body_of, piece_of, ways
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Body, Parallel
from statewright.statechart.actions import Assign, Branch, If, Raise
from statewright.statechart.definition import Datum, State, StateKind, Transition

LEFT = "left"
"""The final state of a region."""

COUNT = "~left"
"""The variable that counts the regions that are left."""


def lower_parallel(node: Node, config: Parallel, plan: Plan) -> Piece:
    """The parallel state drawn above."""
    ident = plan.state(node.id)
    all_of_them = config.join >= len(config.regions)
    through = f"done.state.{ident}" if all_of_them else away(ident)
    knowing = plan
    if not all_of_them and does_something_last(plan.flow):
        knowing = replace(plan, aways=(*plan.aways, through))
    inside = {body.name: knowing.inside(node, body.name) for body in config.regions}
    counting = () if all_of_them else tuple(_counting(node, config, plan))
    return piece_of(
        State(
            ident,
            StateKind.PARALLEL,
            data=() if all_of_them else (Datum(COUNT, "int", Literal(0)),),
            states=tuple(_region(node, body, inside[body.name], plan) for body in config.regions),
            transitions=(*counting, *ways(plan, node.id, NEXT, events=(through,))),
        ),
        chain.from_iterable(inside.values()),
    )


def _region(node: Node, body: Body, inside: tuple[Piece, ...], plan: Plan) -> State:
    return State(
        plan.state(node.id, body.name),
        StateKind.COMPOUND,
        states=(
            *body_of(plan, node, body, inside),
            State(plan.state(node.id, body.name, LEFT), StateKind.FINAL),
        ),
    )


def _counting(node: Node, config: Parallel, plan: Plan) -> list[Transition]:
    """One more region is left; when enough of them are, that is an event of its own."""
    count = Assign((COUNT,), Computed(parse(f"vars[{quoted(COUNT)}] + 1")))
    enough = parse(f"vars[{quoted(COUNT)}] == {config.join}")
    actions = (count, If((Branch(enough, (Raise(away(plan.state(node.id))),)),)))
    return [
        Transition(events=(f"done.state.{plan.state(node.id, body.name)}",), actions=actions)
        for body in config.regions
    ]
