"""Messages."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import Removed, button_from, speech_from
from statewright.flows.dialects.native.content_schema import SHARES, SPEAKS, Content, Speech
from statewright.flows.dialects.native.content_schema import Button as ButtonShape
from statewright.flows.dialects.native.content_schema import Variant as VariantShape
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.relations import Relations, any_of, has, lacks, where
from statewright.flows.dialects.native.shapes import AT_LEAST_ONE
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nodes import (
    Button,
    ButtonAction,
    Message,
    Sticky,
    Variant,
    choice_port,
)
from statewright.flows.parts import Part


class MessageNode(PassingShape, Speech):
    """Says something, and goes on."""

    relations: ClassVar[Relations] = (
        any_of(SPEAKS, has("variants", {"items": SPEAKS}), has("buttons", AT_LEAST_ONE)),
        where(has("variants"), lacks("content", *Content.model_fields)),
        {"properties": {"variants": SHARES}},
    )
    type: Literal["message"]
    variants: list[VariantShape] | None = Field(
        None,
        description="Several things to say, of which one is drawn by lot.",
        json_schema_extra=AT_LEAST_ONE,
    )
    sticky: Literal["nobody", "session", "contact"] = Field(
        "nobody",
        description="For whom the lot falls on the same variant every time, as for a `split`.",
    )
    buttons: list[ButtonShape] = Field([], description="Buttons under the last bubble.")
    wait: bool = Field(False, description="Go on only after the user has acknowledged it.")


def read_message(node: MessageNode, box: Box) -> Message:
    """What is said, the buttons under it, and the edges."""
    part = box.part
    before = len(part.page.problems)
    variants = variants_from(node, part, box.removed)
    unread = bool(box.removed) or len(part.page.problems) > before
    if not node.buttons and not unread and not all(variant.bubbles for variant in variants):
        part.report("R005", "the message says nothing", "give it a `text`", at_key=True)
    buttons: list[Button] = []
    said: set[str] = set()
    for written, item in paired(node.buttons, part["buttons"], box.removed):
        button = _wired(button_from(written, item), written, item)
        if button.action is not ButtonAction.URL and button.value.text in said:
            message = f"the button `{button.value.text}` stands here again"
            item.report("R007", message, "give each of them a `value` of its own")
            continue
        said.add(button.value.text)
        buttons.append(button)
        if button.wired:
            box.edge(written.to, item["to"], choice_port(button.value.text))
    box.ways(node.next)
    return Message(variants, tuple(buttons), node.wait, Sticky(node.sticky))


def variants_from(node: MessageNode, part: Part, removed: Removed) -> tuple[Variant, ...]:
    """The things that a message may say, of which one is drawn by lot."""
    own = speech_from(node, part, removed)
    if node.variants is None:
        return (Variant(own),)
    itself = ("content", *Content.model_fields)
    speaks_itself = any(getattr(node, key) is not None for key in itself)
    if speaks_itself:
        part["variants"].report(
            "R004", "`variants` stands beside a bubble", "make the bubble a variant", at_key=True
        )
    if not node.variants:
        part["variants"].report(
            "R004", "`variants` is an empty list", "write what the bot may say", at_key=True
        )
    elif not any(variant.weight for variant in node.variants):
        part["variants"].report(
            "R004", "no variant has a share", "give one a `weight` from 1", at_key=True
        )
    return tuple(
        Variant(speech_from(variant, item, removed), variant.weight)
        for variant, item in paired(node.variants, part["variants"], removed)
    )


def _wired(button: Button, written: ButtonShape, part: Part) -> Button:
    """A button that may lead to a node."""
    opens = button.action is ButtonAction.URL
    if opens and written.to is not None:
        part["to"].report(
            "R004", "a button that opens a URL leads to no node", "remove `to`", at_key=True
        )
    wired = written.to is not None and not opens
    if wired and "{{" in button.value.text:
        part["value" if part["value"].present else "label"].report(
            "R004",
            "a button that leads to a node says the same each time",
            "give it a `value` without a template; its label may hold one",
        )
    return replace(button, wired=wired)
