"""What a bot says in the native format → bubbles, buttons, variants."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from statewright.flows.dialects.native import content_schema as schema
from statewright.flows.dialects.native.node_schema import MessageNode
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nearest import listed
from statewright.flows.nodes import Bubble, BubbleType, Button, ButtonAction, Source, Variant
from statewright.flows.parts import Part

Removed = Collection[str]
"""Pointers of what was taken out of a node because it is wrong."""

_ACTIONS: Final = {
    "value": ButtonAction.REPLY,
    "postback": ButtonAction.POSTBACK,
    "url": ButtonAction.URL,
}


def source_from(text: str, part: Part) -> Source:
    """A text that a model holds, with its place."""
    return Source(text, part.location)


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


def variants_from(node: MessageNode, part: Part, removed: Removed) -> tuple[Variant, ...]:
    """The things that a message may say, of which one is drawn by lot."""
    own = speech_from(node, part, removed)
    if node.variants is None:
        return (Variant(own),)
    if own:
        part["variants"].report(
            "R004", "`variants` stands beside a bubble", "make the bubble a variant", at_key=True
        )
    if not node.variants:
        part["variants"].report(
            "R004", "`variants` is an empty list", "write what the bot may say", at_key=True
        )
    return tuple(
        Variant(speech_from(variant, item, removed), variant.weight)
        for variant, item in paired(node.variants, part["variants"], removed)
    )


def button_from(button: schema.Button, part: Part) -> Button:
    """A button."""
    label = source_from(button.label, part["label"])
    said = [key for key in _ACTIONS if getattr(button, key) is not None]
    if len(said) > 1:
        part[said[1]].report(
            "R004", f"a button does one thing; here are {listed(said)}", at_key=True
        )
    says = said[0] if said else "label"
    value = source_from(getattr(button, says), part[says])
    opens = says == "url"
    if opens and button.to is not None:
        part["to"].report(
            "R004", "a button that opens a URL leads to no node", "remove `to`", at_key=True
        )
    wired = button.to is not None and not opens
    if wired and "{{" in value.text:
        part[says].report(
            "R004",
            "a button that leads to a node says the same each time",
            "give it a `value` without a template; its label may hold one",
        )
    action = _ACTIONS[says] if said else ButtonAction.REPLY
    return Button(label, action, value, wired=wired)
