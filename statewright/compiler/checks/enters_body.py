"""An edge leads into a container, past the place where it begins.

What it does:
    Compares where edges start and lead: a node may be reached from beside it, and from inside the
    containers beside it, never from outside the container that it stands in.

Why it matters:
    What a container sets up when it is entered, such as the element of a loop, would be missing.

Example:
    start: hello
    variables: {cart: list}
    nodes:
      hello: {type: message, text: "Here is your cart.", next: show}
      each:
        type: loop
        each: cart
        next: bye
        nodes:
          show: {type: message, text: "{{ item }}", next: more}
          more: {type: continue}
      bye: {type: end}

Instead:
    start: hello
    variables: {cart: list}
    nodes:
      hello: {type: message, text: "Here is your cart.", next: each}
      each:
        type: loop
        each: cart
        next: bye
        nodes:
          show: {type: message, text: "{{ item }}", next: more}
          more: {type: continue}
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Edges that lead where only a container itself may lead."""
    nodes = subject.nodes
    for edge in subject.flow.edges:
        if edge.source not in nodes or edge.target not in nodes:
            continue
        if not subject.graph.is_open(edge.source, edge.target):
            container = nodes[edge.target].container
            yield check.finding(
                f"`{edge.source}` leads to `{edge.target}`, which stands inside `{container}`",
                edge.location,
                node=edge.source,
                port=edge.port,
                help=f"lead to `{container}`; its `start` says where it begins",
                related=(nodes[edge.target].location,),
            )


CHECK = Check("S111", "enters-body", Severity.ERROR, __doc__, find)
