"""Nodes that lead a conversation: where it begins, which way it takes, where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.content import Bubble
from statewright.flows.nodes.lots import Sticky
from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source
from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Start:
    """Where a conversation begins."""

    kind: ClassVar[str] = "start"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class Condition:
    """Goes on by the first edge at ``branch`` whose guard is true, or by ``else``."""

    kind: ClassVar[str] = "condition"
    ports: ClassVar[tuple[str, ...]] = ("branch", "else")


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the ways that a split can take; an edge leaves it at the port ``arm:<name>``.

    Attributes:
        name: what reports call it.
        weight: its share, a whole number of at least 0; what has none is never taken.
        control: whether it is what the others are compared with.
        location: where it stands.
    """

    name: str
    weight: int = 1
    control: bool = False
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Split:
    """Draws lots which way to go.

    Ports: ``arm:<name>`` for each of the ``arms``, written as its ``to``.

    Attributes:
        arms: the ways, at least one.
        sticky: for whom it is the same way every time.
        variable: where the name of the arm is saved, or None.
    """

    arms: tuple[Arm, ...]
    sticky: Sticky = Sticky.NOBODY
    variable: Source | None = None
    kind: ClassVar[str] = "split"
    ports: ClassVar[tuple[str, ...]] = ("arm",)


@dataclass(frozen=True, slots=True)
class Jump:
    """Goes on elsewhere.

    Port: ``next``, written as ``to``.
    """

    kind: ClassVar[str] = "jump"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class End:
    """Ends the conversation.

    Attributes:
        outcome: how it ended: ``completed``, ``cancelled``, … as the author calls it.
        message: what is said at last, or ().
        failed: whether ending here means that the session failed.
    """

    outcome: str = "completed"
    message: tuple[Bubble, ...] = ()
    failed: bool = False
    kind: ClassVar[str] = "end"
    ports: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A node of a kind that this version cannot run; a finding says so.

    Attributes:
        name: what the dialect calls the kind.
    """

    name: str
    kind: ClassVar[str] = "unsupported"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)
