"""Handing the conversation to people."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from, speech_from
from statewright.flows.dialects.native.content_schema import Speech
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.shapes import NodeId, Scalar, Shape, Text, Timeout
from statewright.flows.nearest import listed
from statewright.flows.nodes import Handoff, Value


class Assignee(Shape):
    """Who takes over: exactly one of these."""

    agent: Scalar | None = Field(None, description="Id of a person; may be a template.")
    team: Scalar | None = Field(None, description="Id of a team; may be a template.")
    queue: Scalar | None = Field(None, description="Id of a queue; may be a template.")


class HandoffPorts(Shape):
    """Where a handoff leads when nobody comes back."""

    timeout: NodeId | None = Field(None, description="When it was not resolved in time.")


class HandoffNode(PassingShape, Speech):
    """Hands the conversation to people. Without `next`, that ends the flow."""

    type: Literal["handoff"]
    to: Assignee | None = Field(None, description="Who takes over.")
    note: Text | None = Field(None, description="What the people are told.")
    timeout: Timeout | None = Field(None, description="How long to wait for them to be done.")
    on: HandoffPorts | None = Field(None, description="Where it leads when nobody comes back.")


def read_handoff(node: HandoffNode, box: Box) -> Handoff:
    """Who takes over, and what is told."""
    part = box.part
    assignee = None
    if node.to is not None:
        given = [kind for kind in type(node.to).model_fields if getattr(node.to, kind) is not None]
        if len(given) != 1:
            what = f"not {listed(given)}" if given else "here is nobody"
            part["to"].report("R004", f"one takes over: an agent, a team or a queue; {what}")
        if given:
            location = part["to"][given[0]].location
            json = {"type": given[0], "id": getattr(node.to, given[0])}
            assignee = Value(json, part["to"].location, {"/id": location})
    note = None if node.note is None else source_from(node.note, part["note"])
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.timeout, part["on"]["timeout"], "timeout")
    returns = bool(box.edges)
    if node.timeout is not None and not returns:
        part["timeout"].report(
            "R004", "`timeout` means nothing without `next`", "say how it goes on", at_key=True
        )
    speech = speech_from(node, part, box.removed)
    return Handoff(assignee, speech, note, returns, node.timeout)
