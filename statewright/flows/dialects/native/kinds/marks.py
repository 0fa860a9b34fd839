"""Saying what a contact is."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.relations import Relations, any_of, has
from statewright.flows.dialects.native.shapes import AT_LEAST_ONE, Heard
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nodes import Segment, Tag


class MarkShape(PassingShape):
    """Changes what is known of the contact by name."""

    relations: ClassVar[Relations] = (
        any_of(has("add", AT_LEAST_ONE), has("remove", AT_LEAST_ONE)),
    )
    add: list[Heard] = Field([], description="The names that the contact gets.")
    remove: list[Heard] = Field([], description="The names that the contact loses.")


class TagNode(MarkShape):
    """Marks the contact, or takes marks away.

    Ask for one with `'vip' in contact.tags`.
    """

    type: Literal["tag"]


class SegmentNode(MarkShape):
    """Puts the contact into segments, or takes it out of them.

    Ask for one with `'buyers' in contact.segments`.
    """

    type: Literal["segment"]


def read_tag(node: TagNode, box: Box) -> Tag:
    """The tags."""
    return Tag(*_marks(node, box))


def read_segment(node: SegmentNode, box: Box) -> Segment:
    """The segments."""
    return Segment(*_marks(node, box))


def _marks(node: MarkShape, box: Box) -> tuple[tuple[str, ...], tuple[str, ...]]:
    part = box.part
    box.ways(node.next)
    if not node.add and not node.remove:
        part["add"].report("R005", "`add` is missing", "name what is added, or what is removed")
    for key, names in (("add", node.add), ("remove", node.remove)):
        for name, item in paired(names, part[key], box.removed):
            if not name.strip():
                item.report("R004", "a name cannot be empty")
            elif key == "remove" and name in node.add:
                item.report("R007", f"`{name}` is added and removed", "decide for one")
            elif "{{" in name:
                help_ = "use `set` to change `contact` by names that are not known before"
                item.report("R004", "a name is no template", help_)
    return tuple(node.add), tuple(node.remove)
