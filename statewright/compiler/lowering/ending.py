"""Nodes at which a conversation ends: end, and a handoff that does not come back."""

from __future__ import annotations

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.plan import Piece, Plan
from statewright.compiler.lowering.texts import content_from, quoted, record, template_from
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import End, Handoff
from statewright.statechart.actions import Send
from statewright.statechart.definition import Actions, State, StateKind

HANDOFF = "handoff"
"""The target and the event of the effect that hands a conversation over, and its outcome."""


def lower_end(node: Node, config: End, plan: Plan) -> Piece:
    """A final state, of the chart or of the flow in it; its last words are entry actions."""
    says_last = (says(config.message),) if config.message else ()
    return Piece(None, (_end(node, plan, says_last, config.outcome, failed=config.failed),))


def lower_handoff(node: Node, config: Handoff, plan: Plan) -> Piece:
    """A final state that tells the user, then sends the effect ``handoff``."""
    data: dict[str, Content] = {}
    if config.assignee is not None:
        data["assignee"] = content_from(config.assignee)
    if config.note is not None:
        data["note"] = template_from(config.note)
    send = Send(HANDOFF, record(data), target=HANDOFF)
    return Piece(None, (_end(node, plan, ((*says(config.message), send),), HANDOFF),))


def _end(
    node: Node, plan: Plan, entry: tuple[Actions, ...], outcome: str, *, failed: bool = False
) -> State:
    ident = plan.state(node.id)
    if plan.prefix:
        carried = _carried(outcome, plan, failed=failed)
        return State(ident, StateKind.FINAL, entry=entry, donedata=carried)
    return State(ident, StateKind.FINAL, entry=entry, outcome=outcome, failed=failed)


def _carried(outcome: str, plan: Plan, *, failed: bool) -> Content:
    """What the end of a flow inside another one tells: how it ended, and all its variables."""
    entries = (f"?{quoted(name)}: vars[?{quoted(name)}]" for name in plan.variables)
    output = Computed(parse("{" + ", ".join(entries) + "}"))
    return record({"outcome": Literal(outcome), "failed": Literal(failed), "output": output})
