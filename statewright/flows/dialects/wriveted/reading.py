"""Wriveted's flows: a whole file → a flow."""

from __future__ import annotations

from typing import Any, Final

from statewright.flows.dialects.dialect import Dialect
from statewright.flows.dialects.wriveted.connections import (
    Connection,
    listed_connections,
    own_connections,
)
from statewright.flows.dialects.wriveted.nodes import Box, read_node
from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.dialects.wriveted.wiring import Ways
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.names import flow_id, unused
from statewright.flows.nodes import End
from statewright.flows.parts import Page, Part

_FLOW_KEYS: Final = frozenset(
    {
        "id", "name", "description", "version", "entry_node_id", "flow_data", "info", "contract",
        "visibility", "seed_key", "school_seed_key", "school_id", "flow_type", "trace_enabled",
        "trace_sample_rate", "is_published", "is_active", "created_at", "updated_at",
        "published_at", "created_by", "published_by", "theme_id",
    }
)  # fmt: skip
_DATA_KEYS: Final = frozenset(
    {"nodes", "connections", "edges", "entry_node_id", "theme_id", "variables", "viewport"}
)
_NODE_KEYS: Final = frozenset(
    {
        "id", "node_id", "node_key", "type", "node_type", "content", "data", "position", "info",
        "label", "name", "connections", "template", "execution_context",
    }
)  # fmt: skip
_IDS: Final = ("id", "node_id", "node_key")
_METADATA: Final = ("version", "info", "contract", "visibility", "seed_key", "flow_type")


def recognises(value: Any) -> bool:
    """Whether a document is an export, or the ``flow_data`` of one."""
    return isinstance(value, dict) and (
        isinstance(value.get("flow_data"), dict) or _is_flow_data(value)
    )


def _is_flow_data(value: dict[str, Any]) -> bool:
    nodes = value.get("nodes")
    if not isinstance(nodes, list) or not nodes:
        return False
    described = all(
        isinstance(node, dict) and ("content" in node or "node_type" in node) for node in nodes
    )
    connected = "connections" in value or any("connections" in node for node in nodes if described)
    return described and connected


def read(page: Page) -> Flow:
    """What a document says."""
    root = page.root
    data = root["flow_data"]
    if isinstance(data.value, dict):
        _refuse_unknown(root, _FLOW_KEYS)
        data.refuse_unknown(_DATA_KEYS)
    else:
        data = root
        _refuse_unknown(root, _FLOW_KEYS | _DATA_KEYS)
    data["variables"].not_carried_over("variables are inferred from their use")
    parts = _nodes(data["nodes"])
    scope = _scope(data, parts)
    nodes, edges = _drawing(data, parts, scope)
    entry = root["entry_node_id"] if root["entry_node_id"].present else data["entry_node_id"]
    name = root["name"].text()
    id_ = root.first("id", "seed_key").name() or flow_id(page.document.file, name)
    return Flow(
        id=id_,
        name=name or id_,
        dialect="wriveted",
        entries=(entry.name(),) if entry.name() else (),
        nodes=tuple(nodes),
        edges=tuple(edges),
        variables=scope.variables(),
        location=root.location,
        description=root["description"].text(),
        metadata={key: root.value[key] for key in _METADATA if key in root.value},
        entry_locations=(entry.location,) if entry.name() else (),
    )


def _refuse_unknown(root: Part, known: frozenset[str]) -> None:
    """Report unknown keys, but for those that begin with ``_``: they are notes."""
    notes = {key for key in root.value if key.startswith("_")}
    root.refuse_unknown(known | notes)


def _nodes(part: Part) -> dict[str, Part]:
    """The nodes by their ids; what has none, or that of another, is reported."""
    parts: dict[str, Part] = {}
    if not part.present:
        part.wrong("a list of nodes")
    for item in part.items():
        if not isinstance(item.value, dict):
            item.wrong("a map")
            continue
        written = item.first(*_IDS)
        id_ = (written if written.present else item["data"]["id"]).name()
        if not id_:
            item["id"].wrong("what connections call the node")
            continue
        node = item.of_node(id_)
        if id_ in parts:
            line = parts[id_].location.line
            help_ = f"it stands in line {line} first; rename or remove one of them"
            node.report("S104", f"the node `{id_}` stands here again", help_)
            continue
        node.refuse_unknown(_NODE_KEYS)
        parts[id_] = node
    return parts


def _content(node: Part) -> Part:
    """What the kind of a node needs to know."""
    content = node["content"] if node["content"].present else node["data"]["content"]
    if not isinstance(content.value, dict):
        content.wrong("a map")
    return content


def _scope(data: Part, parts: dict[str, Part]) -> Scope:
    """What the flow reads and writes."""
    single_braces = any("connections" in part.value for part in parts.values())
    scope = Scope(single_braces=single_braces)
    for part in parts.values():
        content = part.first("content", "data").value
        scope.note(content)
    for key in ("connections", "edges"):
        scope.note(data[key].value)
    return scope


def _drawing(data: Part, parts: dict[str, Part], scope: Scope) -> tuple[list[Node], list[Edge]]:
    """The nodes and the edges, with an end behind the nodes that nothing leaves."""
    leaving: dict[str, list[Connection]] = {id_: [] for id_ in parts}
    connections = list(listed_connections(data.first("connections", "edges"), scope))
    for part in parts.values():
        connections.extend(own_connections(part))
    for connection in connections:
        leaving.setdefault(connection.source, []).append(connection)
    ids = {*leaving, *(connection.target for connection in connections)}
    end = next(unused("end", ids))
    ids.add(end)
    nodes: list[Node] = []
    edges: list[Edge] = []
    for id_, part in parts.items():
        box = Box(part, _content(part), Ways(leaving.pop(id_)), scope, ids, end)
        read_node(box)
        nodes += box.nodes
        edges += box.edges
    # What leaves a node that is not there is kept, so that a check can say so.
    edges += [connection.edge() for rest in leaving.values() for connection in rest]
    if any(edge.target == end for edge in edges):
        nodes.append(Node(end, End(), data["nodes"].location))
    return nodes, edges


WRIVETED: Final = Dialect(
    name="wriveted",
    title="a flow of Wriveted",
    marker="",
    marks=_FLOW_KEYS | {"connections"},
    recognises=recognises,
    read=read,
    nodes=lambda _: "-",
)
"""The exports of Wriveted, and the form that its documents show."""
