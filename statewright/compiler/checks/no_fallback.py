"""After the last attempt to answer, nothing says how the conversation goes on.

What it does:
    Looks for questions with a limit of `retries` and forms that have no edge at `fallback`, where
    neither the node nor a `try` around it nor the flow does anything about it.

Why it matters:
    Whoever mistypes once too often is thrown out of the conversation without a word.

Example:
    start: ask
    variables: {size: string}
    nodes:
      ask:
        type: question
        text: Which size?
        choices: [small, large]
        retries: 2
        variable: size
        next: bye
      bye: {type: end, text: "{{ size }}, then."}

Instead:
    start: ask
    variables: {size: string}
    nodes:
      ask:
        type: question
        text: Which size?
        choices: [small, large]
        retries: 2
        variable: size
        next: bye
        on: {fallback: person}
      person: {type: handoff, text: "Somebody will be with you."}
      bye: {type: end, text: "{{ size }}, then."}

Known limits:
    A question for any text refuses nothing, and is left alone. What a flow does with `on_error:
    continue` or `fallback` counts as enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import questions_in
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node, OnError
from statewright.flows.nodes import ErrorClass, InputKind, Question, Try, Validation

_ANSWERED = frozenset({ErrorClass.ANY, ErrorClass.ANSWER})


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Questions that fail after the last attempt."""
    if subject.flow.settings.on_error is not OnError.FAIL:
        return
    for node in subject.nodes.values():
        limited = any(
            one.retries is not None and _may_refuse(one) for one in questions_in(node.config)
        )
        if not limited or subject.graph.at(node.id, "fallback"):
            continue
        if node.on_error is None and not _is_caught(subject, node):
            yield check.finding(
                f"the conversation fails when the retries of `{node.id}` are used up",
                node.location,
                node=node.id,
                port="fallback",
                help="say where it goes on: `on: {fallback: …}`",
            )


def _may_refuse(question: Question) -> bool:
    """Whether some text is no answer; a question for any text takes whatever is typed."""
    checks = replace(question.validation, step=0.0)
    return question.input is not InputKind.TEXT or checks != Validation()


def _is_caught(subject: Subject, node: Node) -> bool:
    return any(
        isinstance(around.config, Try)
        and any(_ANSWERED & set(catch.errors) for catch in around.config.catches)
        for around in subject.graph.containers(node.id)
    )


CHECK = Check("I506", "no-fallback", Severity.WARNING, __doc__, find)
