"""A text is not translated to a language that the flow speaks.

What it does:
    Looks, for every text that people read and for every language in `locales`, whether there is a
    translation, in that language or in the one that it is a kind of (`es` will do for `es-MX`).
    Texts without words are left out. Translations of what is not said to users, such as the URL of
    a web service, are found, too.

Why it matters:
    In the middle of a conversation the user reads another language.

Example:
    start: hello
    locale: en
    locales: {es: {nodes: {bye: {text: Adiós.}}}}
    nodes:
      hello: {type: message, text: Hello., next: bye}
      bye: {type: end, text: Good bye.}

Instead:
    start: hello
    locale: en
    locales: {es: {nodes: {hello: {text: Hola.}, bye: {text: Adiós.}}}}
    nodes:
      hello: {type: message, text: Hello., next: bye}
      bye: {type: end, text: Good bye.}

Known limits:
    What is said where a question has no `retry` of its own is English in all languages. Texts that
    come out of data or of web services are not known.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from statewright.compiler.analysis.texts import ParsedText
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.errors import ExpressionError
from statewright.expressions import parse_template
from statewright.flows.nearest import listed


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Texts without a translation."""
    flow = subject.flow
    if not flow.locales:
        return
    for parsed in subject.texts:
        text = parsed.text
        if text.language and not text.spoken:
            yield check.finding(
                "the translation is not used: nobody is told this",
                text.source.location,
                node=text.node,
                help="remove it",
            )
        if text.language or not text.shown or not _has_words(parsed):
            continue
        known = text.source.translations
        missing = [one for one in flow.locales if not _is_known(one, known.keys())]
        # That there is none for a kind of a language which lacks it itself is said once.
        missing = [one for one in missing if one.rpartition("-")[0] not in missing]
        if missing:
            yield check.finding(
                f"the text is not translated to {listed(missing)}",
                text.source.location,
                node=text.node,
                help=f"without, it is said in `{flow.locale}`",
            )


def _is_known(language: str, known: Container[str]) -> bool:
    while language:
        if language in known:
            return True
        language = language.rpartition("-")[0]
    return False


def _has_words(parsed: ParsedText) -> bool:
    try:
        parts = parse_template(parsed.text.source.text, parsed.text.place).parts
    except ExpressionError:
        return False
    return any(isinstance(part, str) and any(map(str.isalpha, part)) for part in parts)


CHECK = Check("A002", "missing-locale", Severity.WARNING, __doc__, find)
