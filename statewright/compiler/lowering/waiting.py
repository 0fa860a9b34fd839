"""Nodes and parts of nodes that wait for time to pass."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, ways
from statewright.compiler.lowering.texts import expression_from
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Delay, Source
from statewright.statechart.actions import Cancel, Send
from statewright.statechart.definition import Actions, State


def timeout(state: str) -> str:
    """The event, and the id, of the timer of a node. Nobody outside may send what is ``done``."""
    return f"done.timer.{state}"


def timer(state: str, delay: Content) -> tuple[Actions, Actions]:
    """The entry and the exit block of a state that has a timer: it starts, and ends, with it."""
    name = timeout(state)
    return (Send(name, delay=delay, id=name),), (Cancel(name),)


def lower_delay(node: Node, config: Delay, plan: Plan) -> Piece:
    """An atomic state with a timer."""
    ident = plan.state(node.id)
    entry, exit_ = timer(ident, _duration(config.duration))
    return Piece(
        State(
            ident,
            entry=(entry,),
            exit=(exit_,),
            transitions=ways(plan, node.id, NEXT, events=(timeout(ident),)),
        )
    )


def _duration(duration: int | Source) -> Content:
    """Microseconds; or what an expression gives, a number of seconds turned into a duration."""
    if isinstance(duration, int):
        return Literal(duration)
    # The line break ends a comment that the text may end with.
    text = f"{expression_from(duration).text}\n"
    kept = "type(d) == google.protobuf.Duration || type(d) == string"
    return Computed(parse(f"cel.bind(d, {text}, duration({kept} ? string(d) : string(d) + 's'))"))
