"""What a bot says in the native format → bubbles, buttons, variants."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from statewright.flows.dialects.native import content_schema as schema
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nearest import listed
from statewright.flows.nodes import Bubble, BubbleType, Source, Value
from statewright.flows.parts import Part

Removed = Collection[str]
"""Pointers of what was taken out of a node because it is wrong."""


def source_from(text: str, part: Part) -> Source:
    """A text that a model holds, with its place."""
    return Source(text, part.location)


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
    if own and speech.content:
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
    return tuple(
        bubble
        for content, item in paired(bubbles, part, removed)
        for bubble in _bubbles(content, item)
    )


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
    for kind in kinds:
        fields = tuple(_fields(kind, content, part))
        if any(source.text for _, source in fields):
            yield Bubble(BubbleType(kind), fields)


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
