"""A translation shows other values than the text that it translates.

What it does:
    Compares the variables in the `{{ … }}` of a text with those of its translations. How they are
    formatted, in which order they stand, and how often, may differ.

Why it matters:
    Some users do not read what the others are told: the amount, the date, the name.

Example:
    start: hello
    locale: en
    locales: {es: {nodes: {hello: {text: "¡Hola!"}}}}
    variables: {name: {type: string, input: true}}
    nodes:
      hello: {type: end, text: "Hello {{ name }}!"}

Instead:
    start: hello
    locale: en
    locales: {es: {nodes: {hello: {text: "¡Hola, {{ name }}!"}}}}
    variables: {name: {type: string, input: true}}
    nodes:
      hello: {type: end, text: "Hello {{ name }}!"}

Known limits:
    The variables `locale` and `now` are not compared, since languages differ in what they need of
    them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Text
from statewright.errors import ExpressionError
from statewright.expressions import Hole, parse_template, references
from statewright.flows.model import LOCALE
from statewright.flows.nearest import listed
from statewright.flows.nodes import Source

_OWN: Final = frozenset({LOCALE, "now"})
"""Variables that belong to how something is said."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Translations with other placeholders."""
    if not subject.flow.locales:
        return
    for text in (parsed.text for parsed in subject.texts):
        if text.language or not text.source.translations:
            continue
        wanted = _placeholders(text.source, text)
        for source in text.source.translations.values():
            found = _placeholders(source, text)
            if wanted is not None and found is not None and found != wanted:
                yield check.finding(
                    _difference(wanted - found, found - wanted),
                    source.location,
                    node=text.node,
                    help="show the same in all languages",
                    related=(text.source.location,),
                )


def _difference(missing: frozenset[str], more: frozenset[str]) -> str:
    parts = [
        f"{verb} {listed(sorted(names))}"
        for verb, names in (("does not show", missing), ("also shows", more))
        if names
    ]
    return f"the translation {' and '.join(parts)}"


def _placeholders(source: Source, text: Text) -> frozenset[str] | None:
    """The paths that the holes of a template read; None where it is none."""
    try:
        parts = parse_template(source.text, text.place).parts
    except ExpressionError:
        return None
    paths = (
        reference.path
        for part in parts
        if isinstance(part, Hole)
        for reference in references(part.expression)
    )
    return frozenset(".".join(path) for path in paths if path[0] not in _OWN)


CHECK = Check("A003", "placeholder-drift", Severity.ERROR, __doc__, find)
