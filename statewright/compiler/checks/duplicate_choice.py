"""Two answers of a question read the same.

What it does:
    Compares the labels of the answers that a question offers, with each other and with the values
    of the others, and the other words that mean them: a word can mean one of them only (a warning).

Why it matters:
    The user cannot tell them apart, and whoever types one always gets the first; whoever types a
    label that is the value of another answer gets that one.

Example:
    start: ask
    variables: {day: string}
    nodes:
      ask:
        type: question
        text: Which day?
        choices:
          - {value: sat, label: Weekend}
          - {value: sun, label: Weekend}
        variable: day
        next: bye
      bye: {type: end, text: "{{ day }}"}

Instead:
    start: ask
    variables: {day: string}
    nodes:
      ask:
        type: question
        text: Which day?
        choices:
          - {value: sat, label: Saturday}
          - {value: sun, label: Sunday}
        variable: day
        next: bye
      bye: {type: end, text: "{{ day }}"}

Known limits:
    Labels that differ in capitals or accents are two: whoever spells one exactly is understood.
    Labels in which something is filled in are compared as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import questions_in
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.expressions.operations.utterances import folded
from statewright.flows.nodes.questions import Choice, Question


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Answers with the label of an earlier one, and words that mean another one."""
    for node in subject.nodes.values():
        for question in questions_in(node.config):
            yield from _same(check, node.id, question)
            yield from _ambiguous(check, node.id, question)


def _same(check: Check, node: str, question: Question) -> Iterator[Finding]:
    """Labels that an earlier answer has, or that are the value of another one."""
    labels: dict[str, Choice] = {}
    values: dict[str, Choice] = {}
    for choice in question.choices:
        if isinstance(choice.value, str):
            values.setdefault(choice.value.strip(), choice)
    for choice in question.choices:
        label = choice.label.text.strip()
        first, named = labels.setdefault(label, choice), values.get(label, choice)
        if first is not choice:
            yield check.finding(
                f"the answer `{choice.label.text}` of `{node}` stands here again",
                choice.location,
                node=node,
                help="rename or remove one of them",
                related=(first.location,),
            )
        elif named is not choice:
            yield check.finding(
                f"the answer `{choice.label.text}` of `{node}` is the value of another one, "
                f"`{named.label.text}`: whoever types it gets that",
                choice.location,
                node=node,
                help="give one of them another label or value",
                related=(named.location,),
            )


def _ambiguous(check: Check, node: str, question: Question) -> Iterator[Finding]:
    """Synonyms that mean another answer: its value, its label, or a synonym that stands before."""
    meanings: dict[str, Choice] = {}
    for choice in question.choices:
        for word in (str(choice.value), choice.label.text):
            meanings.setdefault(folded(word), choice)
    for choice in question.choices:
        for word in choice.synonyms:
            other = meanings.setdefault(folded(word), choice)
            if other is not choice:
                yield check.finding(
                    f"`{word}` means the answer `{other.value}` already, so never this one",
                    choice.location,
                    node=node,
                    help="remove it from one of them",
                    related=(other.location,),
                    severity=Severity.WARNING,
                )


CHECK = Check("I505", "duplicate-choice", Severity.ERROR, __doc__, find)
