"""A question takes any text, and something particular is wanted.

What it does:
    Looks for questions that take any text and save it where a number, a date, a boolean or a moment
    belongs, or in a variable with the name of an email address, a telephone number or a URL.

Why it matters:
    Whatever the user types is taken. Where the variable has a type, the conversation fails when
    something else is typed; else nobody notices until somebody writes to that address.

Example:
    start: ask
    variables: {email: string}
    nodes:
      ask: {type: question, text: "Your email?", variable: email, next: bye}
      bye: {type: end, text: "We write to {{ email }}."}

Instead:
    start: ask
    variables: {email: string}
    nodes:
      ask: {type: question, text: "Your email?", input: email, variable: email, next: bye}
      bye: {type: end, text: "We write to {{ email }}."}

Known limits:
    Names are looked at word by word, in English. A question with a `pattern` is all right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.scope import session_variables
from statewright.compiler.subject import Subject
from statewright.flows.nodes import InputKind, Question

_KINDS: Mapping[str, str] = {
    "int": "integer",
    "uint": "integer",
    "double": "number",
    "bool": "boolean",
    "date": "date",
}
"""Type of a variable → the kind of question that gives one, where there is one."""

_WORDS: Mapping[str, str] = {
    "email": "email",
    "mail": "email",
    "phone": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "url": "url",
    "website": "url",
    "homepage": "url",
}
"""Last word of a name → the kind of question that asks for it."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Questions for text that should be for something else."""
    variables = session_variables(subject.flow)
    for node in subject.nodes.values():
        question = node.config
        if not isinstance(question, Question) or question.input is not InputKind.TEXT:
            continue
        if question.variable is None or question.validation.pattern is not None:
            continue
        name = question.variable.text
        declared = variables.get(name)
        kind = _KINDS.get(declared.type, "") if declared is not None else ""
        kind = kind or _WORDS.get(_last_word(name), "")
        if kind:
            yield check.finding(
                f"`{node.id}` takes any text for `{name}`",
                question.variable.location,
                node=node.id,
                help=f"add `input: {kind}`",
            )


def _last_word(name: str) -> str:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("e-mail", "email")
    words = re.findall(r"[a-z]+", plain)
    return (
        words[-2]
        if words[-1:] in (["number"], ["address"]) and len(words) > 1
        else (words[-1] if words else "")
    )


CHECK = Check("I501", "no-validation", Severity.WARNING, __doc__, find)
