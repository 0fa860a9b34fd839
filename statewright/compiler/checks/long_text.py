"""A message is longer than people read, or than its channel shows.

What it does:
    Counts the characters of each text, without what is filled in, and compares them with 1,000, or
    with what a channel of the configuration shows; of the answers that are offered, with the
    latter.

Why it matters:
    In a chat, nobody reads a page; and channels cut what is too long for them, or refuse it.

Example:
    start: ask
    variables: {sure: string}
    nodes:
      ask:
        type: question
        text: Are you sure?
        choices: ["Yes, I have thought about it", "No"]
        variable: sure
        next: bye
      bye: {type: end}
    # file: statewright.toml
    channels = ["whatsapp"]

Instead:
    start: ask
    variables: {sure: string}
    nodes:
      ask:
        type: question
        text: Are you sure?
        choices: ["Yes", "No"]
        variable: sure
        next: bye
      bye: {type: end}
    # file: statewright.toml
    channels = ["whatsapp"]

Known limits:
    How hard the words are is not judged. What is filled in may be of any length. Markup is not
    counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from statewright.compiler.analysis.channels import channels_among
from statewright.compiler.analysis.writes import template_from
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import labels_of, speeches_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import BubbleType

READABLE = 1_000
"""Characters that people read in a chat at once: about two minutes."""

_MARKUP = re.compile(r"<[^<>]*>")


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Texts and answers with too many characters."""
    channels = channels_among(subject.policy.channels)
    most = min((READABLE, *(channel.text for channel in channels)))
    for speech in speeches_of(subject):
        for bubble in speech.bubbles:
            name = "html" if bubble.type is BubbleType.HTML else "text"
            for source in (source for key, source in bubble.fields if key == name):
                length = _length(source.text) if len(source.text) > most else 0
                if length > most:
                    yield check.finding(
                        f"the text has {length:,} characters; more than {most:,} are not read",
                        source.location,
                        node=speech.node,
                        help="say it in several messages",
                    )
    for channel in channels:
        for node, source in labels_of(subject):
            if _length(source.text) > channel.label:
                yield check.finding(
                    f"an answer has {_length(source.text)} characters; "
                    f"{channel.title} shows {channel.label}",
                    source.location,
                    node=node,
                    help="use fewer words, and explain them in the question",
                )


def _length(text: str) -> int:
    template = template_from(text)
    if template is None:
        return 0
    written = "".join(part for part in template.parts if isinstance(part, str))
    return len(" ".join(_MARKUP.sub("", written).split()))


CHECK = Check("A004", "long-text", Severity.INFO, __doc__, find)
