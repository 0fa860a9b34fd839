"""Nodes that bring people into a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.content import Bubble
from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class Handoff:
    """Hands the conversation to people, and ends the flow.

    Attributes:
        assignee: ``{"type": "agent" | "team" | "queue", "id": …}``, as the host understands it.
        message: what the user is told, or ().
        note: what the people are told, or None.
    """

    assignee: Value | None = None
    message: tuple[Bubble, ...] = ()
    note: Source | None = None
    kind: ClassVar[str] = "handoff"
    ports: ClassVar[tuple[str, ...]] = ()
