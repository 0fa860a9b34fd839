"""A question offers too few answers to choose from, or too many.

What it does:
    Counts the answers that a question offers: fewer than one is an error; a single one, and more
    than ten, or than a channel of the configuration can show, are a warning.

Why it matters:
    Without answers, no answer is ever right. Of more than ten, people overlook some, and many
    channels cannot show them.

Example:
    start: ask
    variables: {size: string}
    nodes:
      ask:
        type: question
        text: Which size?
        choices: ["34", "36", "38", "40", "42", "44", "46", "48", "50", "52", "54"]
        variable: size
        next: bye
      bye: {type: end, text: "{{ size }}, then."}

Instead:
    start: ask
    variables: {size: int}
    nodes:
      ask:
        type: question
        text: Which size, from 34 to 54?
        input: integer
        minimum: 34
        maximum: 54
        variable: size
        next: bye
      bye: {type: end, text: "{{ size }}, then."}

Known limits:
    Answers that an expression gives are not counted. A single answer is all right in formats that
    have no other way to let the user say when to go on.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.channels import channels_among
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import questions_in
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import InputKind, Question

_CHOOSING = frozenset({InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})
MOST = 10
"""How many answers people take in, and most channels can show."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Questions with a number of choices that makes no sense, or cannot be shown."""
    channels = channels_among(subject.policy.channels)
    limit, where = min(
        [(MOST, "people overlook some")]
        + [(c.choices, f"{c.title} shows {c.choices}") for c in channels if c.choices]
    )
    for node in subject.nodes.values():
        for question in questions_in(node.config):
            written = question.input in _CHOOSING and question.choices_from is None
            is_button = len(question.choices) == 1 and subject.flow.dialect != "native"
            if written and not is_button:
                yield from _judged(check, node, question, limit, where)


def _judged(
    check: Check, node: Node, question: Question, limit: int, where: str
) -> Iterator[Finding]:
    count = len(question.choices)
    if count == 0:
        yield check.finding(
            f"`{node.id}` offers no answers, so none is right",
            node.location,
            node=node.id,
            help="list the answers to choose from",
        )
    elif count == 1:
        yield check.finding(
            f"`{node.id}` offers a single answer",
            node.location,
            node=node.id,
            help="offer another one, or write a message with `wait: true`",
            severity=Severity.WARNING,
        )
    elif count > limit:
        yield check.finding(
            f"`{node.id}` offers {count} answers: {where}",
            node.location,
            node=node.id,
            help="ask in two steps, or for something to type",
            severity=Severity.WARNING,
        )


CHECK = Check("I503", "choice-count", Severity.ERROR, __doc__, find)
