"""An edge, a container, a setting, a policy or a rule names a node that does not exist.

What it does:
    Looks up where every edge, jump and branch leads, where containers begin, and the nodes that
    `fallback`, `closed`, `inactivity`, `on_error`, triggers and rules name.

Why it matters:
    A conversation that takes such an edge has nowhere to go.

Example:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: goodby}
      goodbye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: goodbye}
      goodbye: {type: end}

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
from statewright.flows.nearest import Known, meant
from statewright.flows.nodes import Body, bodies_of


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Edges with an end that is not there."""
    known = Known(subject.nodes)
    for edge in subject.flow.edges:
        if edge.target not in subject.nodes:
            yield check.finding(
                f"`{edge.source}` leads to `{edge.target}`, and there is no such node",
                edge.location,
                node=edge.source,
                port=edge.port,
                help=meant(edge.target, known),
            )
    yield from _beginnings(check, subject)
    yield from _named(check, subject, known)
    yield from _ruled(check, subject, known)


def _named(check: Check, subject: Subject, known: Known) -> Iterator[Finding]:
    """Nodes that settings and policies name, and that are not there."""
    for named in goals_of(subject.flow):
        name = named.goal.node
        if name in subject.nodes:
            continue
        found = f"{named.what} leads to `{name}`, and there is no such node"
        yield check.finding(
            found if name else f"{named.what} does not say where to",
            named.goal.location,
            node=named.source,
            help=meant(name, known) or "give it the id of a node",
        )


def _ruled(check: Check, subject: Subject, known: Known) -> Iterator[Finding]:
    """Nodes that rules name, and that are not there."""
    for rule in subject.flow.rules:
        for moment in (rule.moment, rule.other):
            for goal in () if moment is None else moment.nodes:
                if goal.node not in subject.nodes:
                    yield check.finding(
                        f"the rule `{rule.name}` names `{goal.node}`, and there is no such node",
                        goal.location,
                        help=meant(goal.node, known) or "give it the id of a node",
                    )


def _beginnings(check: Check, subject: Subject) -> Iterator[Finding]:
    """Containers that begin at a node which does not stand inside them."""
    for node in subject.nodes.values():
        for body in bodies_of(node.config):
            inside = subject.graph.inside.get((node.id, body.name), ())
            lost = inside and body.entry and body.entry not in inside
            if lost and not _stands_twice(subject, node, body):
                yield check.finding(
                    f"`{node.id}` begins at `{body.entry}`, and there is no such node inside it",
                    body.location,
                    node=node.id,
                    help=meant(body.entry, inside),
                )


def _stands_twice(subject: Subject, node: Node, body: Body) -> bool:
    """Whether the entry is there under an id that an earlier node has, which S104 tells."""
    return any(
        (one.id, one.container, one.body) == (body.entry, node.id, body.name)
        for one in subject.flow.nodes
    )


CHECK = Check("S103", "dangling-edge", Severity.ERROR, __doc__, find)
