"""The kinds of node of Wriveted → ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from statewright.flows.dialects.wriveted import requests
from statewright.flows.dialects.wriveted.actions import chain_from
from statewright.flows.dialects.wriveted.connections import ConnectionType
from statewright.flows.dialects.wriveted.content import PRESENTATION, bubbles_from
from statewright.flows.dialects.wriveted.questions import KEYS as QUESTION_KEYS
from statewright.flows.dialects.wriveted.questions import question_from
from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.dialects.wriveted.wiring import (
    Ways,
    condition_edges,
    ending_edges,
    passing_edges,
    question_edges,
    request_edges,
)
from statewright.flows.model import Edge, Node
from statewright.flows.names import unused
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import (
    NEXT,
    Condition,
    Http,
    Message,
    NodeConfig,
    Set,
    Unsupported,
    Variant,
)
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.statechart.sourcemap import Location


@dataclass(slots=True)
class Box:
    """A node that is being read.

    Attributes:
        part: the map that describes it.
        content: what its kind needs to know.
        ways: the connections that leave it.
        scope: the state.
        ids: ids that are taken.
        end: id of the node where the flow ends after nodes that nothing leaves.
        nodes: what became of it: one node, or a chain.
        edges: what leaves them.
    """

    part: Part
    content: Part
    ways: Ways
    scope: Scope
    ids: set[str]
    end: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    @property
    def location(self) -> Location:
        """Where the node stands."""
        return self.part.location

    @property
    def ends(self) -> bool:
        """Whether nothing leaves it."""
        return not self.ways.connections

    def add(self, config: NodeConfig, id_: str = "") -> None:
        """Add a node, under another id if there is one."""
        label = self.part.first("label", "name").text()
        self.nodes.append(Node(id_ or self.part.node, config, self.location, label))


def read_node(box: Box) -> None:
    """Read a node into a box; what is wrong with it is reported."""
    kind = box.part.first("type", "node_type")
    kind = kind if kind.present else box.part["data"]["nodeType"]
    name = kind.text().lower()
    if not name:
        kind.wrong("the kind of the node")
        _unsupported(box, name)
    elif name in _KINDS:
        read, keys = _KINDS[name]
        box.content.refuse_unknown(keys | PRESENTATION)
        read(box)
    elif name in _NOT_YET:
        kind.report(
            "R006",
            f"nodes of kind {shown(name)} are not supported in this version: {_NOT_YET[name]}",
        )
        _unsupported(box, name)
    else:
        kind.report("R004", f"{shown(kind.value)} is no kind of node", did_you_mean(name, _KINDS))
        _unsupported(box, name)


def _unsupported(box: Box, name: str) -> None:
    """A node that cannot run; what follows it counts as reached."""
    box.add(Unsupported(name))
    onward = box.ways.of(ConnectionType.DEFAULT, ConnectionType.SUCCESS, ConnectionType.OPTION)
    box.edges += [connection.edge() for connection in onward]
    _end(box)


def _end(box: Box, *ports: str) -> None:
    """End the flow where nothing leaves the node."""
    if box.ends:
        box.edges += ending_edges(ports, box.nodes[-1], box.end)


def _message(box: Box) -> None:
    content = box.content
    bubbles = bubbles_from(content, box.scope)
    if not bubbles and all(content[key].blank for key in ("text", "rich_text", "messages")):
        content.report("R005", "the message says nothing", "give it a `text`", severity="warning")
    box.add(Message((Variant(bubbles),), wait=content["wait_for_ack"].flag()))
    box.edges += passing_edges(box.ways)
    _end(box)


def _question(box: Box) -> None:
    source = box.content["source"]
    if source.present:
        source.report("R006", "questions drawn from the CMS are not supported in this version")
        _unsupported(box, "question")
        return
    question, options = question_from(box.content, box.scope)
    box.add(question)
    box.edges += question_edges(box.ways, question.choices, options)
    _end(box)


def _condition(box: Box) -> None:
    box.add(Condition())
    leads = condition_edges(box.content, box.ways, box.scope)
    box.edges += leads
    if box.ends and not box.edges:
        _end(box, "else")


def _action(box: Box) -> None:
    box.content["async"].not_carried_over("the conversation waits for the result", "info")
    chain = chain_from(box.content, box.scope)
    names = unused(box.part.node, box.ids)
    ids = [box.part.node, *itertools.islice(names, len(chain) - 1)]
    box.ids.update(ids)
    for config, id_, following in zip(chain, ids, [*ids[1:], ""], strict=True):
        box.add(config, id_)
        _step(box, config, following)


def _step(box: Box, config: Set | Http, following: str) -> None:
    """Draw the edges of the part of an action that was added last."""
    node = box.nodes[-1]
    if isinstance(config, Http):
        box.edges += request_edges(box.ways, node, following)
        if box.ends:
            ports = ("error",) if following else ("success", "error")
            box.edges += ending_edges(ports, node, box.end)
    elif following:
        box.edges.append(Edge(node.id, following, NEXT, location=node.location))
    else:
        box.edges += passing_edges(box.ways, node.id)
        _end(box)


def _webhook(box: Box) -> None:
    box.add(requests.request_from(box.content, box.scope))
    box.edges += request_edges(box.ways, box.nodes[-1])
    _end(box, "success", "error")


_KINDS: Final[Mapping[str, tuple[Callable[[Box], None], frozenset[str]]]] = MappingProxyType(
    {
        "message": (
            _message,
            frozenset(
                {"messages", "text", "rich_text", "fallback_text", "wait_for_ack", "content_id"}
            ),
        ),
        "question": (_question, QUESTION_KEYS),
        "condition": (_condition, frozenset({"conditions", "default_path", "else", "default"})),
        "action": (_action, frozenset({"actions", "async"})),
        "webhook": (_webhook, requests.KEYS),
    }
)
"""What reads each kind of node, and the keys of its content."""

_NOT_YET: Final[Mapping[str, str]] = MappingProxyType(
    {
        "composite": "flows inside flows come later",
        "script": "scripts of the client come later",
    }
)
"""Kinds of node that exist and are not read, and why."""
