"""A node stands where its kind means nothing.

What it does:
    Looks for `continue` and `break` outside a loop, for `leave` outside whatever it may leave, and
    for an `interrupt` inside another node.

Why it matters:
    There is nothing to go on with, or to leave: the conversation would fail there.

Example:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: again}
      again: {type: continue}

Instead:
    start: twice
    nodes:
      twice:
        type: loop
        times: 2
        next: bye
        nodes:
          hello: {type: message, text: Hello, next: again}
          again: {type: continue}
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import (
    Break,
    Container,
    Continue,
    Interrupt,
    Leave,
    Loop,
    Parallel,
    Try,
)

_HOMES: Mapping[type, tuple[type[Container], ...]] = MappingProxyType(
    {Continue: (Loop,), Break: (Loop,), Leave: (Try, Parallel, Interrupt)}
)
"""Kind of node → the kinds of container that it belongs into."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes without the container that gives them a meaning."""
    for node in subject.nodes.values():
        if isinstance(node.config, Interrupt) and node.container:
            yield check.finding(
                f"`{node.id}` may happen at any time, and stands inside `{node.container}`",
                node.location,
                node=node.id,
                help="put it beside the other nodes of the flow",
            )
        homes = _HOMES.get(type(node.config))
        if homes is None:
            continue
        names = " or ".join(f"`{home.kind}`" for home in homes)
        around = subject.graph.containers(node.id)
        if not any(isinstance(container.config, homes) for container in around):
            yield check.finding(
                f"`{node.id}` is a `{node.kind}`, and stands in no {names}",
                node.location,
                node=node.id,
                help=f"put it inside a {names}, or lead on with a `jump`",
            )


CHECK = Check("S112", "misplaced-node", Severity.ERROR, __doc__, find)
