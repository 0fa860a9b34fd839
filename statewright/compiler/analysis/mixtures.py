"""Of which types the values may be that come to a node, of variables that may hold anything.

A forward analysis over the ways of a flow; what a node sets replaces what came there, all else is
added to it. What happens at any time, or at once with other things, is taken to be everywhere.
Source: reaching definitions (Aho, Sethi, Ullman, *Compilers*, 1986, section 10.5).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.analysis.graph import Graph
from statewright.compiler.analysis.ways import Ways, node_of
from statewright.compiler.analysis.writes import Origin, Write, plain_path
from statewright.compiler.scope import session_variables
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import (
    InputKind,
    Interrupt,
    Operation,
    Parallel,
    Question,
    Set,
    Store,
)
from statewright.statechart.sourcemap import Location

Types = Mapping[str, Location]
"""The type of a value → where one of it is given: ``text``, ``number``, …."""

Arriving = Mapping[str, Mapping[str, Types]]
"""Variable → node → the types of its values that may come there, or be given there."""

UNTYPED: Final = frozenset({"any", "dyn"})
"""The types of variables that may hold anything."""


def untyped_variables(flow: Flow) -> frozenset[str]:
    """The names of the variables of a session that may hold anything."""
    return frozenset(
        name
        for name, one in session_variables(flow).items()
        if one.type in UNTYPED and not (one.values or one.input)
    )


def type_name(value: Any) -> str:
    """What people call the type of a JSON value; ``""`` for none."""
    return _NAMES.get(type(value), "")


def arriving(flow: Flow, graph: Graph, ways: Ways, writes: tuple[Write, ...]) -> Arriving:
    """Of each variable that may hold values of several types: which may come to which node.

    Those of which a value comes from elsewhere, or from an expression, are told without it.
    O(ways) for each of these variables.
    """
    by_name: dict[str, list[Write]] = defaultdict(list)
    untyped = untyped_variables(flow)
    for write in writes:
        path = plain_path(write.path)
        if len(path) == 1 and path[0] in untyped:
            by_name[path[0]].append(write)
    found: dict[str, Mapping[str, Types]] = {}
    for name, own in by_name.items():
        spread = _Spreading(graph, ways, own)
        variable = session_variables(flow)[name]
        kind = type_name(variable.default) if variable.has_default else ""
        begun = {kind: variable.location} if kind else {}
        if len(begun.keys() | spread.kinds()) > 1:
            found[name] = spread.from_beginnings(begun)
    return found


class _Spreading:
    """Hands the types of the values of one variable along the ways."""

    def __init__(self, graph: Graph, ways: Ways, writes: list[Write]) -> None:
        self._graph = graph
        self._ways = ways
        self._given: dict[str, dict[str, Location]] = defaultdict(dict)
        self._replaced: set[str] = set()
        for write in writes:
            node = graph.nodes[write.node]
            is_set = isinstance(node.config, Set) and write.operation in _REPLACING
            if is_set:
                self._given[write.node].clear()
                self._replaced.add(write.node)
            for kind in _kinds(write, node):
                self._given[write.node].setdefault(kind, write.source.location)

    def kinds(self) -> set[str]:
        """All types that are given."""
        return {kind for types in self._given.values() for kind in types}

    def from_beginnings(self, begun: Types) -> Mapping[str, Types]:
        """Node → the types of the values that may come there, or be given there."""
        before: dict[str, dict[str, Location]] = defaultdict(dict)
        anytime = dict(self._anytime())
        for entry in self._graph.beginnings:
            before[entry] = {**begun, **anytime}
        waiting = deque(self._graph.beginnings)
        while waiting:
            vertex = waiting.popleft()
            for way in self._ways.get(vertex, ()):
                new = {
                    kind: place
                    for kind, place in {**self._after(vertex, before[vertex]), **anytime}.items()
                    if kind not in before[way.target]
                }
                if new or way.target not in before:
                    before[way.target].update(new)
                    waiting.append(way.target)
        found: dict[str, dict[str, Location]] = defaultdict(dict)
        for vertex, types in list(before.items()):
            own = {} if node_of(vertex) in self._replaced else self._given.get(node_of(vertex), {})
            found[node_of(vertex)] |= {**types, **own}
        return found

    def _after(self, vertex: str, before: Mapping[str, Location]) -> Mapping[str, Location]:
        given = self._given.get(vertex, {})
        return given if vertex in self._replaced else {**before, **given}

    def _anytime(self) -> Iterator[tuple[str, Location]]:
        """What is given inside of what happens at any time, or at once with other things."""
        for node, types in self._given.items():
            around = self._graph.containers(node)
            if any(isinstance(one.config, Interrupt | Parallel) for one in around):
                yield from types.items()


def _kinds(write: Write, node: Node) -> Iterator[str]:
    """The types of the values that a place may write; none where these are not known."""
    if write.origin is Origin.LOT:
        yield "text"
    elif write.origin is Origin.ANSWER and isinstance(node.config, Question):
        question = node.config
        if question.store is Store.CHOICE:
            yield "map"
        elif question.input is InputKind.CHOICE and not question.choices_from:
            yield from {type_name(one.value): None for one in question.choices}
        elif question.input in _ANSWERS:
            yield _ANSWERS[question.input]
    elif write.origin is Origin.FLOW and write.operation in _CHANGES:
        yield _CHANGES[write.operation]
    elif write.origin is Origin.FLOW and write.value is not None:
        json = write.value.json
        alone = isinstance(json, str) and json.startswith("{{") and json.endswith("}}")
        if not alone and type_name(json):
            yield type_name(json)


_REPLACING = frozenset({Operation.SET, Operation.UNSET})

_CHANGES: Final[Mapping[Operation, str]] = MappingProxyType(
    {Operation.INCREMENT: "number", Operation.APPEND: "list", Operation.REMOVE: "list"}
)

_ANSWERS: Final[Mapping[InputKind, str]] = MappingProxyType(
    {
        InputKind.TEXT: "text",
        InputKind.EMAIL: "text",
        InputKind.PHONE: "text",
        InputKind.URL: "text",
        InputKind.NUMBER: "number",
        InputKind.INTEGER: "number",
        InputKind.RATING: "number",
        InputKind.SLIDER: "number",
        InputKind.BOOLEAN: "boolean",
        InputKind.MULTIPLE_CHOICE: "list",
        InputKind.FILE: "map",
        InputKind.LOCATION: "map",
    }
)
"""Kind of answer → the type of what is saved of it."""

_NAMES: Final[Mapping[type, str]] = MappingProxyType(
    {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "map"}
)
