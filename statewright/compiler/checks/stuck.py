"""A conversation comes to a node that nothing leads out of any more.

What it does:
    Goes through all that can happen, and reports the nodes in which a conversation stays for ever,
    whatever anybody does: a question to which no answer is right, for one. The witness is a
    conversation that gets there.

Why it matters:
    Whoever gets there is asked the same again and again, or hears nothing any more.

Example:
    start: ask
    variables: {size: {type: string, values: [small, large]}}
    nodes:
      ask:
        type: question
        text: "Which size?"
        pattern: "^[0-9]+$"
        variable: size
        next: bye
      bye: {type: end, text: "{{ size }}, then."}

Instead:
    start: ask
    variables: {size: {type: string, values: [small, large]}}
    nodes:
      ask:
        type: question
        text: "Which size?"
        pattern: "^(small|large)$"
        variable: size
        retries: 3
        next: bye
        on: {fallback: none}
      none: {type: end, text: "Bye."}
      bye: {type: end, text: "{{ size }}, then."}

Known limits:
    In a parallel region, the other regions may still go on. Nothing is said where the search does
    not come to an end, or where samples do not stand for all values.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """The nodes that are never left again, each once."""
    drawing = subject.drawing
    seen: set[str] = set()
    for question in drawing.verification.stuck() if drawing is not None else ():
        if drawing is None or not drawing.is_at_home(question.state):
            continue
        node = drawing.node_of(question.state)
        name = question.state if node is None else node.id
        if name in seen:
            continue
        seen.add(name)
        finding = check.finding(
            f"nothing leads out of `{name}` any more",
            subject.flow.location if node is None else node.location,
            node="" if node is None else node.id,
            help="lead elsewhere before, or let it end: after some tries, or after some time",
        )
        yield drawing.shown(finding, question)


CHECK = Check("C204", "stuck", Severity.ERROR, __doc__, find)
