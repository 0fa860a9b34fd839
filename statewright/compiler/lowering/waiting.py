"""Nodes and parts of nodes that wait for time to pass."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, ways
from statewright.compiler.lowering.texts import expression_from, quoted
from statewright.expressions import Computed, Content, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Delay, Source
from statewright.statechart.actions import Cancel, Send
from statewright.statechart.definition import Actions, Datum, State


def timeout(state: str) -> str:
    """The event, and the id, of the timer of a node. Nobody outside may send what is ``done``."""
    return f"done.timer.{state}"


def timer(state: str, delay: Content) -> tuple[Actions, Actions]:
    """The entry and the exit block of a state that has a timer: it starts, and ends, with it."""
    name = timeout(state)
    return (Send(name, delay=delay, id=name),), (Cancel(name),)


UNTIL = "~until"
"""The variable that holds when a delay is over."""


def lower_delay(node: Node, config: Delay, plan: Plan) -> Piece:
    """An atomic state with a timer; where the conversation may pause, it keeps its deadline."""
    ident = plan.state(node.id)
    duration = _duration(config.duration)
    data: tuple[Datum, ...] = ()
    if plan.pauses:
        data = (Datum(UNTIL, "timestamp", Computed(parse(f"now + ({duration})"))),)
        duration = f"vars[{quoted(UNTIL)}] - now"
    entry, exit_ = timer(ident, Computed(parse(duration)))
    return Piece(
        State(
            ident,
            data=data,
            entry=(entry,),
            exit=(exit_,),
            transitions=ways(plan, node.id, NEXT, events=(timeout(ident),)),
        )
    )


def _duration(duration: int | Source) -> str:
    """CEL for how long it is; what an expression gives may be a number of seconds."""
    if isinstance(duration, int):
        return f"duration('{duration}us')"
    # The line break ends a comment that the text may end with.
    text = f"{expression_from(duration).text}\n"
    kept = "type(d) == google.protobuf.Duration || type(d) == string"
    return f"cel.bind(d, {text}, duration({kept} ? string(d) : string(d) + 's'))"
