"""What a bot says in the native format → bubbles, buttons, variants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from statewright.flows.dialects.native import content_schema as schema
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nearest import listed
from statewright.flows.nodes import (
    Bubble,
    BubbleType,
    Button,
    ButtonAction,
    Card,
    Source,
    Value,
)
from statewright.flows.parts import Part
from statewright.flows.translations import translations_of

Removed = Collection[str]
"""Pointers of what was taken out of a node because it is wrong."""


def source_from(text: str, part: Part) -> Source:
    """A text that a model holds, with its place, and what catalogues say for it."""
    return Source(text, part.location, translations=translations_of(part))


def values_from(written: Collection[str], part: Part) -> tuple[tuple[str, Value], ...]:
    """The members of a map, with their places; ``written`` are the keys that are right."""
    return tuple((name, part[name].json()) for name in written)


def saved_from(written: Mapping[str, str], part: Part) -> tuple[tuple[Source, Source], ...]:
    """What is saved: variables, each with the CEL that gives its value."""
    return tuple(
        (Source(name, part[name].key_location), source_from(text, part[name]))
        for name, text in written.items()
    )


def speech_from(speech: schema.Speech, part: Part, removed: Removed) -> tuple[Bubble, ...]:
    """What is said: the one bubble that stands there itself, or those under ``content``."""
    own = tuple(_bubbles(speech, part))
    if speech.content is not None and any(
        getattr(speech, key) is not None for key in schema.Content.model_fields
    ):
        part["content"].report(
            "R004",
            "`content` stands beside a bubble",
            "list all bubbles under `content`",
            at_key=True,
        )
    return own + content_from(speech.content, part["content"], removed)


def content_from(
    bubbles: list[schema.Bubble] | None, part: Part, removed: Removed
) -> tuple[Bubble, ...]:
    """The bubbles of a list."""
    if part.value == []:
        part.report("R005", f"{part.title} is empty", "list the bubbles to show, or remove it")
    made: list[Bubble] = []
    for content, item in paired(bubbles, part, removed):
        if isinstance(item.value, dict) and not item.value.keys() & schema.Content.model_fields:
            item.report("R005", f"{item.title} shows nothing", "give it a `text`, or remove it")
        made += _bubbles(content, item)
    return tuple(made)


def _bubbles(content: schema.Content, part: Part) -> Iterator[Bubble]:
    """What a map shows itself; there should be one thing, and an empty text is nothing."""
    kinds = [
        key
        for key in part.value
        if key in schema.Content.model_fields and getattr(content, key) is not None
    ]
    if "html" in kinds and "text" in kinds:
        kinds.remove("text")
    if len(kinds) > 1:
        part[kinds[1]].report(
            "R004",
            f"a bubble shows one thing; here are {listed(kinds)}",
            "list several bubbles under `content`",
            at_key=True,
        )
    typing = getattr(content, "typing", None) or 0
    for kind in kinds:
        if kind in _OF_CARDS:
            if part[kind].value == []:
                part[kind].report("R005", f"`{kind}` is empty", "list the cards to show")
            cards = tuple(_cards(getattr(content, kind), part[kind]))
            if cards:
                yield Bubble(_OF_CARDS[kind], (), cards, typing)
            continue
        fields = tuple(_fields(kind, content, part))
        if any(source.text.strip() for _, source in fields):
            yield Bubble(BubbleType(kind), fields, (), typing)


_OF_CARDS: Final = {"carousel": BubbleType.CAROUSEL, "cards": BubbleType.LIST}
"""The keys of bubbles that are made of cards."""


def _cards(items: Iterable[schema.Item], part: Part) -> Iterator[Card]:
    for number, item in enumerate(items):
        place = list(part.items())[number]
        fields = tuple(
            (name, source_from(text, place[name]))
            for name in schema.Card.model_fields
            if (text := getattr(item, name))
        )
        buttons = zip(item.buttons, place["buttons"].items(), strict=False)
        yield Card(fields, tuple(button_from(button, where) for button, where in buttons))


_ACTIONS: Final = {
    "value": ButtonAction.REPLY,
    "postback": ButtonAction.POSTBACK,
    "url": ButtonAction.URL,
}


def button_from(button: schema.CardButton, part: Part) -> Button:
    """A button that leads nowhere by itself."""
    label = source_from(button.label, part["label"])
    said = [key for key in _ACTIONS if getattr(button, key) is not None]
    if len(said) > 1:
        part[said[1]].report(
            "R004", f"a button does one thing; here are {listed(said)}", "remove one", at_key=True
        )
    says = said[0] if said else "label"
    value = source_from(getattr(button, says), part[says])
    return Button(label, _ACTIONS[says] if said else ButtonAction.REPLY, value)


def _fields(kind: str, content: schema.Content, part: Part) -> Iterator[tuple[str, Source]]:
    shown = getattr(content, kind)
    if kind in ("text", "html"):
        yield kind, source_from(shown, part[kind])
        if kind == "html" and content.text is not None:
            yield "text", source_from(content.text, part["text"])
    elif isinstance(shown, str):
        yield "url", source_from(shown, part[kind])
    else:
        for name in type(shown).model_fields:
            if text := getattr(shown, name):
                yield name, source_from(text, part[kind][name])
