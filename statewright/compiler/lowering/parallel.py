"""Parallel regions: a parallel state with a compound state per region.

::

    both ┬─ left:  … leave ──▶ left/~left
         └─ right: … leave ──▶ right/~left       then, when enough of them are there ──▶ next

A region is left by reaching its final state. Where all must be left, the chart's own
``done.state`` of the parallel state leads on; where fewer are enough, they are counted, and tries
in the others may do first what they do at last.

So may they where an error leaves a region, which nothing in it answers:

::

    left: … ──(an error)──▶ ~stopped, which gives up all regions (done.away)
    right: … a try ──▶ finally ──▶ ~stopped        when no region goes on: the error, once more
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from statewright.compiler.lowering.away import (
    away,
    does_something_last,
    does_something_last_inside,
    unless_at_last,
)
from statewright.compiler.lowering.errors import ERRORS, GUARD
from statewright.compiler.lowering.failures import failure, told_again
from statewright.compiler.lowering.plan import Piece, Plan, body_of, piece_of, ways
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Body, Parallel, Try
from statewright.statechart.actions import Assign, Branch, If, Raise
from statewright.statechart.definition import (
    Datum,
    State,
    StateKind,
    Transition,
    TransitionKind,
)

LEFT = "~left"
"""The final state of a region."""

STOPPED = "~stopped"
"""The state of a region that is given up because of an error. (A ``~`` in a name is escaped.)"""

OVER = "~over"
"""The event of such a region is called after it."""

KEPT = "~error"
"""The variable that holds the error because of which they are; null is none."""

FAILED = f"vars[{quoted(KEPT)}] != null"

COUNT = "~left"
"""The variable that counts the regions that are left."""


def lower_parallel(node: Node, config: Parallel, plan: Plan) -> Piece:
    """The parallel state drawn above."""
    ident = plan.state(node.id)
    all_of_them = config.join >= len(config.regions)
    through = f"done.state.{ident}" if all_of_them else away(ident)
    stops = does_something_last_inside(node, plan)
    events = ((stopping(ident),) if stops else ()) + (() if all_of_them else (through,))
    knowing = plan
    if events and does_something_last(plan.flow):
        knowing = replace(plan, aways=(*plan.aways, *events), given_up=(*plan.given_up, *events))
    inside = {body.name: knowing.inside(node, body.name) for body in config.regions}
    regions = tuple(_region(node, body, inside[body.name], plan) for body in config.regions)
    counting = () if all_of_them else tuple(_counting(node, config, plan))
    last = None if all_of_them else unless_at_last((State(ident, StateKind.PARALLEL, regions),))
    when = " && ".join(
        (*((f"!({FAILED})",) if stops else ()), *((last.text,) if last is not None else ()))
    )
    onwards = ways(plan, node.id, NEXT, events=(through,), when=when)
    data = () if all_of_them else (Datum(COUNT, "int", Literal(0)),)
    if stops:
        data = (*data, Datum(KEPT, value=Literal(None)))
        regions = tuple(_stopped(region, node, plan) for region in regions)
        counting = (_told_again(node, regions, plan), *counting)
    state = State(
        ident, StateKind.PARALLEL, data=data, states=regions, transitions=(*counting, *onwards)
    )
    return piece_of(state, chain.from_iterable(inside.values()))


def _region(node: Node, body: Body, inside: tuple[Piece, ...], plan: Plan) -> State:
    return State(
        plan.state(node.id, body.name),
        StateKind.COMPOUND,
        states=(
            *body_of(plan, node, body, inside),
            State(plan.part(node.id, body.name, LEFT), StateKind.FINAL),
        ),
    )


def stopping(ident: str) -> str:
    """The event with which a parallel gives up its regions because of an error in one."""
    return away(f"{ident}/{STOPPED}")


def stopped(ident: str) -> str:
    """The event of a region that goes no further because of it."""
    return away(f"{ident}/{OVER}")


def _stopped(region: State, node: Node, plan: Plan) -> State:
    """A region that goes no further once an error has left one of them."""
    stop = f"{region.id}/{STOPPED}"
    event = stopping(plan.state(node.id))
    first = Branch(parse(f"!({FAILED})"), (Assign((KEPT,), failure()),))
    errors = (*ERRORS, GUARD) if _is_tried(node, plan) else ERRORS
    failing = Transition(
        (stop,), errors, None, TransitionKind.INTERNAL, (If((first,)), Raise(event))
    )
    waits = unless_at_last((region,))
    given_up = Transition((stop,), (event,), waits, TransitionKind.INTERNAL)
    ended = State(stop, entry=((Raise(stopped(plan.state(node.id))),),))
    return replace(
        region,
        states=(*region.states, ended),
        transitions=(*region.transitions, failing, given_up),
    )


def _is_tried(node: Node, plan: Plan) -> bool:
    """Whether a try around a node answers whatever goes wrong in it."""
    inner = node
    for around in plan.graph.containers(node.id):
        if isinstance(around.config, Try):
            last = around.config.last
            if last is None or inner.body != last.name:
                return True
        inner = around
    return False


def _told_again(node: Node, regions: tuple[State, ...], plan: Plan) -> Transition:
    """When no region goes on any more, the error is that of the parallel."""
    over = " && ".join(
        f"(In({quoted(f'{one.id}/{STOPPED}')}) || In({quoted(f'{one.id}/{LEFT}')}))"
        for one in regions
    )
    return Transition(
        events=(stopped(plan.state(node.id)), *(f"done.state.{one.id}" for one in regions)),
        guard=parse(f"{FAILED} && {over}"),
        actions=(told_again(KEPT), Assign((KEPT,), Literal(None))),
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
