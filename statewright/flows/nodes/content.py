"""What a bot says: bubbles, buttons, and variants of which one is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from statewright.flows.nodes.sources import Source


class BubbleType(StrEnum):
    """What a bubble shows."""

    TEXT = "text"
    HTML = "html"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    CARD = "card"
    CAROUSEL = "carousel"
    """Cards side by side."""
    LIST = "list"
    """Cards below each other."""
    DATA = "data"
    """A value that the client knows how to show; ``source`` is a lone template."""


class ButtonAction(StrEnum):
    """What a button does."""

    REPLY = "reply"
    URL = "url"
    POSTBACK = "postback"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message.

    Attributes:
        label: what it reads.
        action: what it does.
        value: what is said, posted back or opened.
        wired: whether an edge leaves the message at its port, ``choice:<value>``: a message with a
            wired button waits for a click.
    """

    label: Source
    action: ButtonAction
    value: Source
    wired: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One of the cards of a carousel or a list.

    Attributes:
        fields: templates by name: ``title``, ``subtitle``, ``image``, ``url``.
        buttons: offered under it.
    """

    fields: tuple[tuple[str, Source], ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing that is said.

    Attributes:
        type: what it shows.
        fields: templates by name: ``text`` (also the fallback of html), ``html``, ``url``,
            ``alt``, ``title``, ``subtitle``, ``source``, …
        cards: of a carousel or a list.
        typing: microseconds for which the client shows that somebody types before it; 0 for none.
    """

    type: BubbleType
    fields: tuple[tuple[str, Source], ...]
    cards: tuple[Card, ...] = ()
    typing: int = 0


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several things to say, drawn by lot.

    Attributes:
        bubbles: what is said.
        weight: its share, a whole number of at least 0; what has none is never said.
    """

    bubbles: tuple[Bubble, ...]
    weight: int = 1
