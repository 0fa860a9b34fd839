"""Flows as plain documents: what the operators change, and the text that is checked."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from statewright.flows import parse
from statewright.flows.documents import document_from
from statewright.flows.model import Flow
from statewright.flows.resolving import resolved

TWIN = "\N{ZERO WIDTH NON-JOINER}"
"""Ends a key that is written without it, so that a document can have one key twice."""

Nodes = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """A flow in the native format, with what it names.

    Attributes:
        name: of the flow, unique in a run.
        document: what its file holds.
        beside: name of a file beside it → its text.
        policy: what is asked of it beside, as in ``statewright.toml``.
    """

    name: str
    document: dict[str, Any]
    beside: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The path that its locations name."""
        return f"{self.name}.yaml"

    @property
    def text(self) -> str:
        """What its file holds; JSON is YAML, too."""
        return json.dumps(self.document, ensure_ascii=False, indent=1).replace(TWIN, "")

    def flow(self) -> Flow:
        """The flow, read."""
        beside = {name: text.encode() for name, text in self.beside.items()}
        flow = parse(self.text, file=self.file, dialect="native", beside=beside)
        return resolved(flow, self._find)

    def changed(self) -> Source:
        """One like it whose document may be changed."""
        return replace(self, document=copy.deepcopy(self.document))

    def _find(self, reference: str, _: Flow) -> Flow | str:
        if reference not in self.beside:
            return f"the flow `{reference}` cannot be read: there is no such file"
        return parse(self.beside[reference], file=reference)


def source_from(
    name: str, text: str, beside: Mapping[str, str] | None = None, **policy: Any
) -> Source:
    """A flow from the text of its file."""
    return Source(name, document_from(text, f"{name}.yaml").value, beside or {}, policy)


def levels(document: dict[str, Any]) -> Iterator[Nodes]:
    """The maps of nodes: that of the flow, then those of loops, regions, tries and clauses."""
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            nodes = value.get("nodes")
            if isinstance(nodes, dict) and all(isinstance(one, dict) for one in nodes.values()):
                yield nodes
            waiting += [one for key, one in value.items() if key != "locales"]


def nodes_of(document: dict[str, Any], *kinds: str) -> Iterator[tuple[str, dict[str, Any], Nodes]]:
    """Every node of some kinds, or of all: its id, what it says, and the nodes beside it."""
    for nodes in levels(document):
        for ident, node in nodes.items():
            if not kinds or node.get("type") in kinds:
                yield ident, node, nodes


def node_in(document: dict[str, Any], ident: str) -> dict[str, Any]:
    """The node with an id."""
    return next(node for name, node, _ in nodes_of(document) if name == ident)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a document names a node that an edge leads to.

    Attributes:
        source: the node that the edge leaves.
        holder: the map or list that holds the name.
        key: where in it.
        port: the port, as far as the document says it.
    """

    source: str
    holder: Any
    key: Any
    port: str

    @property
    def target(self) -> str:
        """The name."""
        return str(self.holder[self.key])

    @property
    def path(self) -> str:
        """For people: the node and the port."""
        return f"{self.source}.{self.port}"


_PORTS = ("next", "else", "success", "error")
_LISTS = ("branches", "choices", "buttons", "arms")


def references(document: dict[str, Any]) -> Iterator[Reference]:
    """All edges of a document, in its order."""
    for ident, node, _ in nodes_of(document):
        for port in _PORTS:
            if isinstance(node.get(port), str):
                yield Reference(ident, node, port, port)
            elif isinstance(node.get(port), list):
                yield from _listed(ident, node[port], port)
        for name in _LISTS:
            yield from _listed(ident, node.get(name), name)
        if isinstance(node.get("on"), dict):
            for port, value in node["on"].items():
                if isinstance(value, str):
                    yield Reference(ident, node["on"], port, str(port))


def _listed(ident: str, items: Any, name: str) -> Iterator[Reference]:
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("to"), str):
            yield Reference(ident, item, "to", f"{name}[{number}]")


def targets_of(document: dict[str, Any], ident: str) -> list[str]:
    """The nodes that a node leads to."""
    return [one.target for one in references(document) if one.source == ident]


def reached(document: dict[str, Any], start: str) -> set[str]:
    """The nodes that edges lead to from a node, itself included."""
    after: dict[str, list[str]] = {}
    for one in references(document):
        after.setdefault(one.source, []).append(one.target)
    found = {start}
    waiting = [start]
    while waiting:
        for target in after.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
