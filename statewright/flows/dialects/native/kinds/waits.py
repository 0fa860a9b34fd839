"""Waiting for time to pass."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.shapes import Duration, Expression
from statewright.flows.nodes import Delay


class DelayNode(PassingShape):
    """Waits."""

    type: Literal["delay"]
    duration: Duration | None = Field(None, description="How long.")
    for_: Expression | None = Field(
        None, alias="for", description="How long: CEL that gives a duration, or seconds."
    )


def read_delay(node: DelayNode, box: Box) -> Delay:
    """How long."""
    part = box.part
    box.ways(node.next)
    if node.duration is not None and node.for_ is not None:
        part["for"].report("R004", "`for` stands beside `duration`", "remove one", at_key=True)
    if node.for_ is not None:
        return Delay(source_from(node.for_, part["for"]))
    if not {"duration", "for"} & set(part.value):
        part["duration"].report("R005", "`duration` is missing", "say how long: `duration: 5m`")
    return Delay(node.duration or 0)
