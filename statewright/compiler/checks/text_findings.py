"""Findings about expressions and templates: where exactly in the text, and whose text it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role, Text
from statewright.flows.model import BUSINESS_HOURS

_HOURS: Final = 'say them: `settings: {business_hours: {days: {mon-fri: "09:00-17:00"}}}`'


def problems_of_kind(
    check: Check, subject: Subject, kinds: Collection[str], roles: Collection[Role]
) -> Iterator[Finding]:
    """The type checker's problems of these kinds, in texts of these roles."""
    secrets = {variable.name for variable in subject.flow.variables if variable.secret}
    for parsed in subject.texts:
        if parsed.text.role in roles:
            for problem in parsed.problems:
                if problem.kind in kinds:
                    start, end = problem.start, problem.end
                    name = parsed.text.source.text[start:end]
                    reason, hint = problem.reason, problem.hint
                    if problem.kind == "undefined" and name in secrets:
                        reason = f"`{name}` is a secret: it has no value in a conversation"
                        hint = f"write `{{{{secret:{name}}}}}` where it is sent"
                    elif problem.kind == "undefined" and name == BUSINESS_HOURS:
                        reason = "the flow has no business hours"
                        hint = _HOURS
                    elif problem.kind == "undefined" and reason == f"`{name}` is not declared":
                        hint = hint or f"declare it: `variables: {{{name}: string}}`"
                    yield finding_in_text(check, parsed.text, reason, start, end, hint)


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
    elif (inside := f"`{source.text[start:end] or source.text}`") not in reason:
        reason = f"{reason}, in {inside}"
    return check.finding(reason, place, node=text.node, port=text.port, help=hint)
