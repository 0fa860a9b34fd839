"""The nodes of the native format: each is read by its kind, and then the nodes inside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from statewright.flows.dialects.native.kinds import KINDS
from statewright.flows.dialects.native.kinds.node import Box, NodeShape, SteeringShape
from statewright.flows.dialects.native.policies import policy_from
from statewright.flows.dialects.native.suppressions import suppressions_from
from statewright.flows.dialects.native.validation import checked
from statewright.flows.model import Edge, ErrorPolicy, Node, Suppression
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.nodes import (
    NEXT,
    NodeConfig,
    Unsupported,
)
from statewright.flows.outline import shown
from statewright.flows.parts import Part


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands there, in the order of the file; a container comes before what is inside it."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)


def read_nodes(part: Part) -> Drawing:
    """Read a map of nodes, and all that is inside them; what is wrong is reported."""
    drawing = Drawing()
    _read_members(part, "", "", drawing)
    return drawing


def _read_members(part: Part, container: str, body: str, drawing: Drawing) -> None:
    """Read the nodes of a map into a drawing (documents bound how deep they are nested)."""
    for id_, member in part.members():
        if not id_:
            member.report("R004", "the id of a node cannot be empty", at_key=True)
            continue
        box = Box(member.of_node(id_))
        config, shape = _config(box)
        node = Node(
            id_,
            config,
            box.part.key_location,
            shape.label,
            shape.disabled,
            container,
            body,
            _policy(shape, config, box.part["on_error"]),
        )
        drawing.nodes.append(node)
        drawing.edges.extend(box.edges)
        drawing.suppressions.extend(suppressions_from(shape.suppress, box.part["suppress"]))
        for inside in box.inside:
            _read_members(inside.part, id_, inside.body, drawing)


def _config(box: Box) -> tuple[NodeConfig, NodeShape]:
    """What a node does, and what is said about it as about any node."""
    part = box.part
    kind = part["type"]
    name = kind.value if isinstance(kind.value, str) else ""
    if not isinstance(part.value, dict):
        part.report(
            "R004", f"a node is a map, not {shown(part.value)}", "begin with `type: message`"
        )
        return Unsupported(name), NodeShape.model_construct()
    if name not in KINDS:
        _report_kind(kind)
        _plain_edge(box)
        return Unsupported(name), NodeShape.model_construct()
    nested = ("nodes",) if "nodes" in part.value else ()
    result = checked(KINDS[name].shape, part, without=nested)
    if result is None:
        return Unsupported(name), NodeShape.model_construct()
    box.removed = result.removed
    return KINDS[name].read(result.shape, box), result.shape


def _policy(shape: NodeShape, config: NodeConfig, part: Part) -> ErrorPolicy | None:
    policy = policy_from(shape.on_error, part)
    if policy is not None and isinstance(shape, SteeringShape):
        message = f"`on_error` means nothing at a node of the type `{config.kind}`"
        help_ = "say it at the nodes where something can go wrong"
        part.report("R004", message, help_, at_key=True)
    return policy


def _report_kind(kind: Part) -> None:
    if not kind.present:
        help_ = f"it is one of {listed(KINDS)}"
        kind.report("R005", "`type` is missing", help_)
        return
    name = kind.value if isinstance(kind.value, str) else ""
    message = f"{shown(kind.value)} is no kind of node"
    kind.report("R004", message, did_you_mean(name, KINDS))


def _plain_edge(box: Box) -> None:
    """The way on from a node of unknown kind, so that what follows it counts as reached."""
    target = box.part["next"]
    if isinstance(target.value, str):
        box.edges.append(Edge(box.part.node, target.value, NEXT, location=target.location))
