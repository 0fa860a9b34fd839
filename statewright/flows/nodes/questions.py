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
    TIME = "time"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple_choice"
    RATING = "rating"
    """A whole number; from 1 to 5 where nothing else is said."""
    SLIDER = "slider"
    """A number that is moved to; from 0 to 100 where nothing else is said."""
    FILE = "file"
    """A file that comes with the message: a map with ``url``, ``name``, ``type`` and ``size``."""
    LOCATION = "location"
    """A place on earth, as a map with ``latitude`` and ``longitude``."""


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
        synonyms: other words that mean it.
        location: where it stands.
        translated: the synonyms in other languages, by their names.
    """

    value: Any
    label: Source
    extra: Mapping[str, Any] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    location: Location = NOWHERE
    translated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Validation:
    """What an answer must satisfy beside its kind.

    Attributes:
        pattern: a regular expression (RE2) that must be found in it.
        minimum: the least number, or count of choices.
        maximum: the greatest.
        earliest: the first day that a date may be, ``2026-12-31``, or None.
        latest: the last one.
        min_length: the least number of characters.
        max_length: the greatest.
        step: a slider moves by so much, from the minimum; 0 for anywhere between.
        accept: types of a file: ``image/*``, ``application/pdf``; () for any.
        max_size: the most bytes of a file, or None.
    """

    pattern: Source | None = None
    minimum: float | None = None
    maximum: float | None = None
    earliest: str | None = None
    latest: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    step: float = 0.0
    accept: tuple[str, ...] = ()
    max_size: int | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """What is said to somebody who asks for help; it is no attempt to answer.

    Attributes:
        words: what asks for it.
        text: what is said.
    """

    words: tuple[str, ...]
    text: Source


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is said to somebody who does not answer.

    Attributes:
        after: microseconds of silence.
        text: what is said.
        times: how often.
    """

    after: int
    text: Source
    times: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """Asks, waits for an answer, checks it, saves it.

    What people type is read in the language of the session: [what answers mean](../answers.md) says
    of each ``input`` what is understood, and what is asked again.

    An answer may name the node that it is for (``{"value": "red", "node": "colour"}``; over HTTP it
    is ``node_id`` or ``nodeId``, see [http.md](../http.md#answers-that-say-what-they-answer)), as
    clients do whose buttons stay in sight. One that names another node is no answer to this one,
    and no attempt: it is passed over, and recorded as an incident. So is one for a question that
    stands still behind an ``interrupt``; that is asked again afterwards. (Nothing is recorded in
    a ``parallel``, where it may be for what another region asks.)

    Ports: ``next``; ``choice:<value>`` for single choices; ``fallback`` when the retries are used
    up; ``timeout`` when no answer came; ``skip`` when the user says a word for that, else ``next``.

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
        choices_from: CEL for a list of answers to offer, values or maps with ``value`` and
            ``label``, instead of ``choices``; or None.
        skip: words with which the user leaves it unanswered.
        help: what is said to somebody who asks for help, or None.
        reminder: what is said to somebody who does not answer, or None.
        yes: words that mean yes, before those that mean it anyway.
        no: words that mean no.
        window: an answer may come in several messages, with no more microseconds between them;
            0 where each message is an answer.
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
    choices_from: Source | None = None
    skip: tuple[str, ...] = ()
    help: Help | None = None
    reminder: Reminder | None = None
    window: int = 0
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    kind: ClassVar[str] = "question"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "fallback", "timeout", "skip")


@dataclass(frozen=True, slots=True)
class FormField:
    """One of the things that a form asks.

    Attributes:
        name: what the answer is called.
        question: how it is asked; it saves nothing by itself.
        location: where it stands.
    """

    name: str
    question: Question
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Form:
    """Asks several things: one after the other, or all at once by the event ``form.submit``.

    Ports: ``next``; ``fallback`` when the retries of a field are used up; ``timeout``, of a
    field or of the whole.

    A client that shows all fields sends the answers together, whichever of them is asked just then:
    [over HTTP](../http.md#whole-forms) by a route of its own, with the token of its session. In
    programs, and in scripts, that is an event:

    ```json
    {
      "event": "form.submit",
      "data": {
        "node": "details",
        "values": {"name": "Ada", "email": "ada@example.org", "size": "M"}
      }
    }
    ```

    ``node`` is the id of the form, or, of a subflow inside a ``parallel``, its path; without it,
    every form that is asked just then is meant. Each of the ``values`` is judged as the field would
    judge it if it were typed or sent as a ``value``: texts as people write them, numbers and
    booleans as they are, choices by value, label, synonym or number, several of them as a list.

    All or nothing: the answers are taken if every one will do, also in place of those that were
    given before, and the form is left by ``next``. A field with ``skip`` may be left out, and so it
    is by ``null``, a blank text, an empty list or one of its words; it then has no value. Names
    that are no field are passed over. Where one answer will not do, or one is missing, none is
    taken: the client gets one message, with the names of those fields as ``invalid``, and each with
    the reason as ``problems``: ``[{"field": "email", "reason": "Please answer with …"}]``. The
    reason is what is said to somebody who types such an answer, in the language of the session, but
    what is usual where the author says it with templates. What was asked stays open, to be typed or
    submitted again. That counts as no attempt and starts no time anew. What is sent without a map
    of ``values`` is answered in the same way, as one that leaves out all; what names another node
    is passed over.
    """

    fields: tuple[FormField, ...]
    message: tuple[Bubble, ...] = ()
    variable: Source | None = None
    timeout: int | None = None
    kind: ClassVar[str] = "form"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "fallback", "timeout")
