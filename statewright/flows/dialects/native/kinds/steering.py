"""Start, condition, jump, end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from, speech_from
from statewright.flows.dialects.native.content_schema import Speech
from statewright.flows.dialects.native.kinds.node import Box, NodeShape, PassingShape
from statewright.flows.dialects.native.shapes import Expression, NodeId, Shape, Text
from statewright.flows.dialects.native.validation import paired
from statewright.flows.model import Edge
from statewright.flows.nodes import Condition, End, Jump, Start


class StartNode(PassingShape):
    """Where a conversation begins. `start:` at the top of the file does the same."""

    type: Literal["start"]


class Branch(Shape):
    """One way out of a condition."""

    if_: Expression = Field(alias="if", description="When it is taken, CEL.")
    to: NodeId = Field(description="The node where it leads.")
    label: Text = Field("", description="What people call it.")


class ConditionNode(NodeShape):
    """Goes on by the first branch whose condition is true, or by `else`."""

    type: Literal["condition"]
    branches: list[Branch] = Field(description="The branches, tried in order.")
    else_: NodeId | None = Field(None, alias="else", description="Where it leads otherwise.")


class JumpNode(NodeShape):
    """Goes on elsewhere."""

    type: Literal["jump"]
    to: NodeId = Field(description="The node where it leads.")


class EndNode(NodeShape, Speech):
    """Ends the conversation."""

    type: Literal["end"]
    outcome: Text = Field("completed", description="How it ended, in your own words.")
    failed: bool = Field(False, description="Whether ending here means that it failed.")


def read_start(node: StartNode, box: Box) -> Start:
    """The beginning, and where it leads."""
    box.ways(node.next)
    return Start()


def read_condition(node: ConditionNode, box: Box) -> Condition:
    """The branches, as edges."""
    for branch, item in paired(node.branches, box.part["branches"], box.removed):
        guard = source_from(branch.if_, item["if"])
        location = item["to"].location
        box.edges.append(Edge(box.part.node, branch.to, "branch", guard, location, branch.label))
    box.edge(node.else_, box.part["else"], "else")
    return Condition()


def read_jump(node: JumpNode, box: Box) -> Jump:
    """The way elsewhere."""
    if node.to:
        box.edge(node.to, box.part["to"])
    return Jump()


def read_end(node: EndNode, box: Box) -> End:
    """How it ended, and the last words."""
    return End(node.outcome, speech_from(node, box.part, box.removed), node.failed)
