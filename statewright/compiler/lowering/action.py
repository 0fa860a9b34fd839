"""Actions of the host: an effect that nobody waits for, or work; see ``work``."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways
from statewright.compiler.lowering.texts import content_from, record
from statewright.compiler.lowering.work import Work, effort_of, lower_work
from statewright.compiler.places import PLACES_OF
from statewright.expressions import Computed, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Action, form_of
from statewright.statechart.actions import Send
from statewright.statechart.definition import State


def lower_action(node: Node, config: Action, plan: Plan) -> Piece:
    """An atomic state that sends what is asked for; or the compound state of the work."""
    given = record(
        {
            name: content_from(value, PLACES_OF[form_of(config.action, name)])
            for name, value in config.parameters
        }
    )
    if not config.waits:
        ident = plan.state(node.id)
        send = Send(config.action or "action", given, target=config.action or "action")
        leave = ways(plan, node.id, NEXT, events=(done(ident),))
        return Piece(State(ident, entry=block(ident, send), transitions=leave))
    work = Work(
        type=config.action or "action",
        request=record({"with": given, **effort_of(config)}),
        timeout=config.timeout,
        result=(("result", Computed(parse("event.data"))),),
        save=config.save,
        success=NEXT,
        error="error.flow.action",
    )
    return lower_work(node, work, plan)
