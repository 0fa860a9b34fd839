"""A node branches, and no branch is sure to be taken.

What it does:
    Looks at ports whose edges all have guards. It tries all values that the variables in the
    guards may have, where these are known (the choices of the question that is just answered,
    booleans, variables with `values` and a default), and is silent where some guard is always true.

Why it matters:
    When no guard is true, the conversation has nowhere to go, and fails.

Example:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: age >= 18, to: adult}
          - {if: age < 18, to: minor}
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Instead:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: age >= 18, to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Known limits:
    Variables with many values, such as numbers, are not tried: the example is reported because
    `age` may also be absent, and because numbers are never listed.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.domains import domains_at, one_is_always_true
from statewright.compiler.checks.branching import branching_ports
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.texts import location_from
from statewright.compiler.subject import Subject
from statewright.compiler.verification.questions import TakeTransition, Undecided
from statewright.errors import ExpressionError
from statewright.expressions import Expression, parse
from statewright.flows.model import Edge, Node
from statewright.flows.nodes import Question


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Conditions without else, and other nodes of which all edges at a port have guards."""
    for node, port in branching_ports(subject):
        edges = subject.graph.at(node.id, port)
        if not _is_known(subject, node.id, port) and not _is_exhaustive(subject, node, edges):
            yield check.finding(
                f"`{node.id}` branches at `{port}`, and no branch is sure to be taken",
                node.location,
                node=node.id,
                port=port,
                help="add `else`, or an edge without a guard behind the others",
                related=tuple(edge.location for edge in edges),
            )


def _is_known(subject: Subject, node: str, port: str) -> bool:
    """Whether it was proved that some branch is always taken, or shown that it is not (G309)."""
    drawing = subject.drawing
    if drawing is None:
        return False
    losing = [TakeTransition(name) for name in drawing.losing(node, port)]
    return not isinstance(drawing.unmet(losing), Undecided)


def _is_exhaustive(subject: Subject, node: Node, edges: tuple[Edge, ...]) -> bool:
    path = None
    if isinstance(node.config, Question) and node.config.variable is not None:
        declared = frozenset(variable.name for variable in subject.flow.variables)
        path = location_from(node.config.variable, declared)
    return one_is_always_true(tuple(_guards(edges)), domains_at(subject.flow, node, path))


def _guards(edges: tuple[Edge, ...]) -> Iterator[Expression]:
    """The guards that can be parsed; the others are never true."""
    for edge in edges:
        if edge.guard is not None:
            try:
                yield parse(edge.guard.text)
            except ExpressionError:
                continue


CHECK = Check("S108", "no-default", Severity.ERROR, __doc__, find)
