"""Nodes and parts of nodes that wait for time to pass."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, ways
from statewright.compiler.lowering.texts import expression_from, quoted
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import BUSINESS_HOURS, Node
from statewright.flows.names import variable_in_cel
from statewright.flows.nodes import NEXT, Delay, InHours, Schedule, Source
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


def lasting_timer(
    state: str, length: int, *, pauses: bool
) -> tuple[tuple[Datum, ...], Actions, Actions]:
    """A timer that keeps its first deadline when the conversation comes back from a pause.

    Args:
        state: the id of the state that has it.
        length: microseconds.
        pauses: whether the conversation may pause while it runs.

    Returns:
        the data of the state, its entry block and its exit block.
    """
    if not pauses:
        return ((), *timer(state, Literal(length)))
    until = Datum(UNTIL, "timestamp", Computed(parse(f"now + {_duration(length)}")))
    return ((until,), *timer(state, Computed(parse(f"vars[{quoted(UNTIL)}] - now"))))


def lower_delay(node: Node, config: Delay, plan: Plan) -> Piece:
    """An atomic state with a timer."""
    if config.until is None and config.date is None and config.hours is InHours.NOTHING:
        return _wait_for(node, _duration(config.duration or 0), plan)
    return _wait_until(node, _deadline(config, plan), plan)


def lower_schedule(node: Node, config: Schedule, plan: Plan) -> Piece:
    """An atomic state with a timer."""
    cron, zone = quoted(config.cron.text), quoted(config.zone or plan.flow.settings.zone)
    return _wait_until(node, f"schedule.next({cron}, {zone}, now)", plan)


def _wait_for(node: Node, duration: str, plan: Plan) -> Piece:
    if plan.pauses:
        return _wait_until(node, f"now + ({duration})", plan)
    return _waiting(node, duration, plan)


def _wait_until(node: Node, deadline: str, plan: Plan) -> Piece:
    """Where the conversation may pause, what was found out at first is kept."""
    if not plan.pauses:
        return _waiting(node, f"({deadline}) - now", plan)
    until = Datum(UNTIL, "timestamp", Computed(parse(deadline)))
    return _waiting(node, f"vars[{quoted(UNTIL)}] - now", plan, until)


def _waiting(node: Node, duration: str, plan: Plan, *data: Datum) -> Piece:
    ident = plan.state(node.id)
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


def _deadline(config: Delay, plan: Plan) -> str:
    """CEL for when a delay is over, where that is more than a duration from now."""
    hours = variable_in_cel(BUSINESS_HOURS)
    if config.hours is InHours.COUNTS:
        return f"{hours}.openFor(now, {_duration(config.duration or 0)})"
    moment = _moment(config, plan)
    return f"{hours}.nextOpening({moment})" if config.hours is InHours.ENDS else moment


def _moment(config: Delay, plan: Plan) -> str:
    zone = quoted(config.zone or plan.flow.settings.zone)
    if config.date is not None:
        return f"schedule.at({quoted(config.date.text.strip())}, {zone})"
    if config.until is None:
        return f"now + {_duration(config.duration or 0)}"
    # The line break ends a comment that the text may end with.
    text = f"{expression_from(config.until).text}\n"
    read = f"schedule.at(string(d), {zone})"
    return f"cel.bind(d, {text}, type(d) == string ? {read} : timestamp(d))"


def _duration(duration: int | Source) -> str:
    """CEL for how long it is; what an expression gives may be a number of seconds."""
    if isinstance(duration, int):
        return f"duration('{duration}us')"
    # The line break ends a comment that the text may end with.
    text = f"{expression_from(duration).text}\n"
    kept = "type(d) == google.protobuf.Duration || type(d) == string"
    return f"cel.bind(d, {text}, duration({kept} ? string(d) : string(d) + 's'))"
