"""The connections of a Wriveted flow, whatever form they are written in.

An export lists them beside the nodes; the documents show them inside each node. Their types are
``DEFAULT``, ``$0`` or ``OPTION_0`` (and so on), ``SUCCESS``, ``FAILURE``, ``CONDITIONAL``; the old
runtime knew only the first two options, and dropped conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from statewright.flows.dialects.wriveted.conditions import guard_from
from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.model import Edge
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import NEXT, Source
from statewright.flows.outline import shown
from statewright.flows.parts import Part

_OPTION = re.compile(r"(?:\$|OPTION_)([0-9]{1,3})", re.IGNORECASE)
_KEYS: Final = frozenset(
    {
        "id", "source", "source_node_id", "target", "target_node_id", "type", "connection_type",
        "condition", "conditions", "info", "label", "sourceHandle", "targetHandle", "animated",
        "style",
    }
)  # fmt: skip


class ConnectionType(Enum):
    """When a connection is taken."""

    DEFAULT = auto()
    """When no other is."""
    OPTION = auto()
    """When that option was chosen, or a condition says so."""
    SUCCESS = auto()
    FAILURE = auto()
    TIMEOUT = auto()


_TYPES: Final = {
    "": ConnectionType.DEFAULT,
    "DEFAULT": ConnectionType.DEFAULT,
    "CONDITIONAL": ConnectionType.DEFAULT,
    "COMPLETE": ConnectionType.DEFAULT,
    "NEXT": ConnectionType.DEFAULT,
    "SUCCESS": ConnectionType.SUCCESS,
    "FAILURE": ConnectionType.FAILURE,
    "ERROR": ConnectionType.FAILURE,
    "TIMEOUT": ConnectionType.TIMEOUT,
}
_NAMES: Final = ("DEFAULT", "$0", "$1", "OPTION_0", "SUCCESS", "FAILURE", "CONDITIONAL", "TIMEOUT")


@dataclass(frozen=True, slots=True)
class Connection:
    """An arrow from a node to a node.

    Attributes:
        source: id of the node it leaves.
        target: id of the node it points to.
        type: when it is taken.
        option: for an option, its number from 0, else None.
        guard: what must be true besides, or None.
        part: where its target is written.
    """

    source: str
    target: str
    type: ConnectionType
    option: int | None
    guard: Source | None
    part: Part

    def edge(self, port: str = NEXT, guard: Source | None = None) -> Edge:
        """The edge that it is, at a port; ``guard`` stands in for its own."""
        return Edge(self.source, self.target, port, guard or self.guard, self.part.location)


def type_from(name: str) -> tuple[ConnectionType, int | None] | None:
    """The type that a name of any case means, with the number of an option; None for no type."""
    match = _OPTION.fullmatch(name.strip())
    if match is not None:
        return ConnectionType.OPTION, int(match[1])
    type_ = _TYPES.get(name.strip().upper())
    return None if type_ is None else (type_, None)


def listed_connections(part: Part, scope: Scope) -> Iterator[Connection]:
    """The connections of an export."""
    for written in part.items():
        if not isinstance(written.value, dict):
            written.wrong("a map")
            continue
        source = written.first("source", "source_node_id")
        name = source.name()
        item = written.of_node(name)
        target = item.first("target", "target_node_id")
        item.refuse_unknown(_KEYS)
        if name and target.name():
            type_, option = _type(item.first("type", "connection_type"))
            guard = _guard(item, scope)
            yield Connection(name, target.name(), type_, option, guard, target)
        for end in (source, target):
            if not end.present:
                end.wrong("the id of a node")


def own_connections(node: Part) -> Iterator[Connection]:
    """The connections that stand inside a node."""
    for key, target in node["connections"].members():
        found = type_from(key)
        if found is None:
            target.report(
                "R004", f"{shown(key)} is no type of connection", did_you_mean(key, _NAMES),
                at_key=True,
            )  # fmt: skip
        if target.name():
            type_, option = found or (ConnectionType.DEFAULT, None)
            yield Connection(node.node, target.name(), type_, option, None, target)


def _type(part: Part) -> tuple[ConnectionType, int | None]:
    found = type_from(part.text())
    if found is None:
        message = f"{shown(part.value)} is no type of connection"
        part.report("R004", message, did_you_mean(part.text(), _NAMES))
    return found or (ConnectionType.DEFAULT, None)


def _guard(connection: Part, scope: Scope) -> Source | None:
    """What must be true for a connection besides its type."""
    condition = connection.first("condition", "conditions")
    if not condition.present or condition.value in ({}, [], ""):
        return None
    inner = condition["if"]
    return guard_from(inner if inner.present else condition, scope)
