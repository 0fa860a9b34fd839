"""Nodes that say something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.content import Button, Variant
from statewright.flows.nodes.lots import Sticky
from statewright.flows.nodes.ports import NEXT


@dataclass(frozen=True, slots=True)
class Message:
    """Says something, and goes on; with ``wait``, once the user has acknowledged it.

    Attributes:
        variants: what is said: one, or several of which one is drawn by lot.
        buttons: offered under the last bubble.
        sticky: for whom the lot falls on the same variant every time.
        wait: whether the conversation goes on only after an ``acknowledge`` or a message.
    """

    variants: tuple[Variant, ...]
    buttons: tuple[Button, ...] = ()
    wait: bool = False
    sticky: Sticky = Sticky.NOBODY
    kind: ClassVar[str] = "message"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)
