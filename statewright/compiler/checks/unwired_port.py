"""A node can be left by a port that no edge leaves.

What it does:
    Looks at the ports that a node needs: `next`, `success` and `error` of a web request, `timeout`
    of a question with a timeout, and the choices of a question of which only some are wired.

Why it matters:
    The port is taken one day, and then the conversation fails.

Example:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        success: bye
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        success: bye
        error: sorry
      sorry: {type: message, text: "We cannot tell right now.", next: bye}
      bye: {type: end}

Known limits:
    `fallback` may be left unwired: then the flow's `on_error` answers; so may the `error` of a
    request inside a `try` with a clause for it, and that of a node with an `on_error` of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.ports import needed_ports
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import End, ErrorClass, Subflow, Try


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Ports that are needed and have no edge; nodes without any edge are dead ends instead."""
    wired: dict[str, set[str]] = {}
    for source, port in subject.graph.edges:
        wired.setdefault(source, set()).add(port)
    for node in subject.nodes.values():
        ports = wired.get(node.id)
        if ports is None or node.disabled:
            continue
        for port in (*needed_ports(node.config, ports), *_failing(subject, node)):
            if port not in ports and not (port == "error" and _is_caught(subject, node)):
                yield check.finding(
                    f"no edge leaves `{node.id}` by `{port}`",
                    node.location,
                    node=node.id,
                    port=port,
                    help=f"say where the conversation goes on from `{port}`",
                )


def _failing(subject: Subject, node: Node) -> Iterator[str]:
    """The port of a subflow that can fail."""
    if isinstance(node.config, Subflow):
        flow = subject.flow.subflows.get(node.config.flow.text)
        ends = () if flow is None else (inner.config for inner in flow.nodes)
        if any(isinstance(end, End) and end.failed for end in ends):
            yield "error"


def _is_caught(subject: Subject, node: Node) -> bool:
    """Whether the node itself, or a try around it, answers the errors of requests."""
    return node.on_error is not None or any(
        isinstance(around.config, Try)
        and any({ErrorClass.ANY, ErrorClass.REQUEST} & set(c.errors) for c in around.config.catches)
        for around in subject.graph.containers(node.id)
    )


CHECK = Check("S107", "unwired-port", Severity.ERROR, __doc__, find)
