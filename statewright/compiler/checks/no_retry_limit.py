"""A user who cannot answer is asked again for ever.

What it does:
    Looks for questions that refuse some texts (by a `pattern`, a length, or because they ask for an
    email address, a telephone number, a file, …), with no limit of `retries`, and nothing else by
    which the user could get away: no word to skip it, no timeout, no interrupt, no inactivity.

Why it matters:
    Whoever has no such thing to give can only leave.

Example:
    start: ask
    variables: {code: string}
    nodes:
      ask:
        type: question
        text: Your voucher code?
        pattern: "^[A-Z]{4}-[0-9]{4}$"
        variable: code
        next: bye
      bye: {type: end, text: "Thank you for {{ code }}."}

Instead:
    start: ask
    variables: {code: string}
    nodes:
      ask:
        type: question
        text: Your voucher code?
        pattern: "^[A-Z]{4}-[0-9]{4}$"
        retries: 2
        variable: code
        next: bye
        on: {fallback: sorry}
      sorry: {type: end, outcome: no_code}
      bye: {type: end, text: "Thank you for {{ code }}."}

Known limits:
    Questions that everybody can answer, such as choices and numbers, are left alone, and so are
    formats whose questions have no limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import InputKind, Interrupt, Question

_DEMANDING = frozenset({InputKind.FILE, InputKind.LOCATION})
"""Kinds of answer that not everybody can give."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Questions without a way out, where the flow has none either."""
    flow = subject.flow
    away = flow.settings.inactivity is not None or flow.settings.timeout is not None
    if away or any(isinstance(node.config, Interrupt) for node in flow.nodes):
        return
    for node in subject.nodes.values():
        question = node.config
        if (
            isinstance(question, Question)
            and question.retries is None
            and question.timeout is None
            and not question.skip
            and _refuses(question)
            and flow.dialect == "native"
        ):
            yield check.finding(
                f"whoever cannot answer `{node.id}` is asked again for ever",
                node.location,
                node=node.id,
                help="add `retries`, and `fallback` under `on`; or words to `skip` it",
            )


def _refuses(question: Question) -> bool:
    validation = question.validation
    return (
        question.input in _DEMANDING
        or validation.pattern is not None
        or bool(validation.min_length and validation.min_length > 1)
    )


CHECK = Check("I502", "no-retry-limit", Severity.WARNING, __doc__, find)
