"""A conversation comes to where no end can be reached any more.

What it does:
    Goes through all that can happen, and reports the first places from which neither an end nor a
    handoff can be reached, whatever anybody does, or at which nothing can happen any more. The
    witness is a conversation that gets there.

Why it matters:
    Whoever gets there never gets out: the conversation goes round and round.

Example:
    start: ask
    variables: {code: string}
    nodes:
      ask: {type: question, text: "Your code?", variable: code, next: check}
      check:
        type: condition
        branches: [{if: "code == '1234'", to: bye}]
        else: sorry
      sorry: {type: question, text: "That is wrong. What now?", next: sorry}
      bye: {type: end, text: "Thank you."}

Instead:
    start: ask
    variables: {code: string}
    nodes:
      ask: {type: question, text: "Your code?", variable: code, next: check}
      check:
        type: condition
        branches: [{if: "code == '1234'", to: bye}]
        else: sorry
      sorry: {type: question, text: "That is wrong. What now?", next: ask}
      bye: {type: end, text: "Thank you."}

Known limits:
    In a flow without any end it is a warning. Nothing is said where the search does not come to an
    end, or where samples do not stand for all values.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.questions import GetStuck, LoseTheEnd
from statewright.flows.nodes import End, Handoff


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """The first places from which no end can be reached."""
    drawing = subject.drawing
    if drawing is None:
        return
    seen: set[str] = set()
    ends = any(isinstance(node.config, End | Handoff) for node in subject.nodes.values())
    places: list[GetStuck | LoseTheEnd] = [*drawing.verification.stuck()]
    places += drawing.verification.lost()
    for question in places:
        node = drawing.node_of(question.state)
        name = question.state if node is None else node.id
        if name in seen:
            continue
        seen.add(name)
        stops = isinstance(question, GetStuck)
        finding = check.finding(
            f"at `{name}`, nothing can happen any more"
            if stops
            else f"from `{name}` on, no end can be reached",
            subject.flow.location if node is None else node.location,
            node="" if node is None else node.id,
            help="lead somewhere from which there is a way to an end, or to people",
            severity=None if ends else Severity.WARNING,
        )
        yield drawing.shown(finding, question)


CHECK = Check("C203", "no-path-to-end", Severity.ERROR, __doc__, find)
