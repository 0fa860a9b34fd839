"""Handing the conversation to people."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.content import saved_from, source_from, speech_from
from statewright.flows.dialects.native.content_schema import Speech
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.relations import (
    UNFILLED,
    Relations,
    any_of,
    apart,
    has,
    lacks,
    one_of,
    some_of,
    where,
)
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    TAG,
    Expression,
    NodeId,
    Scalar,
    Shape,
    Text,
    Timeout,
    Words,
)
from statewright.flows.names import literal_in_cel
from statewright.flows.nearest import listed
from statewright.flows.nodes import Approval, Handoff, TakingTurns, Value
from statewright.flows.parts import Part


class Somebody(Shape):
    """Who takes over: one of these."""

    agent: Scalar | None = Field(None, description="Id of a person; may be a template.")
    team: Scalar | None = Field(None, description="Id of a team; may be a template.")
    queue: Scalar | None = Field(None, description="Id of a queue; may be a template.")


class Assignee(Somebody):
    """Who takes over: exactly one of these."""

    relations: ClassVar[Relations] = one_of("agent", "team", "queue")


def _agents_tag(value: Any) -> str:
    return f"{TAG}list" if isinstance(value, list) else f"{TAG}expression"


class HandoffAssignee(Somebody):
    """Who takes over: one of these; or agents who take turns, beside their team perhaps."""

    relations: ClassVar[Relations] = (
        some_of("agents", "agent", "team", "queue"),
        *apart("agent", "team", "queue"),
        where(
            has("agents"),
            lacks("agent", "queue"),
            {"properties": {"team": {"pattern": UNFILLED}}},
        ),
    )
    agents: (
        Annotated[
            Annotated[
                list[Scalar],
                Tag(f"{TAG}list"),
                Field(json_schema_extra=AT_LEAST_ONE),
            ]
            | Annotated[Expression, Tag(f"{TAG}expression")],
            Discriminator(_agents_tag),
        ]
        | None
    ) = Field(
        None, description="Ids of people who take turns: a list, or CEL for one: `tenant.agents`."
    )


class HandoffPorts(Shape):
    """Where a handoff leads when nobody comes back."""

    timeout: NodeId | None = Field(None, description="When it was not resolved in time.")


class HandoffNode(PassingShape, Speech):
    """Hands the conversation to people. Without `next`, that ends the flow."""

    relations: ClassVar[Relations] = (
        where(has("timeout"), any_of(has("next"), has("on", has("timeout")))),
    )
    type: Literal["handoff"]
    to: HandoffAssignee | None = Field(None, description="Who takes over.")
    note: Text | None = Field(None, description="What the people are told.")
    timeout: Timeout | None = Field(None, description="How long to wait for them to be done.")
    on: HandoffPorts | None = Field(None, description="Where it leads when nobody comes back.")


def read_handoff(node: HandoffNode, box: Box) -> Handoff:
    """Who takes over, and what is told."""
    part = box.part
    turns = None if node.to is None else _turns(node.to, box)
    assignee = None if node.to is None or turns is not None else _assignee(node.to, part["to"])
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
    return Handoff(assignee, speech, note, returns, node.timeout, turns)


def _turns(to: HandoffAssignee, box: Box) -> TakingTurns | None:
    part = box.part["to"]
    if to.agents is None:
        return None
    for other in ("agent", "queue"):
        if getattr(to, other) is not None:
            what = f"`{other}` stands beside `agents`"
            part[other].report("R004", what, "remove one", at_key=True)
    if "{{" in str(to.team):
        part["team"].report("R004", "beside `agents` the id of the team is written out")
    if isinstance(to.agents, str):
        agents = source_from(to.agents, part["agents"])
    else:
        if not to.agents:
            part["agents"].report("R004", "nobody takes over: `agents` is empty")
        agents = part["agents"].read_as(literal_in_cel(to.agents))
    name = f"node:{box.part.node}" if to.team is None else f"team:{to.team}"
    return TakingTurns(agents, name, "" if to.team is None else str(to.team))


def _assignee(to: Somebody, part: Part) -> Value | None:
    given = [kind for kind in Somebody.model_fields if getattr(to, kind) is not None]
    if len(given) != 1:
        what = f"not {listed(given)}" if given else "here is nobody"
        help_ = "remove one" if given else "for example `{team: support}`"
        part.report("R004", f"one takes over: an agent, a team or a queue; {what}", help_)
    if not given:
        return None
    json = {"type": given[0], "id": getattr(to, given[0])}
    return Value(json, part.location, {"/id": part[given[0]].location})


class ApprovalPorts(Shape):
    """Where an approval leads that was not given."""

    rejected: NodeId | None = Field(None, description="When it may not be done.")
    timeout: NodeId | None = Field(None, description="When nobody decided in time.")


class ApprovalNode(PassingShape, Speech):
    """Asks people whether something may be done, and waits for what they decide."""

    type: Literal["approval"]
    request: Words = Field(description="What they are asked; may hold templates.")
    to: Assignee | None = Field(None, description="Who is asked.")
    save: dict[str, Expression] = Field(
        {},
        description="Variable (or path) ← CEL over `decision`: `decision.comment`. "
        "The variable has no value where that part was not given.",
    )
    timeout: Timeout | None = Field(None, description="How long to wait for a decision.")
    on: ApprovalPorts | None = Field(None, description="Where it leads when it was not given.")


def read_approval(node: ApprovalNode, box: Box) -> Approval:
    """What is asked of whom, what the user is told, and the edges."""
    part = box.part
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.rejected, part["on"]["rejected"], "rejected")
        box.edge(node.on.timeout, part["on"]["timeout"], "timeout")
    return Approval(
        source_from(node.request, part["request"]),
        None if node.to is None else _assignee(node.to, part["to"]),
        speech_from(node, part, box.removed),
        saved_from(node.save, part["save"]),
        node.timeout,
    )
