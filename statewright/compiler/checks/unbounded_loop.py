"""Something is done again and again, nobody is asked, and nothing ends it.

What it does:
    Looks for rings of nodes with work or waiting time in them, such as a web request that is sent
    again whenever it fails, but no question, and no counter that a condition compares with a bound;
    and for `while` loops whose condition nothing in them changes.

Why it matters:
    It goes on for days, with nobody there, and what it asks for may have to be paid.

Example:
    start: load
    nodes:
      load:
        type: http
        url: https://api.example.com/order
        success: bye
        error: pause
      pause: {type: delay, duration: 10s, next: load}
      bye: {type: end}

Instead:
    start: load
    variables:
      attempts: {type: int, default: 0}
    nodes:
      load:
        type: http
        url: https://api.example.com/order
        success: bye
        error: count
      count: {type: set, actions: [{set: attempts, to: "{{ attempts + 1 }}"}], next: enough}
      enough:
        type: condition
        branches:
          - {if: attempts >= 5, to: bye}
        else: pause
      pause: {type: delay, duration: 10s, next: load}
      bye: {type: end}

Known limits:
    A ring whose conditions read what its own work answers, such as asking until an order is
    shipped, counts as one that ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.bounds import RESTLESS
from statewright.compiler.analysis.ways import exit_of, node_of
from statewright.compiler.analysis.writes import plain_path, related
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.rings import shown_ring, tireless_rings
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.errors import ExpressionError
from statewright.expressions import Expression, parse, references
from statewright.expressions.syntax import Call, walk
from statewright.flows.model import Node
from statewright.flows.nodes import Break, Loop, LoopKind


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Rings with work but without people, and loops that only their limit ends."""
    for ring in tireless_rings(subject):
        on_ring = set(map(node_of, ring.vertices))
        nodes = [node for node in subject.nodes.values() if node.id in on_ring]
        yield check.finding(
            f"{shown_ring([node.id for node in nodes])} may be gone round for ever, "
            "and nobody is asked",
            nodes[0].location,
            node=nodes[0].id,
            help="count the rounds and leave it after some, or ask the user whether to go on",
            related=tuple(node.location for node in nodes[1:5]),
        )
    for node in subject.nodes.values():
        if isinstance(node.config, Loop) and node.config.loop is LoopKind.WHILE:
            yield from _while(check, subject, node, node.config)


def _while(check: Check, subject: Subject, node: Node, loop: Loop) -> Iterator[Finding]:
    try:
        condition = parse(loop.over.text)
    except ExpressionError:
        return
    inside = {one.id for one in subject.nodes.values() if node in subject.graph.containers(one.id)}
    if any(_leaves(subject, ident, inside) for ident in inside) or _changes(
        subject, condition, inside
    ):
        return
    yield check.finding(
        f"nothing in `{node.id}` changes what its condition reads, so only its limit of "
        f"{loop.limit} rounds ends it",
        loop.over.location,
        node=node.id,
        help="change a variable of the condition in there, or leave it by `break`",
    )


def _leaves(subject: Subject, ident: str, inside: set[str]) -> bool:
    """Whether a node inside a loop leads out of it."""
    if isinstance(subject.nodes[ident].config, Break):
        return True
    return any(
        way.edge is not None and way.target not in inside
        for vertex in (ident, exit_of(ident))
        for way in subject.ways.get(vertex, ())
    )


def _changes(subject: Subject, condition: Expression, inside: set[str]) -> bool:
    """Whether what a condition reads may change while the nodes inside a loop are run."""
    if any(
        isinstance(one, Call) and one.function in ("draw", "In") for one in walk(condition.root)
    ):
        return True
    read = [plain_path(reference.path) for reference in references(condition)]
    return any(path[0] in RESTLESS for path in read) or any(
        related(path, plain_path(write.path))
        for write in subject.writes
        if write.node in inside
        for path in read
    )


CHECK = Check("C202", "unbounded-loop", Severity.WARNING, __doc__, find)
