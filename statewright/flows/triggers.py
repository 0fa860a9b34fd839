"""What begins a conversation, as authors write it."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.flows.goals import Goal
from statewright.flows.nodes import Source, Value
from statewright.statechart.sourcemap import NOWHERE, Location
from statewright.statechart.triggers import Matching, Reentry, TriggerKind


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing that begins a conversation; see ``statechart.triggers``.

    Attributes:
        name: unique in the flow.
        kind: what fires it.
        to: the node where the conversation begins then, or None for where it always does.
        guard: CEL that must hold besides, or None.
        inputs: what the flow is given: the names of its inputs, with their values.
        priority: of several triggers that are fired, that of the greatest number goes first.
        reentry: what it does in a conversation in which the flow runs already.
        words: of a keyword, the words.
        matching: of a keyword, how a message has to hold one.
        event: of an event, its descriptor; of a webhook, its path.
        cron: of a schedule, the cron expression.
        zone: of a schedule, whose clock is meant, or ``""`` for that of the flow.
        location: where it stands.
    """

    name: str
    kind: TriggerKind
    to: Goal | None = None
    guard: Source | None = None
    inputs: tuple[tuple[Source, Value], ...] = ()
    priority: int = 0
    reentry: Reentry = Reentry.IGNORE
    words: tuple[Source, ...] = ()
    matching: Matching = Matching.CONTAINS
    event: str = ""
    cron: str = ""
    zone: str = ""
    location: Location = NOWHERE
