"""Nodes and parts of nodes that wait for time to pass."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, ways
from statewright.compiler.lowering.texts import expression_from, quoted
from statewright.expressions import Computed, Content, parse
from statewright.flows.model import BUSINESS_HOURS, Node
from statewright.flows.names import variable_in_cel
from statewright.flows.nodes import NEXT, Delay, InHours, Schedule, Source
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
    if config.until is None and config.date is None and config.hours is InHours.NOTHING:
        return _waiting(node, _duration(config.duration or 0), plan)
    return _waiting(node, f"({_deadline(config, plan)}) - now", plan)


def lower_schedule(node: Node, config: Schedule, plan: Plan) -> Piece:
    """An atomic state with a timer."""
    cron, zone = quoted(config.cron.text), quoted(config.zone or plan.flow.settings.zone)
    return _waiting(node, f"(schedule.next({cron}, {zone}, now)) - now", plan)


def _waiting(node: Node, duration: str, plan: Plan) -> Piece:
    ident = plan.state(node.id)
    entry, exit_ = timer(ident, Computed(parse(duration)))
    return Piece(
        State(
            ident,
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
    number = "type(d) in [int, uint, double]"
    return f"cel.bind(d, {text}, duration({number} ? string(d) + 's' : string(d)))"
