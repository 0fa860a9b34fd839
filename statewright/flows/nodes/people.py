"""Nodes that bring people into a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.content import Bubble
from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class Handoff:
    """Hands the conversation to people.

    Where nothing says how it goes on, that ends the flow. Else the bot is silent until the event
    ``handoff.resolved`` comes.

    Ports: ``next`` after that; ``timeout`` when it did not come in time.

    Attributes:
        assignee: ``{"type": "agent" | "team" | "queue", "id": …}``, as the host understands it.
        message: what the user is told, or ().
        note: what the people are told, or None.
        returns: whether the conversation comes back from people.
        timeout: microseconds to wait for that, or None for without end.
    """

    assignee: Value | None = None
    message: tuple[Bubble, ...] = ()
    note: Source | None = None
    returns: bool = False
    timeout: int | None = None
    kind: ClassVar[str] = "handoff"

    @property
    def ports(self) -> tuple[str, ...]:
        """Where it goes on, if it does."""
        return (NEXT, "timeout") if self.returns else ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Asks people whether something may be done, and waits for the event ``approval.decided``.

    Ports: ``next`` where it may; ``rejected`` where not; ``timeout`` when nobody decided in time.

    Attributes:
        request: what they are asked.
        assignee: who is asked; see ``Handoff``.
        message: what the user is told meanwhile, or ().
        save: variable (or path) ← CEL over ``decision`` (``approved``, ``by``, ``comment``).
        timeout: microseconds to wait, or None for without end.
    """

    request: Source
    assignee: Value | None = None
    message: tuple[Bubble, ...] = ()
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int | None = None
    kind: ClassVar[str] = "approval"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "rejected", "timeout")
