"""Nodes that bring people into a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.content import Bubble
from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class TakingTurns:
    """People who take over one after the other.

    The tenant remembers whose turn it was last, under ``tenant.handed_over``.

    Attributes:
        agents: CEL that gives the list of their ids; of an empty one, it is for the whole team.
        name: under which the last one is remembered; handoffs of one name take turns together.
        team: the id of their team, or ``""``.
    """

    agents: Source
    name: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """Hands the conversation to people.

    Where nothing says how it goes on, that ends the flow, with the outcome ``handoff`` where
    another one runs it. Else the bot is silent until the event ``handoff.resolved`` comes; one
    with a ``node`` in its data is only for the handoff that is named so. What the user says
    meanwhile is for the people, and begins nothing: see docs/time-and-triggers.md.

    All of the conversation stands still while people have it, other regions of a ``parallel`` and
    flows around it, too: none of them goes on, so no ``join`` is complete meanwhile. They lose
    nothing by it: what they wait for, and their deadlines, is as with an ``interrupt``, and their
    questions are asked again afterwards. Where several handoffs go on at once, an event that names
    none gives back the one that began first, and the conversation goes on when all are over. The
    ``timeout`` of the settings, too, is only over when the bot has the conversation again.

    Agents who take turns get one conversation after the other,
    whichever flow they come from: those of one team take turns together. The tenant remembers who
    was last. Conversations that are handed over at the same moment may go to the same agent.

    Ports: ``next`` after that; ``timeout`` when it did not come in time.

    Attributes:
        assignee: ``{"type": "agent" | "team" | "queue", "id": …}``, as the host understands it.
        turns: who takes turns, instead of ``assignee``; or None.
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
    turns: TakingTurns | None = None
    kind: ClassVar[str] = "handoff"

    @property
    def ports(self) -> tuple[str, ...]:
        """Where it goes on, if it does."""
        return (NEXT, "timeout") if self.returns else ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Asks people whether something may be done, and waits for the event ``approval.decided``.

    Ports: ``next`` where it may; ``rejected`` where not; ``timeout`` when nobody decided in time.

    The data of the event are a map: ``approved`` is ``true`` or ``false``, and nothing else
    decides; ``node`` is what the request says it is: the id of the node, or, of a subflow inside a
    ``parallel``, its path; without it every node that waits for a decision is meant; ``by`` and
    ``comment`` may be given, and whatever else. An event for this node that is no map, or whose
    ``approved`` is missing, null, a text or a number, decides nothing: it is recorded as an
    incident, and the node waits on, within the same time. One for another node is passed over.

    An interrupt or a handoff that comes between asks nobody again, and the time goes on; what is
    decided meanwhile is taken when the conversation comes back.

    Attributes:
        request: what they are asked.
        assignee: who is asked; see ``Handoff``.
        message: what the user is told meanwhile, or ().
        save: variable (or path) ← CEL over ``decision`` (``approved``, ``by``, ``comment``). A part
            of it that was not given, asked for by its path alone, leaves the variable unset.
        timeout: microseconds to wait, or None for without end.
    """

    request: Source
    assignee: Value | None = None
    message: tuple[Bubble, ...] = ()
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int | None = None
    kind: ClassVar[str] = "approval"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "rejected", "timeout")
