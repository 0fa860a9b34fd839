"""Connections → the edges that leave a node by its ports.

What the author drew counts, also where the old runtime did something else: every option has its
own way, conditions are guards, and the default is taken when nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from statewright.flows.dialects.wriveted.conditions import guard_from
from statewright.flows.dialects.wriveted.connections import (
    Connection,
    ConnectionType,
    type_from,
)
from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.model import Edge, Node
from statewright.flows.nodes import NEXT, Choice, Source, choice_port
from statewright.flows.parts import Part


@dataclass(frozen=True, slots=True)
class Ways:
    """The connections that leave a node, in the order of the file."""

    connections: Sequence[Connection]

    def of(self, *types: ConnectionType) -> list[Connection]:
        """Those of some types; those with a condition come before the others."""
        found = [connection for connection in self.connections if connection.type in types]
        return sorted(found, key=lambda connection: connection.guard is None)

    def option(self, number: int) -> list[Connection]:
        """Those of an option."""
        return [c for c in self.connections if c.option == number]


_ON = (ConnectionType.DEFAULT, ConnectionType.SUCCESS)


def passing_edges(ways: Ways, source: str = "") -> Iterator[Edge]:
    """The edges of a node that is left by one port."""
    for connection in ways.of(*_ON):
        yield _from(source, connection.edge())
    for connection in ways.of(ConnectionType.OPTION):
        connection.part.report(
            "R004",
            f"`${connection.option}` means nothing here: the node has no options",
            "make it DEFAULT",
            severity="warning",
        )
        yield _from(source, connection.edge())
    _refuse(ways, ConnectionType.FAILURE, "an error here is handled as the flow says")
    _refuse(ways, ConnectionType.TIMEOUT, "nothing waits here")


def _from(source: str, edge: Edge) -> Edge:
    """The edge with another source, for the last of the nodes that one was split into."""
    if not source:
        return edge
    return Edge(source, edge.target, edge.port, edge.guard, edge.location, edge.label)


def _refuse(ways: Ways, type_: ConnectionType, instead: str) -> None:
    for connection in ways.of(type_):
        connection.part.report(
            "R006",
            f"a connection for {type_.name.lower()} is not carried over: {instead}",
            severity="warning",
        )


def question_edges(ways: Ways, choices: Sequence[Choice], options: Sequence[int]) -> Iterator[Edge]:
    """The edges of a question.

    Args:
        ways: its connections.
        choices: the answers that it offers.
        options: for each of them, its number among the options of the file.
    """
    by_number = dict(zip(options, choices, strict=True))
    for connection in ways.of(ConnectionType.OPTION):
        number = connection.option or 0
        if number in by_number:
            yield connection.edge(choice_port(by_number[number].value))
        else:
            connection.part.report("R004", f"the question has no option `${number}`")
    for connection in ways.of(*_ON):
        yield connection.edge()
    for connection in ways.of(ConnectionType.FAILURE):
        yield connection.edge("fallback")
    _refuse(ways, ConnectionType.TIMEOUT, "the question waits without end")


def request_edges(ways: Ways, node: Node, through: str = "") -> Iterator[Edge]:
    """The edges of a request; the default is taken whatever comes of it.

    Args:
        ways: the connections of the node that it belongs to.
        node: the request.
        through: id of the node that comes next if the request is not the last part of its node.
    """
    on_success = ways.of(ConnectionType.SUCCESS) or ways.of(ConnectionType.DEFAULT)
    on_error = ways.of(ConnectionType.FAILURE) or ways.of(ConnectionType.DEFAULT)
    if through:
        yield Edge(node.id, through, "success", location=node.location)
    else:
        for connection in on_success:
            yield _from(node.id, connection.edge("success"))
    for connection in on_error:
        yield _from(node.id, connection.edge("error"))
    _refuse(ways, ConnectionType.TIMEOUT, "a request that takes too long has failed")


# --- conditions ----------------------------------------------------------------------------------


def condition_edges(content: Part, ways: Ways, scope: Scope) -> Iterator[Edge]:
    """The edges of a condition: its branches, then those that connections guard, then the rest."""
    selected: set[int] = set()
    for branch in content["conditions"].items():
        if not isinstance(branch.value, dict):
            branch.wrong("a map")
            continue
        branch.refuse_unknown({"if", "then", "label", "description"})
        if not branch["if"].present:
            branch["if"].wrong("a condition")
            continue
        guard = guard_from(branch["if"], scope)
        if not branch["then"].present:
            branch["then"].wrong("where it leads")
            continue
        yield from _branch(branch["then"], guard, ways, selected)
    for connection in ways.connections:
        if connection.guard is not None and connection.type is ConnectionType.DEFAULT:
            yield connection.edge("branch")
    yield from _otherwise(content.first("default_path", "else", "default"), ways, selected)
    _report_unselected(ways, selected)


def _branch(then: Part, guard: Source, ways: Ways, selected: set[int]) -> Iterator[Edge]:
    """The edges of a branch: those of the connections that it names, or to a node."""
    chosen = _chosen(then, ways, selected)
    for connection in chosen:
        yield connection.edge("branch", _both(guard, connection.guard))
    if not chosen:
        yield Edge(then.node, then.name(), "branch", guard, then.location)


def _chosen(then: Part, ways: Ways, selected: set[int]) -> list[Connection]:
    """The connections that a branch names; none if it names a node."""
    found = type_from(then.name())
    if found is None:
        return []
    type_, option = found
    if option is not None:
        selected.add(option)
        return ways.option(option)
    return [connection for connection in ways.of(type_) if connection.guard is None]


def _both(guard: Source, other: Source | None) -> Source:
    if other is None:
        return guard
    # The line breaks end comments that the conditions may end with.
    both = f"({guard.text}\n) && ({other.text}\n)"
    return Source(both, guard.location, guard.original)


def _otherwise(path: Part, ways: Ways, selected: set[int]) -> Iterator[Edge]:
    """The edges that are taken when no branch is."""
    default = [c for c in ways.of(ConnectionType.DEFAULT) if c.guard is None]
    if not path.present:
        yield from (connection.edge("else") for connection in default)
        return
    chosen = _chosen(path, ways, selected)
    if chosen:
        yield from (connection.edge("else") for connection in chosen)
    elif type_from(path.name()) is None:
        yield Edge(path.node, path.name(), "else", location=path.location)
    else:
        # The old runtime went by the default where the way that is named is not there.
        yield from (connection.edge("else") for connection in default)


def _report_unselected(ways: Ways, selected: set[int]) -> None:
    for connection in ways.of(ConnectionType.OPTION):
        if connection.option not in selected:
            connection.part.report(
                "R006",
                f"`${connection.option}` is not carried over: no branch of the condition names it",
                severity="warning",
            )
    _refuse(ways, ConnectionType.FAILURE, "a condition that fails counts as false")
    _refuse(ways, ConnectionType.SUCCESS, "a condition has only its branches")


def ending_edges(ports: Sequence[str], node: Node, end: str) -> Iterator[Edge]:
    """The edges of a node that nothing leaves: the flow ends there."""
    for port in ports or (NEXT,):
        yield Edge(node.id, end, port, location=node.location)
