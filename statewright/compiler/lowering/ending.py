"""Nodes at which a conversation ends: end, and a handoff that does not come back."""

from __future__ import annotations

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.plan import Piece, Plan
from statewright.compiler.lowering.texts import content_from, record, template_from
from statewright.expressions import Content
from statewright.flows.model import Node
from statewright.flows.nodes import End, Handoff
from statewright.statechart.actions import Send
from statewright.statechart.definition import State, StateKind

HANDOFF = "handoff"
"""The target and the event of the effect that hands a conversation over, and its outcome."""


def lower_end(node: Node, config: End, plan: Plan) -> Piece:
    """A final state of the chart; its last words are entry actions."""
    return Piece(
        None,
        (
            State(
                plan.state(node.id),
                StateKind.FINAL,
                entry=(says(config.message),) if config.message else (),
                outcome=config.outcome,
                failed=config.failed,
            ),
        ),
    )


def lower_handoff(node: Node, config: Handoff, plan: Plan) -> Piece:
    """A final state of the chart that tells the user, then sends the effect ``handoff``."""
    data: dict[str, Content] = {}
    if config.assignee is not None:
        data["assignee"] = content_from(config.assignee)
    if config.note is not None:
        data["note"] = template_from(config.note)
    return Piece(
        None,
        (
            State(
                plan.state(node.id),
                StateKind.FINAL,
                entry=((*says(config.message), Send(HANDOFF, record(data), target=HANDOFF)),),
                outcome=HANDOFF,
            ),
        ),
    )
