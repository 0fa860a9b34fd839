"""Two nodes have one id.

What it does:
    Compares the ids of all nodes.

Why it matters:
    An edge to that id could mean either; only the first would ever be reached.

Example:
    start: ask
    variables: {name: string, age: double}
    nodes:
      ask: {type: question, text: "Your name?", variable: name, next: ask}
      ask: {type: question, text: "Your age?", input: number, variable: age, next: bye}
      bye: {type: end}

Instead:
    start: ask_name
    variables: {name: string, age: double}
    nodes:
      ask_name: {type: question, text: "Your name?", variable: name, next: ask_age}
      ask_age: {type: question, text: "Your age?", input: number, variable: age, next: bye}
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes whose id an earlier node has, as the reader saw them or as the flow holds them."""
    yield from problems_as_findings(check, subject)
    for node in subject.flow.nodes:
        first = subject.nodes[node.id]
        if node is not first:
            yield check.finding(
                f"there is another node `{node.id}`{_where(first)}",
                node.location,
                node=node.id,
                help=_advice(node, first),
                related=(first.location,),
            )


def _where(first: Node) -> str:
    """Where the other one stands, if that is inside of something."""
    if not first.container:
        return ""
    return f", inside `{first.container}`" + (f" in `{first.body}`" if first.body else "")


def _advice(node: Node, first: Node) -> str:
    if (node.container, node.body) == (first.container, first.body):
        return "give one of them another id"
    return "give one of them another id: ids are unique in the whole flow, whatever they stand in"


CHECK = Check("S104", "duplicate-id", Severity.ERROR, __doc__, find)
