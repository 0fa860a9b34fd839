"""Findings about expressions and templates: where exactly in the text, and whose text it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role, Text


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
    """A finding about a part of a text: placed at the part where that can be told."""
    source = text.source
    place = source.location
    if source.original:
        reason = f"{reason} (this was read from `{source.original}`)"
    elif place.text_column and "\n" not in source.text:
        place = replace(place, column=place.text_column + start)
    else:
        reason = f"{reason}, in `{source.text[start:end] or source.text}`"
    return check.finding(reason, place, node=text.node, port=text.port, help=hint)
