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
    conversation is. It is tried before an answer reaches the question that was asked. Meanwhile
    the conversation stands still and loses nothing: work goes on and is not asked for again, and a
    result, a decision or a form that comes then is taken afterwards, in the order in which they
    came. Once its body is left, the conversation goes on where it was: a question is asked again,
    and keeps count of its attempts, unless parts of an answer have come already (``window``).

    Deadlines stay what they were: of questions, forms, delays, requests, approvals, and of the
    time before another try. One that has passed meanwhile is over when the conversation goes on.
    Only reminders, and the time after which somebody counts as silent, begin anew then: who comes
    up with something has said something.

    It waits while a request has not been answered and no question is open, while another
    interrupt is at it, and while people have the conversation. One that outranks others does not
    wait for them: what was begun in there is over, and given up, and the conversation goes on
    where it was before. ``while_busy`` is not about it.

    Port: ``next``, where the conversation goes on there instead. What was pending is given up
    then, as where its body leads elsewhere by an edge or an ``end``: a request that is under way
    may still be carried out, but nothing waits for its result any more. Tries that are left so do
    what they do at last (``finally``) before.

    Attributes:
        body: what is done.
        words: it happens when the user says one of these, in any case, with or without accents.
        pattern: … or says something in which this regular expression (RE2) is found, or None.
        event: … or when this event comes, or one whose name goes on behind it with a dot; ``""``
            for none.
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
