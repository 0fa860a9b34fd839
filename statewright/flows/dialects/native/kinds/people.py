"""Handing the conversation to people."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from, speech_from
from statewright.flows.dialects.native.content_schema import Speech
from statewright.flows.dialects.native.kinds.node import Box, NodeShape
from statewright.flows.dialects.native.shapes import Scalar, Shape, Text
from statewright.flows.nearest import listed
from statewright.flows.nodes import Handoff, Value


class Assignee(Shape):
    """Who takes over: exactly one of these."""

    agent: Scalar | None = Field(None, description="Id of a person; may be a template.")
    team: Scalar | None = Field(None, description="Id of a team; may be a template.")
    queue: Scalar | None = Field(None, description="Id of a queue; may be a template.")


class HandoffNode(NodeShape, Speech):
    """Hands the conversation to people, and ends the flow."""

    type: Literal["handoff"]
    to: Assignee | None = Field(None, description="Who takes over.")
    note: Text | None = Field(None, description="What the people are told.")


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
    return Handoff(assignee, speech_from(node, part, box.removed), note)
