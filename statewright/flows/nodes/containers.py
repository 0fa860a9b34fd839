"""Nodes that have nodes inside them, and the nodes by which those are left.

What stands inside a container forms *bodies*. A body is entered at its first node, never at
another one; it may be left for any node around it. The names that a container declares are known
inside it only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source
from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Body:
    """Nodes inside a container that are entered together.

    Attributes:
        name: what the container calls it; ``""`` where it has only one.
        entry: id of the node where it begins; may name no node at all.
        location: where it stands.
        names: names that expressions inside it may use beside those around it.
    """

    name: str = ""
    entry: str = ""
    location: Location = NOWHERE
    names: tuple[str, ...] = ()


class LoopKind(StrEnum):
    """What decides whether there is another round."""

    EACH = "each"
    """There is a round for every element of a list, which is copied when the loop is entered."""
    WHILE = "while"
    """There is a round as long as a condition holds."""
    TIMES = "times"
    """There are so many rounds."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Goes through its body round by round, then on.

    Ports: ``next`` after the last round; ``break`` where a ``Break`` inside it leads, if wired;
    ``limit`` when there would be more rounds than allowed, else that is an error.

    Attributes:
        loop: what decides whether there is another round.
        over: CEL for the list, the condition, or the number of rounds.
        body: what is done in a round.
        item: the name of the element; read-only. Only of ``LoopKind.EACH``.
        index: the name of the number of the round, from 0; read-only; ``""`` for none.
        limit: how many rounds there may be.
    """

    loop: LoopKind
    over: Source
    body: Body
    item: str = ""
    index: str = ""
    limit: int = 1_000
    kind: ClassVar[str] = "loop"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "break", "limit")

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The nodes inside it."""
        return (self.body,)


Container = Loop
"""The kinds of node that have nodes inside them."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Ends a round of the loop around it."""

    kind: ClassVar[str] = "continue"
    ports: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """Leaves the loop around it."""

    kind: ClassVar[str] = "break"
    ports: ClassVar[tuple[str, ...]] = ()
