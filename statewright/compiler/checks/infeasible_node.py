"""A node is drawn, and no conversation ever comes to it.

What it does:
    Goes through all that can happen, and reports nodes that are never entered though edges lead to
    them. What follows from another finding, such as a branch that is never taken, is left out.

Why it matters:
    What the node says or does never happens, although the drawing looks as if it did.

Example:
    start: ask
    nodes:
      ask:
        type: question
        text: "Tea or coffee?"
        input: choice
        choices: [{value: tea, to: tea}, {value: coffee, to: coffee}]
        next: neither
      tea: {type: end, text: "Tea it is."}
      coffee: {type: end, text: "Coffee it is."}
      neither: {type: end, text: "Water, then."}

Instead:
    start: ask
    nodes:
      ask:
        type: question
        text: "Tea or coffee?"
        input: choice
        retries: 1
        choices: [{value: tea, to: tea}, {value: coffee, to: coffee}]
        on: {fallback: neither}
      tea: {type: end, text: "Tea it is."}
      coffee: {type: end, text: "Coffee it is."}
      neither: {type: end, text: "Water, then."}

Known limits:
    Nodes inside flows that are run by this one are looked at where those flows are checked. What is
    drawn for errors that cannot happen is left alone. Where a turn takes more steps than it may,
    nothing is told: it is discarded, and leaves no trace of the nodes to which it has come.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.dead_edges import dead_edges
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import Drawing, proved
from statewright.compiler.verification.questions import EnterState, GoOnForEver
from statewright.flows.nodes import Condition, Loop, Try


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes that are never entered, unless nothing that leads to them is either."""
    drawing = subject.drawing
    if drawing is None or drawing.verification.is_met(GoOnForEver()):
        return
    told = {id(dead.edge) for dead in dead_edges(subject)}
    for node in subject.nodes.values():
        if node.id not in subject.reachable or not drawing.has(node.id) or drawing.is_met(node.id):
            continue
        if not _begins(subject, drawing, node.id, told):
            continue
        answer = drawing.unmet([EnterState(drawing.state(node.id))])
        if answer is not None:
            finding = check.finding(
                f"no conversation ever comes to `{node.id}`",
                node.location,
                node=node.id,
                help="`statewright compile --to mermaid` draws what leads there",
            )
            yield proved(finding, answer, f"no conversation that was tried comes to `{node.id}`")


def _begins(subject: Subject, drawing: Drawing, node: str, told: set[int]) -> bool:
    """Whether a conversation comes to a node just before it, and no other finding tells why not."""
    leading = [edge for edge in subject.graph.incoming(node) if edge.source in subject.nodes]
    met = [edge for edge in leading if drawing.is_met(edge.source)]
    if any(id(edge) in told for edge in met):
        return False
    if any(_is_else(subject, edge.source, edge.port) for edge in met):
        return False
    if leading:
        return any(edge.port not in DEFENSIVE for edge in met)
    container = subject.nodes[node].container
    around = subject.nodes.get(container)
    return around is None or (
        drawing.is_met(container) and not isinstance(around.config, Loop | Try)
    )


def _is_else(subject: Subject, node: str, port: str) -> bool:
    """Whether it is what is left where all branches are taken, which may be nothing."""
    return isinstance(subject.nodes[node].config, Condition) and port == "else"


DEFENSIVE = frozenset(("error", "limit", "timeout"))
"""Ports that are wired for good measure, even where nothing can go wrong."""


CHECK = Check("C205", "infeasible-node", Severity.WARNING, __doc__, find)
