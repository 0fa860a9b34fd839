"""Findings about expressions and templates: where exactly in the text, and whose text it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role, Text
from statewright.errors import point_at


def problems_of_kind(
    check: Check, subject: Subject, kinds: Collection[str], roles: Collection[Role]
) -> Iterator[Finding]:
    """The type checker's problems of these kinds, in texts of these roles."""
    for parsed in subject.texts:
        if parsed.text.role in roles:
            for problem in parsed.problems:
                if problem.kind in kinds:
                    yield finding_in_text(
                        check, parsed.text, problem.reason, problem.start, problem.end, problem.hint
                    )


def finding_in_text(
    check: Check, text: Text, reason: str, start: int, end: int, hint: str
) -> Finding:
    """A finding about a part of a text: with the text and carets under the part."""
    source = text.source
    message = f"{reason}\n{point_at(source.text, start, end)}"
    if source.original:
        message += f"\nread from `{source.original}`"
    return check.finding(message, source.location, node=text.node, port=text.port, help=hint)
