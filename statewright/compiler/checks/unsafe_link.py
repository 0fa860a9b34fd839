"""A link that is shown to the user is none that may be followed.

What it does:
    Looks at the addresses of pictures, files, cards and buttons, as far as they are written out:
    whether they are empty, name no host, or have the client run something (`javascript:`).

Why it matters:
    A client that follows such a link runs what stands in it, in the name of the page around the
    conversation; a careful one shows nothing.

Example:
    start: hello
    nodes:
      hello:
        type: message
        text: Have a look.
        buttons: [{label: Our shop, url: "javascript:openShop()"}]
        next: bye
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello:
        type: message
        text: Have a look.
        buttons: [{label: Our shop, url: "https://shop.example.com/"}]
        next: bye
      bye: {type: end}

Known limits:
    What a template fills in is not looked at. Addresses without a scheme are left to the client. A
    picture or a sound may be written out in its address (`data:image/png;base64,…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import speeches_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Bubble, BubbleType, Button, ButtonAction, Card, Source
from statewright.flows.outline import shown

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_NO_HOST: Final = re.compile(r"https?:(?:/{0,2}|//(?:[:?#].*|/.*))", re.IGNORECASE | re.DOTALL)
_RUN: Final = frozenset({"javascript", "vbscript", "data", "file", "blob", "about"})
_DATA: Final[Mapping[BubbleType, str]] = MappingProxyType(
    {
        BubbleType.IMAGE: "data:image/",
        BubbleType.VIDEO: "data:video/",
        BubbleType.AUDIO: "data:audio/",
        BubbleType.FILE: "data:",
    }
)
"""Bubbles that may have in their address what they show."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Links that no client should follow."""
    for node, source, data in _links(subject):
        reason = _reason(source.text, data)
        if reason:
            yield check.finding(
                f"the link {reason}",
                source.location,
                node=node,
                help="write a web address: `https://example.com/`",
            )


def _links(subject: Subject) -> Iterator[tuple[str, Source, str]]:
    """The node, the address, and how one begins that holds what is shown, or ``""``."""
    for speech in speeches_of(subject):
        for bubble in speech.bubbles:
            for source, data in _in_bubble(bubble):
                yield speech.node, source, data
        for source in _in_buttons(speech.buttons):
            yield speech.node, source, ""


def _in_bubble(bubble: Bubble) -> Iterator[tuple[Source, str]]:
    yield from _in_fields(bubble.fields, _DATA.get(bubble.type, ""))
    for card in bubble.cards:
        yield from _in_card(card)


def _in_card(card: Card) -> Iterator[tuple[Source, str]]:
    yield from _in_fields(card.fields, "")
    yield from ((source, "") for source in _in_buttons(card.buttons))


def _in_fields(fields: tuple[tuple[str, Source], ...], data: str) -> Iterator[tuple[Source, str]]:
    for name, source in fields:
        if name == "url":
            yield source, data
        elif name == "image":
            yield source, _DATA[BubbleType.IMAGE]


def _in_buttons(buttons: tuple[Button, ...]) -> Iterator[Source]:
    return (button.value for button in buttons if button.action is ButtonAction.URL)


def _reason(text: str, data: str) -> str:
    """What is wrong with an address, as the end of a sentence, or ``""``."""
    # As browsers read it: without blanks around it, and line breaks in it.
    text = re.sub(r"[\t\r\n]", "", text.strip().lstrip("\x00\x01\x02\x03\x04\x05\x06\x07\x08 "))
    if not text:
        return "is empty"
    if data and text.lower().startswith(data):
        return ""
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[1].lower() in _RUN:
        return f"{shown(text)} has the client do what it says, and leads nowhere"
    return f"{shown(text)} names no host" if _NO_HOST.fullmatch(text) else ""


CHECK = Check("I511", "unsafe-link", Severity.ERROR, __doc__, find)
