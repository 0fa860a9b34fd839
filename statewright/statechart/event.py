"""Events, and how event descriptors match their names."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

TICK = "tick"
"""The event from outside that only lets time pass: timers fire, nothing else happens."""

LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999, which is the last that a timestamp can be."""

PROCESSOR = "http://www.w3.org/TR/scxml/#SCXMLEventProcessor"
"""The ``origintype`` of events that one session sends to another (SCXML C.1)."""

INTERNAL = "#_internal"
"""The target of a send that puts its event on the internal queue."""

NAME_LIMIT = 1_000
"""The most characters that the name of an event has."""


class EventKind(StrEnum):
    """Where an event comes from (SCXML 5.10.1, ``_event.type``)."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        name: dot-separated tokens: ``message``, ``done.invoke.order``.
        data: what came with it; JSON-like CEL values.
        now: when it happened, microseconds since 1970-01-01 UTC. The clock of a session is the
            greatest ``now`` it has seen: it never goes back.
        kind: external (from outside), internal (raised), platform (errors and done events).
        invocation: the id of the invocation whose result this is, or ``""``.
        sendid: the id of the send that caused it, or ``""``.
        origin: a target for answers to whoever sent it, or ``""``.
        origintype: the type of a send with that target, or ``""``.
        invokeid: the name of the invocation that it comes of, or ``""``.
        contact: values of the contact that the turn may read.
        tenant: values of the tenant that the turn may read.
    """

    name: str
    data: Any = None
    now: int = 0
    kind: EventKind = EventKind.EXTERNAL
    invocation: str = ""
    sendid: str = ""
    origin: str = ""
    origintype: str = ""
    invokeid: str = ""
    contact: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)


def matches(descriptor: str, name: str) -> bool:
    """Whether an event descriptor matches an event name (SCXML 3.12.1).

    A descriptor matches a name that equals it or continues it with a dot. A trailing ``.*`` or
    ``.`` adds nothing; ``*`` alone matches every name.

    >>> matches("error", "error.execution"), matches("error", "errors"), matches("error.*", "error")
    (True, False, True)
    """
    stem = normalised(descriptor)
    return stem in {"*", name} or name.startswith(stem + ".")


def normalised(descriptor: str) -> str:
    """An event descriptor without a trailing ``.*`` or ``.``."""
    return descriptor if descriptor == "*" else descriptor.removesuffix("*").rstrip(".")


def prefixes(name: str) -> list[str]:
    """Every normalised descriptor, but ``*``, that matches an event of this name.

    >>> prefixes("a.b.c")
    ['a', 'a.b', 'a.b.c']
    """
    tokens = name.split(".")
    return [".".join(tokens[: n + 1]) for n in range(len(tokens))]


def meant(name: str, exact: Container[str]) -> list[str]:
    """As ``prefixes``, without those that mean an event exactly, and so not one of this name.

    >>> meant("message.read", {"message"}), meant("message", {"message"})
    (['message.read'], ['message'])
    """
    return [stem for stem in prefixes(name) if stem == name or stem not in exact]


def is_event_name(name: str) -> bool:
    """Whether a text is the name of an event: tokens joined by dots, without stars.

    >>> is_event_name("done.invoke.order"), is_event_name("a..b"), is_event_name("*")
    (True, False, False)
    """
    return len(name) <= NAME_LIMIT and "*" not in name and all(name.split("."))
