"""A conversation comes to where no end can be reached any more.

What it does:
    Goes through all that can happen, and reports the first places from which neither an end nor a
    handoff can be reached, whatever anybody does. The witness is a conversation that gets there.

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
    In a flow without any end it is a warning. Where the search does not come to an end, or where
    samples do not stand for all values, only the edges are looked at, whatever their guards.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.components import firsts_of
from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.analysis.graph import reachable_from
from statewright.compiler.analysis.ways import node_of
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import Drawing
from statewright.compiler.verification.questions import EnterState
from statewright.flows.nodes import End, Handoff, Interrupt


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """The first places from which no end can be reached."""
    drawing = subject.drawing
    if drawing is None:
        return
    verification = drawing.verification
    seen: set[str] = {_place(drawing, one.state) for one in verification.stuck()}
    ends = any(isinstance(node.config, End | Handoff) for node in subject.nodes.values())
    for question in verification.lost():
        node = drawing.node_of(question.state)
        name = _place(drawing, question.state)
        if name in seen:
            continue
        seen.add(name)
        finding = check.finding(
            f"from `{name}` on, no end can be reached",
            subject.flow.location if node is None else node.location,
            node="" if node is None else node.id,
            help="lead somewhere from which there is a way to an end, or to people",
            severity=None if ends else Severity.WARNING,
        )
        yield drawing.shown(finding, question)
    if drawing.verification.hindrance and ends:
        yield from _by_the_drawing(check, subject, drawing, seen)


def _by_the_drawing(
    check: Check, subject: Subject, drawing: Drawing, seen: set[str]
) -> Iterator[Finding]:
    """The first nodes from which no edges lead to an end, whatever the guards."""
    onwards = {vertex: tuple(way.target for way in ways) for vertex, ways in subject.ways.items()}
    backwards: dict[str, list[str]] = {}
    for vertex, targets in onwards.items():
        for target in targets:
            backwards.setdefault(target, []).append(vertex)
    ends = {node.id for node in subject.nodes.values() if isinstance(node.config, End | Handoff)}
    saved = {node_of(vertex) for vertex in reachable_from(ends, backwards)}
    anywhere = {named.goal.node for named in goals_of(subject.flow)}
    interrupted = any(isinstance(node.config, Interrupt) for node in subject.nodes.values())
    if interrupted or anywhere & saved:
        return
    lost = {
        ident: tuple(one for one in map(node_of, onwards[ident]) if one not in saved)
        for ident in subject.nodes
        if ident in onwards and ident not in saved and drawing.is_met(ident)
    }
    for name in firsts_of(lost):
        if name not in seen:
            seen.add(name)
            node = subject.nodes[name]
            finding = check.finding(
                f"from `{name}` on, no edges lead to an end",
                node.location,
                node=name,
                help="lead somewhere from which there is a way to an end, or to people",
            )
            yield drawing.shown(finding, EnterState(drawing.state(name)))


def _place(drawing: Drawing, state: str) -> str:
    node = drawing.node_of(state)
    return state if node is None else node.id


CHECK = Check("C203", "no-path-to-end", Severity.ERROR, __doc__, find)
