"""Nodes that say what a contact is: tags and segments.

They are kept as maps from name to ``true``, so that sessions which change different ones at the
same time do not undo each other's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT


@dataclass(frozen=True, slots=True)
class Tag:
    """Marks the contact, or takes marks away.

    Attributes:
        add: the tags that the contact gets.
        remove: the tags that it loses.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    kind: ClassVar[str] = "tag"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class Segment:
    """Puts the contact into segments, or takes it out of them.

    Attributes:
        add: the segments that it comes into.
        remove: the segments that it leaves.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    kind: ClassVar[str] = "segment"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)
