"""Running another flow."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import saved_from, source_from
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.shapes import Expression, NodeId, Version, Words
from statewright.flows.nodes import Source, Subflow, outcome_port


class SubflowNode(PassingShape):
    """Runs another flow, and goes on when that has ended."""

    type: Literal["subflow"]
    flow: Words = Field(description="Which one: a path beside this file, or the id of a flow.")
    version: Version | None = Field(
        None, description="Which `version` the flow has to say that it is; by default any."
    )
    inputs: dict[str, Any] = Field(
        {}, description="Its inputs by name: any JSON; texts may be templates."
    )
    save: dict[str, Expression] = Field(
        {}, description="Variable (or path) ← CEL over `output` and `outcome`: `output.street`."
    )
    on: dict[str, NodeId] = Field(
        {},
        description="Where it leads after an outcome of its ends; `error`: after a failed end, or "
        "when what is to be saved is not there.",
    )


def read_subflow(node: SubflowNode, box: Box) -> Subflow:
    """Which flow, what goes in and comes out, and the edges."""
    part = box.part
    box.ways(node.next)
    for outcome, target in node.on.items():
        port = outcome if outcome == "error" else outcome_port(outcome)
        box.edge(target, part["on"][outcome], port)
    return Subflow(
        source_from(node.flow, part["flow"]),
        tuple(
            (Source(name, part["inputs"][name].key_location), part["inputs"][name].json())
            for name in node.inputs
        ),
        saved_from(node.save, part["save"]),
        None if node.version is None else Source(node.version, part["version"].location),
    )
