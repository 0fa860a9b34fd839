"""What a message of the builder says → bubbles and buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.flows.dialects.chatwoot_builder.scope import Scope
from statewright.flows.nodes import Bubble, BubbleType, Button, ButtonAction, Source
from statewright.flows.parts import Part

_BUTTON_KEYS: Final = frozenset({"id", "label", "action", "value"})
_RICH_TYPES: Final = frozenset({"card", "carousel", "list"})
_CARD_FIELDS: Final = (
    ("title", ("title", "label", "name")),
    ("subtitle", ("subtitle", "description", "text")),
    ("image", ("imageUrl", "image", "mediaUrl")),
    ("url", ("url", "link")),
)
"""The fields of our cards, and what the builder calls them."""


def text_bubbles(part: Part, scope: Scope) -> tuple[Bubble, ...]:
    """The bubble of a text, if it says anything."""
    if not part.text():
        return ()
    return (Bubble(BubbleType.TEXT, (("text", scope.source(part)),)),)


def message_bubbles(config: Part, scope: Scope) -> tuple[Bubble, ...]:
    """What a message says: its text, then its cards."""
    config["contentType"].one_of({"text", "rich"}, "text")
    rich = config["richContent"]
    rich["type"].one_of(_RICH_TYPES, "card")
    cards = (bubble for item in rich["items"].items() for bubble in _card(item, scope))
    return (*text_bubbles(config["content"], scope), *cards)


def _card(item: Part, scope: Scope) -> Iterator[Bubble]:
    if not isinstance(item.value, dict):
        item.wrong("a map")
        return
    item["buttons"].not_carried_over("the card is shown without buttons")
    fields = ((name, item.first(*keys)) for name, keys in _CARD_FIELDS)
    shown = tuple((name, scope.source(part)) for name, part in fields if part.present)
    if shown:
        yield Bubble(BubbleType.CARD, shown)


def message_buttons(config: Part, scope: Scope) -> tuple[tuple[Button, ...], tuple[str, ...]]:
    """The buttons of a message, and what the builder calls each."""
    buttons, ids = [], []
    for part in config["buttons"].items():
        if not isinstance(part.value, dict):
            part.wrong("a map")
            continue
        part.refuse_unknown(_BUTTON_KEYS)
        if not part["label"].present:
            part["label"].wrong("what the button reads")
        action = part["action"].one_of(frozenset(ButtonAction), ButtonAction.REPLY)
        label = scope.source(part["label"])
        value = _value(part["value"], scope) if part["value"].present else label
        buttons.append(Button(label, ButtonAction(action), value))
        ids.append(part["id"].name())
    return tuple(buttons), tuple(ids)


def _value(part: Part, scope: Scope) -> Source:
    if isinstance(part.value, str):
        return scope.source(part)
    return part.read_as(part.name())
