"""Start, condition, jump, end."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from, speech_from
from statewright.flows.dialects.native.content_schema import SHARES, Speech
from statewright.flows.dialects.native.kinds.node import Box, NodeShape, PassingShape, SteeringShape
from statewright.flows.dialects.native.policies import check_outcome
from statewright.flows.dialects.native.relations import Relations
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    Expression,
    Name,
    NodeId,
    Outcome,
    Shape,
    Text,
)
from statewright.flows.dialects.native.validation import paired
from statewright.flows.model import Edge
from statewright.flows.nodes import Arm, Condition, End, Jump, Split, Start, Sticky, arm_port


class StartNode(PassingShape, SteeringShape):
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
    branches: list[Branch] = Field(
        description="The branches, tried in order.", json_schema_extra=AT_LEAST_ONE
    )
    else_: NodeId | None = Field(None, alias="else", description="Where it leads otherwise.")


class JumpNode(SteeringShape):
    """Goes on elsewhere."""

    type: Literal["jump"]
    to: NodeId = Field(description="The node where it leads.")


class EndNode(SteeringShape, Speech):
    """Ends the conversation."""

    type: Literal["end"]
    outcome: Outcome = Field("completed", description="How it ended, in your own words.")
    failed: bool = Field(False, description="Whether ending here means that it failed.")


def read_start(node: StartNode, box: Box) -> Start:
    """The beginning, and where it leads."""
    box.ways(node.next)
    return Start()


def read_condition(node: ConditionNode, box: Box) -> Condition:
    """The branches, as edges."""
    if box.part["branches"].value == []:
        help_ = "write `{if: …, to: …}`, or let it be a `jump`"
        box.part["branches"].report("R005", "`branches` is empty", help_)
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
    check_outcome(node.outcome, box.part["outcome"])
    return End(node.outcome, speech_from(node, box.part, box.removed), node.failed)


class ArmShape(Shape):
    """One of the ways that a split can take."""

    name: Name = Field(description="What reports call it.")
    weight: int = Field(1, ge=0, le=1_000_000, description="Its share; with 0 it is never taken.")
    control: bool = Field(False, description="Whether it is what the others are compared with.")
    to: NodeId = Field(description="The node where it leads.")


class SplitNode(NodeShape):
    """Draws lots which way to go."""

    relations: ClassVar[Relations] = ({"properties": {"arms": SHARES}},)
    type: Literal["split"]
    arms: list[ArmShape] = Field(description="The ways.", json_schema_extra=AT_LEAST_ONE)
    sticky: Literal["nobody", "session", "contact"] = Field(
        "nobody",
        description="For whom it is the same way every time. `contact` is the one that a session "
        "was begun with; without one, it is the session.",
    )
    variable: Text | None = Field(None, description="Where the name of the arm is saved.")


def read_split(node: SplitNode, box: Box) -> Split:
    """The arms, and an edge for each."""
    part = box.part
    arms: list[Arm] = []
    for arm, item in paired(node.arms, part["arms"], box.removed):
        if any(arm.name == other.name for other in arms):
            item["name"].report("R007", f"the arm `{arm.name}` stands here again")
            continue
        arms.append(Arm(arm.name, arm.weight, arm.control, item.location))
        box.edge(arm.to, item["to"], arm_port(arm.name))
    if part["arms"].value == [] or (arms and not any(arm.weight for arm in arms)):
        part["arms"].report("R004", "no arm of the split has a share", "give one a `weight` from 1")
    controls = sum(arm.control for arm in arms)
    if controls > 1:
        part["arms"].report("R004", f"{controls} arms are the control; there can be one")
    variable = None if node.variable is None else source_from(node.variable, part["variable"])
    return Split(tuple(arms), Sticky(node.sticky), variable)
