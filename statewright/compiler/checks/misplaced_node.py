"""A node stands where its kind means nothing.

What it does:
    Looks for `continue` and `break` outside a loop.

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
from statewright.flows.nodes import Break, Container, Continue, Loop

_HOMES: Mapping[type, type[Container]] = MappingProxyType({Continue: Loop, Break: Loop})
"""Kind of node → the kind of container that it belongs into."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes without the container that gives them a meaning."""
    for node in subject.nodes.values():
        home = _HOMES.get(type(node.config))
        if home is None:
            continue
        around = subject.graph.containers(node.id)
        if not any(isinstance(container.config, home) for container in around):
            yield check.finding(
                f"`{node.id}` is a `{node.kind}`, and stands in no `{home.kind}`",
                node.location,
                node=node.id,
                help=f"put it inside a `{home.kind}`, or lead on with a `jump`",
            )


CHECK = Check("S112", "misplaced-node", Severity.ERROR, __doc__, find)
