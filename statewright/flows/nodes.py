"""The kinds of node, and what an author can say about each.

Texts that may hold templates, and CEL conditions, are ``Source`` values: they know where they
stand. Where a node leads is not said here but by the edges of the flow, which leave it by the
ports that ``ports`` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Source:
    """A text that holds CEL, or a template, and where it stands.

    Attributes:
        text: as the author wrote it or, where a dialect has its own language, its translation.
        location: where it stands.
        original: what stands there where ``text`` is a translation, else ``""``.
    """

    text: str
    location: Location = NOWHERE
    original: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value whose texts may be templates.

    Attributes:
        json: None, bool, int, float, str, or lists and string-keyed maps of these.
        location: where it stands.
        locations: where the texts inside stand, by their pointer below ``location``.
    """

    json: Any
    location: Location = NOWHERE
    locations: Mapping[str, Location] = field(default_factory=dict, compare=False)


# --- what a bot says ---------------------------------------------------------------------------


class BubbleType(StrEnum):
    """What a bubble shows."""

    TEXT = "text"
    HTML = "html"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    CARD = "card"
    DATA = "data"
    """A value that the client knows how to show; ``source`` is a lone template."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing that is said.

    Attributes:
        type: what it shows.
        fields: templates by name: ``text`` (also the fallback of html), ``html``, ``url``,
            ``alt``, ``title``, ``subtitle``, ``source``, …
    """

    type: BubbleType
    fields: tuple[tuple[str, Source], ...]


class ButtonAction(StrEnum):
    """What a button does."""

    REPLY = "reply"
    URL = "url"
    POSTBACK = "postback"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message.

    Attributes:
        label: what it reads.
        action: what it does.
        value: what is said, posted back or opened.
        wired: whether an edge leaves the message at its port, ``choice:<value>``: a message with a
            wired button waits for a click.
    """

    label: Source
    action: ButtonAction
    value: Source
    wired: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several things to say, drawn by lot.

    Attributes:
        bubbles: what is said.
        weight: its share, a whole number of at least 1.
    """

    bubbles: tuple[Bubble, ...]
    weight: int = 1


# --- kinds ---------------------------------------------------------------------------------------

NEXT = "next"
"""The port by which a node is left when nothing else is said."""


def choice_port(value: Any) -> str:
    """The port of one choice or button.

    >>> choice_port("yes")
    'choice:yes'
    """
    return f"choice:{value}"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a conversation begins."""

    kind: ClassVar[str] = "start"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class Message:
    """Says something, and goes on; with ``wait``, once the user has acknowledged it.

    Attributes:
        variants: what is said: one, or several of which one is drawn by lot.
        buttons: offered under the last bubble.
        wait: whether the conversation goes on only after an ``acknowledge`` or a message.
    """

    variants: tuple[Variant, ...]
    buttons: tuple[Button, ...] = ()
    wait: bool = False
    kind: ClassVar[str] = "message"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


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


@dataclass(frozen=True, slots=True)
class Condition:
    """Goes on by the first edge at ``branch`` whose guard is true, or by ``else``."""

    kind: ClassVar[str] = "condition"
    ports: ClassVar[tuple[str, ...]] = ("branch", "else")


class Operation(StrEnum):
    """How a variable is changed."""

    SET = "set"
    INCREMENT = "increment"
    APPEND = "append"
    REMOVE = "remove"
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One change of one variable.

    Attributes:
        operation: how it is changed.
        variable: a name, or a path: ``temp.completed.colors``.
        value: the new value, the amount, or the element; None where none is needed.
    """

    operation: Operation
    variable: Source
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Changes variables, in order."""

    assignments: tuple[Assignment, ...]
    kind: ClassVar[str] = "set"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class Http:
    """Asks a web service, and goes on by ``success`` or ``error``.

    A response with a status of 400 or more, no response in time, and a mapping that finds nothing
    are errors.

    Attributes:
        url: where.
        method: an HTTP method, upper case.
        headers: by name.
        query: query parameters by name.
        body: what is sent, or None.
        timeout: microseconds until it counts as failed.
        retries: how often the engine tries again.
        save: variable (or path) ← CEL over ``response`` (``status``, ``headers``, ``body``).
        fallback: the body that stands in for a failed response, or None.
    """

    url: Source
    method: str = "GET"
    headers: tuple[tuple[str, Source], ...] = ()
    query: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    timeout: int = 30_000_000
    retries: int = 0
    save: tuple[tuple[Source, Source], ...] = ()
    fallback: Value | None = None
    kind: ClassVar[str] = "http"
    ports: ClassVar[tuple[str, ...]] = ("success", "error")


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


@dataclass(frozen=True, slots=True)
class Delay:
    """Waits.

    Attributes:
        duration: microseconds, or a CEL expression that gives a duration or seconds.
    """

    duration: int | Source
    kind: ClassVar[str] = "delay"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)


@dataclass(frozen=True, slots=True)
class Jump:
    """Goes on elsewhere."""

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


NodeConfig = (
    Start | Message | Question | Condition | Set | Http | Handoff | Delay | Jump | End | Unsupported
)
"""What a node does, by its kind."""
