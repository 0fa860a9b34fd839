"""Nodes that ask for something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from statewright.flows.nodes.content import Bubble
from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source
from statewright.statechart.sourcemap import NOWHERE, Location


class InputKind(StrEnum):
    """What kind of answer a question wants."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple_choice"


class Store(StrEnum):
    """What a question saves of a choice."""

    VALUE = "value"
    CHOICE = "choice"
    """The whole choice, as a map of everything that its author wrote about it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers offered.

    Attributes:
        value: what is saved; a text, number or boolean.
        label: what is shown.
        extra: whatever else its author wrote about it.
        location: where it stands.
    """

    value: Any
    label: Source
    extra: Mapping[str, Any] = field(default_factory=dict)
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Validation:
    """What an answer must satisfy beside its kind.

    Attributes:
        pattern: a regular expression (RE2) that must be found in it.
        minimum: the least number, date or count of choices.
        maximum: the greatest.
        min_length: the least number of characters.
        max_length: the greatest.
    """

    pattern: Source | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Asks, waits for an answer, checks it, saves it.

    Ports: ``next``; ``choice:<value>`` for single choices; ``fallback`` when the retries are used
    up; ``timeout`` when no answer came.

    Attributes:
        prompt: what is asked.
        input: what kind of answer is wanted.
        variable: where the answer is saved (a name, or a path: ``temp.age``), or None.
        choices: the answers offered.
        store: what is saved of a choice.
        validation: what the answer must satisfy.
        retries: how often it is asked again, or None for without end.
        retry_message: what is said to an answer that will not do, or None for a text that says
            what is wanted.
        timeout: microseconds to wait for each answer, or None for without end.
    """

    prompt: tuple[Bubble, ...]
    input: InputKind = InputKind.TEXT
    variable: Source | None = None
    choices: tuple[Choice, ...] = ()
    store: Store = Store.VALUE
    validation: Validation = field(default_factory=Validation)
    retries: int | None = None
    retry_message: Source | None = None
    timeout: int | None = None
    kind: ClassVar[str] = "question"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "fallback", "timeout")
