"""A guard, or what is to be saved, has no value in some conversation.

What it does:
    Goes through all that can happen, and reports guards that fail: because a text is no number, a
    key is missing, a number is divided by zero, …. So it does of nodes that change variables, where
    what they should hold has no value, or none that fits, and nothing says what is done about the
    error. The witness is a conversation in which it happens. A variable that has no value yet is
    D401, one of the wrong type D404.

Why it matters:
    A guard that fails counts as false, so the conversation takes another branch than was meant, and
    nobody notices. Where a variable cannot be changed, the conversation is over.

Example:
    start: ask
    variables: {size: string}
    nodes:
      ask: {type: question, text: "How many people?", variable: size, next: route}
      route:
        type: condition
        branches: [{if: "int(size) >= 10", to: many}]
        else: few
      many: {type: end, text: "So many!"}
      few: {type: end, text: "A few, then."}

Instead:
    start: ask
    variables: {size: int}
    nodes:
      ask: {type: question, text: "How many people?", input: integer, variable: size, next: route}
      route:
        type: condition
        branches: [{if: "size >= 10", to: many}]
        else: few
      many: {type: end, text: "So many!"}
      few: {type: end, text: "A few, then."}

Known limits:
    Where it takes something odd that an effect or an event brings, it is a warning; so it is of
    nodes that change variables with what the conversation is given at first, and one failure is
    told of each. What fails only for values that no constant in the flow tells apart may be missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.failing import (
    failing_guards,
    mixed_variable,
    mixed_variables,
    unset_variable,
)
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import Drawing
from statewright.compiler.verification.questions import Fail
from statewright.flows.model import Node, OnError
from statewright.flows.nodes import Set, Try
from statewright.statechart.stepping.evaluation import ACTION_ERROR


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Guards that an author wrote and that fail, and nodes that cannot save, each once."""
    yield from _guards(check, subject)
    yield from _changes(check, subject)


def _guards(check: Check, subject: Subject) -> Iterator[Finding]:
    seen: set[int] = set()
    failing = tuple(failing_guards(subject))
    mixed = mixed_variables(subject) if failing else {}
    for edge, failure in failing:
        if id(edge) in seen or unset_variable(subject, failure) or subject.drawing is None:
            continue
        if mixed_variable(failure, mixed):
            continue
        seen.add(id(edge))
        text = "" if edge.guard is None else edge.guard.text
        finding = check.finding(
            f"`{text}` has no value in some conversations: {failure.reason}",
            edge.location if edge.guard is None else edge.guard.location,
            node=edge.source,
            port=edge.port,
            help="test before whether it has one",
        )
        yield _shown(finding, failure, subject.drawing)


def _changes(check: Check, subject: Subject) -> Iterator[Finding]:
    drawing = subject.drawing
    if drawing is None or subject.flow.settings.on_error is not OnError.FAIL:
        return
    seen: set[str] = set()
    for failure in drawing.verification.failures():
        node = drawing.owner_of(failure.state) if failure.incident == ACTION_ERROR else None
        if node is None or node.id in seen or not _is_unanswered(node, subject):
            continue
        if unset_variable(subject, failure) or mixed_variable(failure, mixed_variables(subject)):
            continue
        seen.add(node.id)
        finding = check.finding(
            f"`{node.id}` fails in some conversations: {failure.reason}",
            node.location,
            node=node.id,
            help="test before whether it can be done, or say what to do then with `on_error`",
        )
        shown = _shown(finding, failure, drawing)
        witness = shown.witness
        is_given = witness is not None and (witness.data or witness.contact or witness.tenant)
        yield replace(shown, severity=Severity.WARNING) if is_given else shown


def _is_unanswered(node: Node, subject: Subject) -> bool:
    """Whether a node changes variables, and nothing says what is done where it cannot."""
    around = (one.config for one in subject.graph.containers(node.id))
    return (
        isinstance(node.config, Set)
        and node.on_error is None
        and not any(isinstance(one, Try) for one in around)
    )


def _shown(finding: Finding, failure: Fail, drawing: Drawing) -> Finding:
    """A finding with its conversation; what comes of something odd from elsewhere is a warning."""
    shown = drawing.shown(finding, failure)
    return replace(shown, severity=Severity.WARNING) if _comes_of_others(shown) else shown


def _comes_of_others(finding: Finding) -> bool:
    """Whether it takes something odd that an effect or an event brings."""
    script = () if finding.witness is None else finding.witness.script
    return any(isinstance(line, dict) and {"result", "event"} & line.keys() for line in script)


CHECK = Check("G304", "guard-error", Severity.ERROR, __doc__, find)
