"""What may happen at any time."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import BodyShape, Box, PassingShape, SteeringShape
from statewright.flows.dialects.native.relations import Relations, any_of, has
from statewright.flows.dialects.native.shapes import AT_LEAST_ONE, Expression, Spoken, Text
from statewright.flows.nodes import Interrupt
from statewright.flows.translations import in_all_languages


class InterruptNode(PassingShape, SteeringShape, BodyShape):
    """Says what is done when the user comes up with something else, whatever was asked."""

    relations: ClassVar[Relations] = (
        any_of(
            has("words", AT_LEAST_ONE),
            has("pattern", {"minLength": 1}),
            has("event", {"minLength": 1}),
            has("if", {"not": {"const": ""}}),
        ),
    )
    type: Literal["interrupt"]
    words: list[Spoken] = Field([], description="It happens when the user says one of these.")
    pattern: Text | None = Field(
        None, description="It happens when this regular expression (RE2) is found in what is said."
    )
    event: Text = Field("", description="It happens when this event comes, or one below it.")
    if_: Expression | None = Field(None, alias="if", description="What must hold besides, CEL.")
    outranks: bool = Field(
        False,
        description="Whether it happens inside other interrupts, too; what was begun in there is "
        "over then.",
    )


def read_interrupt(node: InterruptNode, box: Box) -> Interrupt:
    """What is waited for, the body, and the edges."""
    part = box.part
    if not (node.words or node.pattern or node.event or node.if_):
        part["words"].report(
            "R005", "the interrupt does not say when", "give it `words`, `pattern`, `event` or `if`"
        )
    for item in part["words"].items():
        if isinstance(item.value, str) and not item.value.strip():
            item.report("R004", "a word to listen for is not empty", "write what people say")
    box.ways(node.next)
    return Interrupt(
        box.body(node, part),
        tuple(
            source_from(word, part["words"]) for word in in_all_languages(node.words, part["words"])
        ),
        None if node.pattern is None else source_from(node.pattern, part["pattern"]),
        node.event,
        None if node.if_ is None else source_from(node.if_, part["if"]),
        node.outranks,
    )
