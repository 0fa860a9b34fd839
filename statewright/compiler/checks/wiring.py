"""Ports by which a node can be left, and which no edge leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.analysis.ports import needed_ports
from statewright.compiler.subject import Subject
from statewright.flows.model import Flow, Node, OnError
from statewright.flows.nodes import End, ErrorClass, Subflow, Try


def unwired(subject: Subject) -> Iterator[tuple[Node, str]]:
    """The ports that are needed and have no edge; nodes without any edge are dead ends instead."""
    for node in subject.nodes.values():
        ports = subject.graph.ports.get(node.id)
        if ports is None:
            continue
        for port in (*needed_ports(node.config, ports), *_failing(subject, node)):
            if port not in ports and not _is_caught(subject, node, port):
                yield node, port


def _failing(subject: Subject, node: Node) -> Iterator[str]:
    """The port of a subflow that can fail."""
    if isinstance(node.config, Subflow):
        flow = subject.flow.subflows.get(node.config.flow.text)
        ends = () if flow is None else (inner.config for inner in flow.nodes)
        if any(isinstance(end, End) and end.failed for end in ends):
            yield "error"


def is_answered_around(subject: Subject, node: Node, port: str) -> bool:
    """Whether the error that stands for an unwired port in a flow is answered where that is run.

    Args:
        subject: the flow that runs it.
        node: the node that does so.
        port: of a node inside.
    """
    wired = bool(subject.graph.at(node.id, "error"))
    return port in _ERRORS and (wired or _is_caught(subject, node, "error", _ERRORS[port]))


def _is_caught(subject: Subject, node: Node, port: str, inside: ErrorClass | None = None) -> bool:
    """Whether the error that stands for an unwired port is answered: by node, try or flow.

    Args:
        subject: the flow.
        node: whose port it is.
        port: its name.
        inside: the class of an error that is made inside the node.
    """
    own = ErrorClass.SUBFLOW if isinstance(node.config, Subflow) else _ERRORS.get(port)
    kind = inside or own
    if kind is None:
        return False
    policy = node.on_error
    if policy is not None and (port == "error" or policy.then is not None):
        return True
    if _goes_on(subject.flow):
        return True
    inner = node
    for around in subject.graph.containers(node.id):
        config = around.config
        if (
            isinstance(config, Try)
            and inner.body == config.body.name
            and _leads_on(subject, around, config, kind)
        ):
            return True
        inner = around
    return False


def _goes_on(flow: Flow) -> bool:
    """Whether a flow says where it goes on after any error that nothing else answers."""
    settings = flow.settings
    if settings.on_error is OnError.CONTINUE:
        return True
    fallback = next((node for node in flow.nodes if node.id == settings.fallback), None)
    return settings.on_error is OnError.FALLBACK and fallback is not None and not fallback.container


def _leads_on(subject: Subject, node: Node, config: Try, kind: ErrorClass) -> bool:
    """Whether a try answers the errors of a class that are made in its body.

    What goes wrong in a clause, or in what is done at last, is for a try further out. A clause for
    some failures of requests, such as `timeout`, leaves the others; what none answers leaves by
    `error`, where that leads somewhere.
    """
    answered = {ErrorClass.ANY, kind}
    caught = any(answered & set(one.errors) for one in config.catches)
    return caught or bool(subject.graph.at(node.id, "error"))


_ERRORS: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "error": ErrorClass.REQUEST,
        "rejected": ErrorClass.REJECTED,
        "timeout": ErrorClass.TIMEOUT,
    }
)
"""Ports that raise an error where no edge leaves by them → its class."""
