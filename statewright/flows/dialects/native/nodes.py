"""The nodes of the native format: each is read by its kind, and then the nodes inside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from statewright.flows.dialects.native.kinds import KINDS
from statewright.flows.dialects.native.kinds.node import Box
from statewright.flows.dialects.native.validation import checked
from statewright.flows.model import Edge, Node
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.nodes import NEXT, NodeConfig, Unsupported
from statewright.flows.outline import shown
from statewright.flows.parts import Part


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges, in the order of the file; a container comes before what is inside it."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


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
        config, label, disabled = _config(box)
        place = box.part.key_location
        drawing.nodes.append(Node(id_, config, place, label, disabled, container, body))
        drawing.edges.extend(box.edges)
        for inside in box.inside:
            _read_members(inside.part, id_, inside.body, drawing)


def _config(box: Box) -> tuple[NodeConfig, str, bool]:
    """What a node does, its label, and whether it is switched off."""
    part = box.part
    kind = part["type"]
    name = kind.value if isinstance(kind.value, str) else ""
    if not isinstance(part.value, dict):
        part.report(
            "R004", f"a node is a map, not {shown(part.value)}", "begin with `type: message`"
        )
        return Unsupported(name), "", False
    if name not in KINDS:
        _report_kind(kind)
        _plain_edge(box)
        return Unsupported(name), "", False
    nested = ("nodes",) if "nodes" in part.value else ()
    result = checked(KINDS[name].shape, part, without=nested)
    if result is None:
        return Unsupported(name), "", False
    box.removed = result.removed
    node = result.shape
    return KINDS[name].read(node, box), node.label, node.disabled


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
