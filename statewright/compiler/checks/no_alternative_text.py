"""A picture has no text that says what it shows.

What it does:
    Looks for images without `alt`, beside which no text is said either.

Why it matters:
    Whoever cannot see the picture, or is on a channel without pictures, learns nothing.

Example:
    start: show
    nodes:
      show: {type: message, image: "https://example.com/map.png", next: bye}
      bye: {type: end}

Instead:
    start: show
    nodes:
      show:
        type: message
        image: {url: "https://example.com/map.png", alt: "A map of the station"}
        next: bye
      bye: {type: end}

Known limits:
    Whether the text says the same as the picture is not known. Flows of formats that know no such
    text are not looked at, nor are cards, which have titles.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import speeches_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import BubbleType

_TEXTS = frozenset({BubbleType.TEXT, BubbleType.HTML})


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Images that say nothing, in formats in which they could."""
    if subject.flow.dialect != "native":
        return
    for speech in speeches_of(subject):
        if any(bubble.type in _TEXTS for bubble in speech.bubbles):
            continue
        for bubble in speech.bubbles:
            fields = dict(bubble.fields)
            if bubble.type is BubbleType.IMAGE and "alt" not in fields and "url" in fields:
                yield check.finding(
                    "the picture has no text that says what it shows",
                    fields["url"].location,
                    node=speech.node,
                    help="write `image: {url: …, alt: …}`",
                )


CHECK = Check("A001", "no-alternative-text", Severity.WARNING, __doc__, find)
