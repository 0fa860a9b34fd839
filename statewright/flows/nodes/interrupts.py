"""Nodes that may happen at any time, whatever the conversation is about just then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.bodies import Body
from statewright.flows.nodes.sources import Source


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Says what is done when the user, or the world, comes up with something else.

    It is no part of any way: it is entered when what it waits for happens, wherever the
    conversation is. It is tried before an answer reaches the question that was asked. Once its
    body is left, the conversation goes on where it was: a question is asked again, and keeps count
    of its attempts. While work that was asked for has not answered,
    another one is at it, or people talk, it waits. One that outranks others does not wait for them:
    what was begun in there is over, and the conversation goes on where it was before.

    Port: ``next``, where the conversation goes on there instead.

    Attributes:
        body: what is done.
        words: it happens when the user says one of these, in any case, with or without accents.
        pattern: … or says something in which this regular expression (RE2) is found, or None.
        event: … or when this event comes, ``""`` for none.
        guard: CEL that must hold besides, or None.
        outranks: whether it happens inside other interrupts, too, which are over then.
    """

    body: Body
    words: tuple[Source, ...] = ()
    pattern: Source | None = None
    event: str = ""
    guard: Source | None = None
    outranks: bool = False
    kind: ClassVar[str] = "interrupt"
    ports: ClassVar[tuple[str, ...]] = ()

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The nodes inside it."""
        return (self.body,)
