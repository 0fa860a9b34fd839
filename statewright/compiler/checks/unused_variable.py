"""A variable is declared, and nothing reads or writes it.

What it does:
    Looks for the declared variables among all that expressions read and nodes write.

Why it matters:
    It is left over from something that was changed, or another one was meant where it should stand.

Example:
    start: ask
    variables: {name: string, nickname: string}
    nodes:
      ask: {type: question, text: "Your name?", variable: name, next: bye}
      bye: {type: end, text: "Hello {{ name }}!"}

Instead:
    start: ask
    variables: {name: string}
    nodes:
      ask: {type: question, text: "Your name?", variable: name, next: bye}
      bye: {type: end, text: "Hello {{ name }}!"}

Known limits:
    A variable that is written but never read counts as used: it is a result of the conversation.
    One of the contact or the tenant does, too: other flows may use it.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.writes import plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.expressions import Secret, Template
from statewright.flows.model import BUSINESS_HOURS, LOCALE, VariableScope

_GIVEN = frozenset({BUSINESS_HOURS, LOCALE})
"""Variables that settings declare."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Variables that nothing uses; none where a text cannot be read, which may use them."""
    if any(parsed.error is not None for parsed in subject.texts):
        return
    used = {plain_path(write.path)[0] for write in subject.writes}
    for parsed in subject.texts:
        if isinstance(parsed.form, Template):
            used |= {part.key for part in parsed.form.parts if isinstance(part, Secret)}
        used.update(parsed.names)
    if "vars" in used:
        return
    used |= {name.text for trigger in subject.flow.triggers for name, _ in trigger.inputs}
    for variable in subject.flow.variables:
        own = variable.scope in (VariableScope.SESSION, VariableScope.FLOW) or variable.secret
        if own and not variable.inferred and variable.name not in {*used, *_GIVEN}:
            yield check.finding(
                f"nothing {'uses' if variable.secret else 'reads or writes'} `{variable.name}`",
                variable.location,
                help="remove it, or use it",
            )


CHECK = Check("D403", "unused-variable", Severity.INFO, __doc__, find)
