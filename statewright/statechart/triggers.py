"""What begins sessions: the triggers that a release carries, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from statewright.expressions import Content, Expression

MESSAGE: Final = "message"
OPENED: Final = "conversation.opened"
WEBHOOK: Final = "webhook"
"""Names of events that fire triggers of their own kinds."""

ENTRY: Final = "~trigger"
"""The input that tells a chart which of its triggers began the session."""


class TriggerKind(StrEnum):
    """What fires a trigger."""

    MESSAGE = "message"
    KEYWORD = "keyword"
    OPENED = "opened"
    EVENT = "event"
    WEBHOOK = "webhook"
    SCHEDULE = "schedule"
    MANUAL = "manual"


class Matching(StrEnum):
    """How a message has to hold a word."""

    CONTAINS = "contains"
    """Anywhere in it, as whole words."""
    EXACT = "exact"
    """It says nothing else."""
    STARTS = "starts"
    """At its beginning, as whole words."""
    REGEX = "regex"
    """The word is a regular expression (RE2) that is found anywhere in it."""


class Reentry(StrEnum):
    """What a trigger does in a conversation in which its flow runs already."""

    IGNORE = "ignore"
    """Nothing: what happened is for the session that runs."""
    RESTART = "restart"
    """That session ends, and another one begins."""
    PARALLEL = "parallel"
    """Another session begins beside it."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing that begins a session.

    Attributes:
        name: unique in the release.
        kind: what fires it.
        guard: what must hold besides, over ``event``, ``input``, ``now``, ``contact``, ``tenant``.
        inputs: what the session is given: the names of its inputs, with their values.
        priority: of several triggers that are fired, that of the greatest number goes first.
        reentry: what it does where its flow runs already.
        words: of a keyword, the words, one of which is enough.
        matching: of a keyword, how a message has to hold one.
        event: of an event, its descriptor; of a webhook, its path.
        cron: of a schedule, the cron expression.
        zone: of a schedule, whose clock is meant; ``""`` is UTC.
    """

    name: str
    kind: TriggerKind
    guard: Expression | None = None
    inputs: Mapping[str, Content] = field(default_factory=dict)
    priority: int = 0
    reentry: Reentry = Reentry.IGNORE
    words: tuple[str, ...] = ()
    matching: Matching = Matching.CONTAINS
    event: str = ""
    cron: str = ""
    zone: str = ""
