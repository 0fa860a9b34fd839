"""The models of what a bot says: bubbles, buttons, variants."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.relations import (
    UNFILLED,
    Relation,
    Relations,
    any_of,
    apart,
    has,
    lacks,
    some_of,
    where,
)
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    TAG,
    NodeId,
    Shape,
    Text,
    Timeout,
    Words,
)


class Media(Shape):
    """A picture, a film, a sound or a file."""

    url: Words = Field(description="Where it is; may hold templates.")
    alt: Text = Field("", description="What it shows, for those who cannot see or hear it.")


def _media_tag(value: Any) -> str:
    return f"{TAG}url" if isinstance(value, str) else f"{TAG}media"


MediaOrUrl = Annotated[
    Annotated[str, Tag(f"{TAG}url")] | Annotated[Media, Tag(f"{TAG}media")],
    Discriminator(_media_tag),
]


class Card(Shape):
    """A title with a picture, some words, and a link."""

    title: Words = Field(description="The headline.")
    subtitle: Text = Field("", description="What stands below the headline.")
    image: Text = Field("", description="URL of a picture.")
    url: Text = Field("", description="Where a click leads.")


class CardButton(Shape):
    """A button: it says `value`, posts back `postback`, or opens `url`."""

    relations: ClassVar[Relations] = (*apart("value", "postback", "url"),)
    label: Words = Field(description="What it reads.")
    value: Text | None = Field(None, description="What a click says; by default the label.")
    postback: Text | None = Field(None, description="What a click sends without saying it.")
    url: Text | None = Field(None, description="What a click opens.")


def _says_the_same(key: str) -> Relation:
    return {"properties": {key: {"pattern": UNFILLED}}}


class Button(CardButton):
    """A button under a message; a click may lead to a node of its own."""

    relations: ClassVar[Relations] = (
        where(has("to"), lacks("url"), _says_the_same("value"), _says_the_same("postback")),
        where(
            {"allOf": [has("to"), lacks("value", "postback")]},
            _says_the_same("label"),
        ),
    )
    to: NodeId | None = Field(
        None,
        description="The node where a click leads; the message then waits for a click, and offers "
        "its buttons as `choices` (what posts back has `action: postback` there).",
    )


class Item(Card):
    """One of the cards of a carousel or a list."""

    buttons: list[CardButton] = Field([], description="Buttons under it.")


class Data(Shape):
    """A value that the client knows how to show."""

    source: Words = Field(description="The value, as a lone template: `{{ books }}`.")
    view: Text = Field("", description="How the client shows it, in the client's words.")


_ALONE: Final = ("image", "video", "audio", "file", "card", "carousel", "cards", "data")
"""What a bubble shows, and nothing beside it."""


class Content(Shape):
    """What one bubble may show. Several bubbles are listed under `content`."""

    relations: ClassVar[Relations] = (
        *apart(*_ALONE),
        where(some_of("text", "html"), lacks(*_ALONE)),
    )
    text: Text | None = Field(
        None, description="Plain text; beside `html`, what is said where HTML cannot be shown."
    )
    html: Text | None = Field(None, description="Rich text.")
    image: MediaOrUrl | None = Field(None, description="A picture: its URL, or `{url, alt}`.")
    video: MediaOrUrl | None = Field(None, description="A film: its URL, or `{url, alt}`.")
    audio: MediaOrUrl | None = Field(None, description="A sound: its URL, or `{url, alt}`.")
    file: MediaOrUrl | None = Field(None, description="A file: its URL, or `{url, alt}`.")
    card: Card | None = Field(None, description="A card.")
    carousel: list[Item] | None = Field(
        None, description="Cards side by side.", json_schema_extra=AT_LEAST_ONE
    )
    cards: list[Item] | None = Field(
        None, description="Cards below each other.", json_schema_extra=AT_LEAST_ONE
    )
    data: Data | None = Field(None, description="A value that the client knows how to show.")


class Paced(Content):
    """A bubble, and what comes before it."""

    typing: Timeout | None = Field(
        None, description="For how long the client shows that somebody types before it."
    )


class Bubble(Paced):
    """One thing that is said: exactly one of text, html, image, video, audio, file, card, …."""

    relations: ClassVar[Relations] = (some_of(*Content.model_fields),)


SHOWS: Final = any_of(
    *(has(key, {"pattern": r"\S"}) for key in ("text", "html")), *(has(key) for key in _ALONE)
)
"""A bubble is more than a blank text."""

SPEAKS: Final = any_of(SHOWS, has("content", {"contains": SHOWS}))
"""Something is said."""


class Speech(Paced):
    """Something that is said: one bubble, or several under `content`."""

    relations: ClassVar[Relations] = (where(has("content"), lacks(*Content.model_fields)),)
    content: list[Bubble] | None = Field(
        None, description="Several bubbles, in order.", json_schema_extra=AT_LEAST_ONE
    )


class Variant(Speech):
    """One of several things to say, drawn by lot."""

    weight: int = Field(1, ge=0, le=1_000_000, description="Its share; with 0 it is never said.")


SHARES: Final[Relation] = {
    "contains": {"not": has("weight", {"const": 0})},
}
"""Of things with weights, one can be drawn."""
