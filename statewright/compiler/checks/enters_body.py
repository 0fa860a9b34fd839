"""An edge leads into a container, past the place where it begins.

What it does:
    Compares where edges start and lead: a node may be reached from beside it, and from inside the
    containers beside it, never from outside the container that it stands in.

Why it matters:
    What a container sets up when it is entered, such as the element of a loop, would be missing.

Example:
    start: hello
    variables: {cart: {type: list, default: [tea, cake]}}
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
    variables: {cart: {type: list, default: [tea, cake]}}
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

from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node


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
    for named in goals_of(subject.flow):
        goal = nodes.get(named.goal.node)
        if goal is not None and not _is_open(subject, named.source, goal):
            yield check.finding(
                f"{named.what} leads to `{goal.id}`, which stands inside `{goal.container}`",
                named.goal.location,
                node=named.source,
                help=f"lead to `{goal.container}`, or to a node that stands inside no other",
                related=(goal.location,),
            )


def _is_open(subject: Subject, source: str, goal: Node) -> bool:
    """Whether the conversation may go to a node that is named by another one, or by the flow."""
    return subject.graph.is_open(source, goal.id) if source else not goal.container


CHECK = Check("S111", "enters-body", Severity.ERROR, __doc__, find)
